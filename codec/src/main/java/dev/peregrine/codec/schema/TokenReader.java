/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.codec.schema.Block.Data;
import dev.peregrine.codec.schema.Block.Dimension;
import dev.peregrine.codec.schema.Block.Group;
import dev.peregrine.codec.schema.Block.Template;
import dev.peregrine.codec.schema.ValueType.Composite;
import dev.peregrine.codec.schema.ValueType.EnumType;
import dev.peregrine.codec.schema.ValueType.Member;
import dev.peregrine.codec.schema.ValueType.Scalar;
import dev.peregrine.codec.schema.ValueType.SetType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import uk.co.real_logic.sbe.PrimitiveType;
import uk.co.real_logic.sbe.PrimitiveValue;
import uk.co.real_logic.sbe.ir.Encoding;
import uk.co.real_logic.sbe.ir.Signal;
import uk.co.real_logic.sbe.ir.Token;

/**
 * Makes a tree of the tokens of SBE's IR, and refuses what could not lie in a record: after this, whoever walks the tree
 * need not check the schema again. For one thread and one use.
 */
final class TokenReader {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_U16 = 0xFFFF;

    private final List<Token> tokens;
    private int next;
    private int depth;

    TokenReader(final List<Token> tokens) {
        this.tokens = tokens;
    }

    private static SchemaException refused(final Token token, final String why) {
        return new SchemaException(token.name() + " (" + token.signal() + "): " + why);
    }

    private Token take() {
        if (next == tokens.size()) {
            throw new SchemaException("it ends within " + tokens.get(0).name());
        }
        return tokens.get(next++);
    }

    private Token take(final Signal expected) {
        final Token token = take();
        if (token.signal() != expected) {
            throw refused(token, "stands where " + expected + " must");
        }
        return token;
    }

    private Signal peek() {
        return next == tokens.size() ? null : tokens.get(next).signal();
    }

    private void deeper(final Token token) {
        if (++depth > MAX_DEPTH) {
            throw refused(token, "is nested deeper than " + MAX_DEPTH);
        }
    }

    /** Reads the composite that a schema has as its message header. */
    Composite header() {
        return (Composite) type(false);
    }

    Template message() {
        final Token begin = take(Signal.BEGIN_MESSAGE);
        if (begin.id() < 0 || begin.id() > MAX_U16) {
            throw refused(begin, "its id is not 0 to " + MAX_U16 + ", which frames have room for");
        }
        final Block block = block(begin, Signal.END_MESSAGE, MAX_U16);
        return new Template(begin.id(), begin.name(), begin.version(), block);
    }

    private Block block(final Token begin, final Signal end, final long maxLength) {
        deeper(begin);
        final int length = begin.encodedLength();
        if (length < 0 || length > maxLength) {
            throw refused(begin, "a block of " + length + " bytes; 0 to " + maxLength + " can be told in its header");
        }
        final List<Member> fields = new ArrayList<>();
        final List<Group> groups = new ArrayList<>();
        final List<Data> data = new ArrayList<>();
        final Set<String> names = new HashSet<>();
        while (peek() != end) {
            final Token token = take();
            if (!names.add(token.name())) {
                throw refused(token, begin.name() + " has two members of this name");
            }
            if (token.signal() == Signal.BEGIN_FIELD && groups.isEmpty() && data.isEmpty()) {
                fields.add(within(length, token, field(token)));
            } else if (token.signal() == Signal.BEGIN_GROUP && data.isEmpty()) {
                groups.add(group(token));
            } else if (token.signal() == Signal.BEGIN_VAR_DATA) {
                data.add(data(token));
            } else {
                throw refused(token, "cannot stand here; fields come first, then groups, then data");
            }
        }
        take();
        depth--;
        return new Block(length, List.copyOf(fields), List.copyOf(groups), List.copyOf(data));
    }

    private static Member within(final int length, final Token token, final Member member) {
        final long end = (long) member.offset() + member.encodedLength();
        if (member.encodedLength() > 0 && (member.offset() < 0 || end > length)) {
            throw refused(token, "its bytes " + member.offset() + " to " + end + " do not lie within " + length);
        }
        return member;
    }

    private Member field(final Token begin) {
        final boolean optional = begin.isOptionalEncoding();
        final String constant = begin.isConstantEncoding() ? valueRef(begin) : null;
        final ValueType type = type(optional);
        take(Signal.END_FIELD);
        final boolean named = type instanceof EnumType && begin.isConstantEncoding();
        if (named && constant == null) {
            throw refused(begin, "is a constant without a value");
        }
        return new Member(begin.name(), begin.id(), begin.offset(), begin.version(), optional,
            named ? constant : null, type);
    }

    private static String valueRef(final Token token) {
        final PrimitiveValue value = token.encoding().constValue();
        return value == null ? null : value.toString().substring(value.toString().indexOf('.') + 1);
    }

    private ValueType type(final boolean optional) {
        final Token token = take();
        deeper(token);
        final ValueType type = switch (token.signal()) {
            case ENCODING -> scalar(token, optional);
            case BEGIN_ENUM -> enumType(token);
            case BEGIN_SET -> setType(token);
            case BEGIN_COMPOSITE -> composite(token);
            default -> throw refused(token, "stands where a type must");
        };
        depth--;
        return type;
    }

    private static PrimitiveType primitive(final Token token) {
        final PrimitiveType type = token.encoding().primitiveType();
        if (type == null) {
            throw refused(token, "has no primitive type");
        }
        return type;
    }

