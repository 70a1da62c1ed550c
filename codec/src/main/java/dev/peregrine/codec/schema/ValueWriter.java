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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.MutableDirectBuffer;
import uk.co.real_logic.sbe.PrimitiveType;
import uk.co.real_logic.sbe.PrimitiveValue;

/** Writes values as a JSON parser has them into the fixed part of a record, which is zeroed before. */
final class ValueWriter {
    private final MutableDirectBuffer buffer;

    ValueWriter(final MutableDirectBuffer buffer) {
        this.buffer = buffer;
    }

    static void checkNames(final Set<String> known, final Map<?, ?> record, final String path) {
        for (final Object name : record.keySet()) {
            if (!known.contains(String.valueOf(name))) {
                throw new RecordException(path + ": has no member " + Numbers.shown(String.valueOf(name)) + "; it has "
                    + known.stream().sorted().toList());
            }
        }
    }

    void member(final Member member, final Object value, final int base, final String path) {
        if (member.isConstant()) {
            constant(member, value, path);
            return;
        }
        final int at = base + member.offset();
        if (value == null) {
            if (!member.optional() && !(member.type() instanceof Composite type && Nulls.canBeNull(type))) {
                throw new RecordException(path + ": is missing and not optional");
            }
            Nulls.write(member.type(), buffer, at);
        } else if (member.type() instanceof Scalar type) {
            scalar(type, value, at, path);
        } else if (member.type() instanceof EnumType type) {
            Primitives.put(type.primitive(), type.order(), buffer, at, enumValue(type, value, path));
        } else if (member.type() instanceof SetType type) {
            Primitives.put(type.primitive(), type.order(), buffer, at, choices(type, value, path));
        } else if (member.type() instanceof Composite type) {
            composite(type, value, at, path);
        }
    }

    /** A constant need not be given, and cannot be changed. */
    private static void constant(final Member member, final Object value, final String path) {
        if (value == null) {
            return;
        }
        final boolean same;
        if (member.constant() != null) {
            same = member.constant().equals(value);
        } else {
            final Scalar type = (Scalar) member.type();
            final PrimitiveValue constant = type.constant();
            if (type.primitive() == PrimitiveType.CHAR) {
                same = (constant.representation() == PrimitiveValue.Representation.LONG
                    ? String.valueOf((char) (constant.longValue() & Primitives.maxBits(PrimitiveType.CHAR)))
                    : constant.toString()).equals(value);
            } else if (type.isReal()) {
                same = value instanceof Number number && (float) constant.doubleValue() == number.floatValue();
            } else {
                same = Numbers.bits(type.primitive(), Numbers.integer(value, path), path) == constant.longValue();
            }
        }
        if (!same) {
            throw new RecordException(path + ": " + Numbers.shown(value) + " is not the constant that it always is");
        }
    }

    private void scalar(final Scalar type, final Object value, final int at, final String path) {
        if (type.primitive() == PrimitiveType.CHAR && type.count() > 1) {
            characters(type, value, at, path);
        } else if (type.count() == 1) {
            Primitives.put(type.primitive(), type.order(), buffer, at, element(type, value, path));
        } else if (value instanceof List<?> list && list.size() == type.count()) {
            int index = 0;
            for (final Object element : list) {
                Primitives.put(type.primitive(), type.order(), buffer, at + index * type.primitive().size(),
                    element(type, element, path + "[" + index + "]"));
                index++;
            }
        } else {
            throw new RecordException(path + ": " + Numbers.shown(value) + " is no list of " + type.count());
        }
    }

    private void characters(final Scalar type, final Object value, final int at, final String path) {
        final byte[] bytes = JsonToRecord.bytes(value, Primitives.characters(type), path);
        if (bytes.length > type.count()) {
            throw new RecordException(path + ": has " + bytes.length + " bytes; there is room for " + type.count());
        }
        if (value instanceof String text && (text.indexOf('\0') >= 0 || type.optional() && text.isEmpty())) {
            throw new RecordException(path + ": is empty, which would be null, or holds a NUL, which would end it");
        }
        buffer.putBytes(at, bytes);
    }

    private static long element(final Scalar type, final Object value, final String path) {
        if (value == null) {
            if (!type.optional()) {
                throw new RecordException(path + ": is missing and not optional");
            }
            return Primitives.nullBits(type);
        }
        final long bits;
        if (type.primitive() == PrimitiveType.CHAR) {
            if (!(value instanceof String text) || text.length() != 1
                || text.charAt(0) > Primitives.maxBits(PrimitiveType.CHAR)) {
                throw new RecordException(path + ": " + Numbers.shown(value) + " is no single Latin-1 character");
            }
            bits = text.charAt(0);
        } else {
            bits = type.isReal() ? Numbers.realBits(type, value, path)
                : Numbers.bits(type, Numbers.integer(value, path), path);
        }
        if (type.optional() && Primitives.isNull(type, bits)) {
            throw new RecordException(path + ": " + Numbers.shown(value) + " is what stands for null");
        }
        return bits;
    }

    private static long enumValue(final EnumType type, final Object value, final String path) {
        if (value instanceof String text) {
            for (final EnumType.Value named : type.values()) {
                if (named.name().equals(text)) {
                    return named.value();
                }
            }
            throw new RecordException(path + ": " + Numbers.shown(text) + " is not in " + type.name() + "; there are "
                + type.values().stream().map(EnumType.Value::name).toList());
        }
        return Numbers.bits(type.primitive(), Numbers.integer(value, path), path);
    }

    private static long choices(final SetType type, final Object value, final String path) {
        if (!(value instanceof List<?> list)) {
            throw new RecordException(path + ": " + Numbers.shown(value) + " is no list of choices of " + type.name());
        }
        long bits = 0;
        for (final Object choice : list) {
            bits |= 1L << (choice instanceof String text ? bit(type, text, path) : bit(type, choice, path));
        }
        return bits;
    }

    private static int bit(final SetType type, final String name, final String path) {
        for (final SetType.Choice choice : type.choices()) {
            if (choice.name().equals(name)) {
                return choice.bit();
            }
        }
        throw new RecordException(path + ": " + Numbers.shown(name) + " is not in " + type.name() + "; there are "
            + type.choices().stream().map(SetType.Choice::name).toList());
    }

    private static int bit(final SetType type, final Object number, final String path) {
        final int bits = type.primitive().size() * Byte.SIZE;
        final int bit = Numbers.integer(number, path).min(java.math.BigInteger.valueOf(bits)).intValue();
        if (bit < 0 || bit >= bits) {
            throw new RecordException(path + ": " + type.name() + " has no bit " + Numbers.shown(number));
        }
        return bit;
    }

    private void composite(final Composite type, final Object value, final int at, final String path) {
        if (value instanceof Map<?, ?> map) {
            final Set<String> names = new HashSet<>();
            type.members().forEach(member -> names.add(member.name()));
            checkNames(names, map, path);
            for (final Member member : type.members()) {
                member(member, map.get(member.name()), at, path + "." + member.name());
            }
        } else if (Decimals.isDecimal(type)) {
            final Object[] parts = Decimals.split(type, Numbers.decimal(value, path), path);
            member(type.members().get(0), parts[0], at, path + ".mantissa");
            member(type.members().get(1), parts[1], at, path + ".exponent");
        } else {
            throw new RecordException(path + ": " + Numbers.shown(value) + " is no object");
        }
    }
}
