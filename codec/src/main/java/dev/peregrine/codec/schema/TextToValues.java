/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.codec.schema.Block.Data;
import dev.peregrine.codec.schema.ValueType.Composite;
import dev.peregrine.codec.schema.ValueType.EnumType;
import dev.peregrine.codec.schema.ValueType.Member;
import dev.peregrine.codec.schema.ValueType.Scalar;
import dev.peregrine.codec.schema.ValueType.SetType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import uk.co.real_logic.sbe.PrimitiveType;

/** Makes the values of a record, as {@link JsonToRecord} takes them, of texts, as a row of a table has them. */
final class TextToValues {
    private static final int MAX_DIGITS = 1_000;
    private static final String BLANKS = "\\s+";

    private final String template;
    private final Block block;

    TextToValues(final String template, final Block block) {
        this.template = template;
        this.block = block;
    }

    Map<String, Object> read(final Map<String, String> texts) {
        final Map<String, Object> values = new LinkedHashMap<>();
        texts.forEach((name, text) -> put(values, name, text));
        return values;
    }

    private void put(final Map<String, Object> values, final String name, final String text) {
        final String path = template + "." + name;
        for (final Data data : block.data()) {
            if (data.name().equals(name)) {
                values.put(name, text);
                return;
            }
        }
        final String[] steps = name.split("\\.", -1);
        Member member = find(block.fields(), steps[0], path);
        Map<String, Object> into = values;
        for (int i = 1; i < steps.length; i++) {
            if (!(member.type() instanceof Composite composite)) {
                throw new RecordException(path + ": " + member.name() + " has no members");
            }
            into = inner(into, member.name(), path);
            member = find(composite.members(), steps[i], path);
        }
        final Object value = value(member, text, path);
        if (value != null && into.put(member.name(), value) != null) {
            throw new RecordException(path + ": is given twice");
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> inner(final Map<String, Object> values, final String name, final String path) {
        final Object inner = values.computeIfAbsent(name, missing -> new LinkedHashMap<String, Object>());
        if (!(inner instanceof Map)) {
            throw new RecordException(path + ": is given twice");
        }
        return (Map<String, Object>) inner;
    }

    private Member find(final List<Member> members, final String name, final String path) {
        for (final Member member : members) {
            if (member.name().equals(name)) {
                return member;
            }
        }
        if (block.groups().stream().anyMatch(group -> group.name().equals(name))) {
            throw new RecordException(path + ": is a group, which text has no room for");
        }
        throw new RecordException(path + ": there is no member " + Numbers.shown(name) + "; there are "
            + members.stream().map(Member::name).toList());
    }

    private static Object value(final Member member, final String text, final String path) {
        if (member.type() instanceof Scalar type && type.primitive() == PrimitiveType.CHAR) {
            return text.isEmpty() && (type.optional() || type.count() == 1 || member.isConstant()) ? null : text;
        }
        if (text.isEmpty()) {
            return null;
        }
        if (member.constant() != null) {
            return text;
        }
        if (member.type() instanceof Scalar type) {
            return type.count() == 1 ? number(type, text, path) : numbers(type, text, path);
        }
        if (member.type() instanceof EnumType type) {
            return type.values().stream().anyMatch(named -> named.name().equals(text)) || !isNumber(text)
                ? text : new BigDecimal(text);
        }
        if (member.type() instanceof SetType) {
            return List.of(text.strip().split(BLANKS));
        }
        return Decimals.isDecimal((Composite) member.type()) ? decimal(text, path) : text;
    }

    private static Object number(final Scalar type, final String text, final String path) {
        return type.isReal() && !isNumber(text) ? text : decimal(text, path); // NaN and infinities are texts
    }

    private static List<Object> numbers(final Scalar type, final String text, final String path) {
        final List<Object> numbers = new ArrayList<>();
        for (final String element : text.strip().split(BLANKS)) {
            numbers.add(number(type, element, path));
        }
        return numbers;
    }

    private static boolean isNumber(final String text) {
        try {
            return text.length() <= MAX_DIGITS && new BigDecimal(text).precision() > 0;
        } catch (final NumberFormatException e) {
            return false;
        }
    }

    private static BigDecimal decimal(final String text, final String path) {
        if (text.length() > MAX_DIGITS) {
            throw new RecordException(path + ": " + Numbers.shown(text) + " is too long for a number");
        }
        try {
            return new BigDecimal(text);
        } catch (final NumberFormatException e) {
            throw new RecordException(path + ": " + Numbers.shown(text) + " is no number", e);
        }
    }
}