    private static Scalar scalar(final Token token, final boolean optional) {
        final Encoding encoding = token.encoding();
        final PrimitiveType type = primitive(token);
        final boolean constant = token.isConstantEncoding();
        if (constant && encoding.constValue() == null) {
            throw refused(token, "is a constant without a value");
        }
        final int count = constant ? 1 : token.encodedLength() / type.size();
        if (count < 1 || count > MAX_U16) {
            throw refused(token, "has " + count + " elements; 1 to " + MAX_U16 + " can be had");
        }
        return new Scalar(type, count, optional || token.isOptionalEncoding(), encoding.applicableNullValue(),
            encoding.minValue(), encoding.maxValue(), constant ? encoding.constValue() : null,
            encoding.characterEncoding(), encoding.byteOrder());
    }

    private static PrimitiveType integer(final Token token) {
        final PrimitiveType type = primitive(token);
        if (type == PrimitiveType.FLOAT || type == PrimitiveType.DOUBLE) {
            throw refused(token, "must be of an integer or character type");
        }
        return type;
    }

    private static long constant(final Token token) {
        final PrimitiveValue value = token.encoding().constValue();
        if (value == null) {
            throw refused(token, "has no value");
        }
        return value.longValue();
    }

    private EnumType enumType(final Token begin) {
        final PrimitiveType type = integer(begin);
        final PrimitiveValue nullValue = begin.encoding().applicableNullValue();
        final List<EnumType.Value> values = new ArrayList<>();
        final Set<String> names = new HashSet<>();
        while (peek() != Signal.END_ENUM) {
            final Token value = take(Signal.VALID_VALUE);
            if (!names.add(value.name())) {
                throw refused(value, begin.name() + " has two values of this name");
            }
            values.add(new EnumType.Value(value.name(), constant(value), value.version()));
        }
        take();
        return new EnumType(typeName(begin), type, begin.encoding().byteOrder(), nullValue.longValue(),
            List.copyOf(values));
    }

    private SetType setType(final Token begin) {
        final PrimitiveType type = integer(begin);
        final List<SetType.Choice> choices = new ArrayList<>();
        final Set<String> names = new HashSet<>();
        while (peek() != Signal.END_SET) {
            final Token choice = take(Signal.CHOICE);
            final long bit = constant(choice);
            if (bit < 0 || bit >= (long) type.size() * Byte.SIZE || !names.add(choice.name())) {
                throw refused(choice, "is twice in " + begin.name() + ", or its bit " + bit + " is not in "
                    + type.primitiveName());
            }
            choices.add(new SetType.Choice(choice.name(), (int) bit, choice.version()));
        }
        take();
        return new SetType(typeName(begin), type, begin.encoding().byteOrder(), List.copyOf(choices));
    }

    private Composite composite(final Token begin) {
        final List<Member> members = new ArrayList<>();
        final Set<String> names = new HashSet<>();
        final int length = begin.encodedLength();
        while (peek() != Signal.END_COMPOSITE) {
            final Token token = tokens.get(Math.min(next, tokens.size() - 1));
            if (!names.add(token.name())) {
                throw refused(token, begin.name() + " has two members of this name");
            }
            final ValueType type = type(false);
            final boolean optional = type instanceof Scalar scalar && scalar.optional();
            members.add(within(length, token,
                new Member(token.name(), -1, token.offset(), token.version(), optional, null, type)));
        }
        take();
        if (length < 0 || length > MAX_U16) {
            throw refused(begin, "has " + length + " bytes; 0 to " + MAX_U16 + " can be had");
        }
        return new Composite(typeName(begin), length, List.copyOf(members));
    }

    private static String typeName(final Token token) {
        return token.referencedName() == null ? token.name() : token.referencedName();
    }

    private Group group(final Token begin) {
        final Token at = tokens.get(Math.min(next, tokens.size() - 1));
        if (!(type(false) instanceof Composite header)) {
            throw refused(at, "is no dimension of a group");
        }
        final Member blockLength = count(at, header, "blockLength");
        final Member count = count(at, header, "numInGroup");
        final Dimension dimension = new Dimension(header.encodedLength(), (Scalar) blockLength.type(),
            blockLength.offset(), (Scalar) count.type(), count.offset());
        final Block block = block(begin, Signal.END_GROUP, max((Scalar) blockLength.type()));
        return new Group(begin.name(), begin.id(), begin.version(), dimension, block);
    }

    private static long max(final Scalar count) {
        return Math.min(Integer.MAX_VALUE, Primitives.maxBits(count.primitive()));
    }

    /** A member that counts: one integer that is in the record. */
    static Member count(final Token header, final Composite composite, final String name) {
        for (final Member member : composite.members()) {
            if (member.name().equals(name) && member.type() instanceof Scalar scalar && scalar.count() == 1
                && scalar.constant() == null && !scalar.isReal() && scalar.primitive() != PrimitiveType.UINT64
                && scalar.primitive() != PrimitiveType.INT64) {
                return member;
            }
        }
        throw refused(header, "has no integer of up to 32 bits named " + name);
    }

    /** The composite of variable data is read here and not by {@link #composite}: its last member has no length. */
    private Data data(final Token begin) {
        final Token header = take(Signal.BEGIN_COMPOSITE);
        final Token lengthToken = take(Signal.ENCODING);
        final Scalar length = scalar(lengthToken, false);
        final Member member = count(header, new Composite("", 0,
            List.of(new Member("length", -1, lengthToken.offset(), 0, false, null, length))), "length");
        final Token bytes = take(Signal.ENCODING);
        if (lengthToken.offset() < 0 || bytes.offset() < lengthToken.offset() + length.encodedLength()
            || bytes.offset() > MAX_U16) {
            throw refused(bytes, "its data does not stand behind its length");
        }
        take(Signal.END_COMPOSITE);
        take(Signal.END_VAR_DATA);
        return new Data(begin.name(), begin.id(), begin.version(), length, member.offset(), bytes.offset(),
            bytes.encoding().characterEncoding());
    }
}
