/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.codec.schema.ValueType.Composite;
import dev.peregrine.codec.schema.ValueType.EnumType;
import dev.peregrine.codec.schema.ValueType.Member;
import dev.peregrine.codec.schema.ValueType.Scalar;
import dev.peregrine.codec.schema.ValueType.SetType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Records of any schema as a JSON parser would have them. */
final class RandomRecords {
    private static final String CHARACTERS = "aZ0 \"\\/\n\t\u0001\u007f\u00e9\u20ac\u2028<&";

    private final Random random;

    RandomRecords(final Random random) {
        this.random = random;
    }

    Map<String, Object> of(final Block block) {
        final Map<String, Object> record = new LinkedHashMap<>();
        for (final Member field : block.fields()) {
            record.put(field.name(), field.optional() && random.nextInt(3) == 0 ? null : value(field));
        }
        for (final Block.Group group : block.groups()) {
            final List<Object> entries = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                entries.add(of(group.block()));
            }
            record.put(group.name(), entries);
        }
        for (final Block.Data data : block.data()) {
            record.put(data.name(), data.charset() == null ? "00ff7f".substring(0, 2 * random.nextInt(4)) : text(20));
        }
        return record;
    }

    private String text(final int atMostBytes) {
        final StringBuilder text = new StringBuilder();
        while (random.nextInt(6) > 0) {
            text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
            if (text.toString().getBytes(StandardCharsets.UTF_8).length > atMostBytes) {
                text.setLength(text.length() - 1);
                break;
            }
        }
        return text.toString();
    }

    private Object value(final Member member) {
        if (member.isConstant()) {
            return null;
        }
        if (member.type() instanceof Scalar type) {
            return scalar(type);
        } else if (member.type() instanceof EnumType type) {
            return type.values().get(random.nextInt(type.values().size())).name();
        } else if (member.type() instanceof SetType type) {
            final List<Object> choices = new ArrayList<>();
            type.choices().stream().filter(choice -> random.nextBoolean()).forEach(choice -> choices.add(choice.name()));
            if (random.nextBoolean()) {
                choices.add(1); // a bit without a name
            }
            return choices;
        }
        final Composite type = (Composite) member.type();
        if (Decimals.isDecimal(type) && random.nextBoolean()) {
            return type.members().get(1).isConstant() ? new BigDecimal(random.nextInt(), new java.math.MathContext(0))
                : new BigDecimal(BigInteger.valueOf(random.nextLong()), random.nextInt(255) - 127);
        }
        final Map<String, Object> record = new LinkedHashMap<>();
        type.members().forEach(inner -> record.put(inner.name(),
            inner.optional() && random.nextBoolean() ? null : value(inner)));
        return record;
    }

    private Object scalar(final Scalar type) {
        switch (type.primitive()) {
            case CHAR:
                final String text = text(type.count()).replaceAll("[\u20ac\u2028]", "");
                return type.count() == 1 ? "x" : type.optional() && text.isEmpty() ? "y" : text;
            case FLOAT:
                return type.optional() || random.nextInt(4) > 0
                    ? (Object) Float.intBitsToFloat(random.nextInt() & ~(3 << 30) | 1)
                    : List.of("NaN", "Infinity", "-Infinity").get(random.nextInt(3));
            case DOUBLE:
                return type.optional() || random.nextInt(4) > 0 ? (Object) (random.nextGaussian() * 1e9) : "-Infinity";
            default:
                if (type.count() == 1) {
                    return integer(type);
                }
                final List<Object> list = new ArrayList<>();
                for (int i = 0; i < type.count(); i++) {
                    list.add(type.optional() && random.nextInt(4) == 0 ? null : integer(type));
                }
                return list;
        }
    }

    private Object integer(final Scalar type) {
        final int bits = type.primitive().size() * Byte.SIZE;
        final BigInteger any = new BigInteger(bits - 1, random);
        return uk.co.real_logic.sbe.PrimitiveType.isUnsigned(type.primitive())
            ? any : random.nextBoolean() ? any.negate() : any;
    }
}
