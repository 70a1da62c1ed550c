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
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import uk.co.real_logic.sbe.PrimitiveType;
import uk.co.real_logic.sbe.PrimitiveValue;

/**
 * Shows one record as JSON. sbe-tool's {@code JsonPrinter} is not used: it trusts lengths and counts of the payload, and
 * prints what is null, unknown or in a later version as if it were there.
 */
final class RecordToJson {
    /** Entries of groups in a record; entries of no bytes would otherwise multiply without end. */
    private static final int MAX_ENTRIES = 1 << 20;

    private final Schema schema;
    /** The record and nothing else, so that its bounds are checked. */
    private final DirectBuffer buffer = new UnsafeBuffer(0, 0);
    private final int length;
    private final JsonText json = new JsonText();
    private final Decimals decimals;
    private int actingVersion;
    private int limit;
    private int entries;

    RecordToJson(final Schema schema, final DirectBuffer source, final int offset, final int length) {
        this.schema = schema;
        this.length = length;
        buffer.wrap(source, offset, length);
        decimals = new Decimals(buffer);
    }

    String write(final int templateId) {
        final Template template = schema.messages().get(templateId);
        if (template == null) {
            throw new RecordException("schema " + schema.id() + " has no template " + templateId + "; there are: "
                + schema.templates());
        }
        final Schema.Header header = schema.header();
        need(header.length(), template.name());
        final long named = number(header.templateId(), 0);
        final long ofSchema = number(header.schemaId(), 0);
        if (named != templateId || ofSchema != schema.id()) {
            throw new RecordException("the payload's header says schema " + ofSchema + " template " + named
                + "; the frame says schema " + schema.id() + " template " + templateId);
        }
        actingVersion = (int) number(header.version(), 0);
        final long blockLength = number(header.blockLength(), 0);
        limit = header.length();
        block(template.block(), blockLength, template.name());
        return json.toString();
    }

    private long number(final Member member, final int at) {
        return number((Scalar) member.type(), at + member.offset());
    }

    private long number(final Scalar type, final int at) {
        return Primitives.get(type.primitive(), type.order(), buffer, at);
    }

    private void need(final long end, final String what) {
        if (end > length || end < 0) {
            throw new RecordException(what + ": the record ends at byte " + length + ", this at " + end);
        }
    }

    private void block(final Block block, final long blockLength, final String path) {
        final int start = limit;
        need(start + blockLength, path);
        limit = (int) (start + blockLength);
        json.open('{');
        for (final Member field : block.fields()) {
            json.name(field.name());
            if (field.since() > actingVersion && !field.isConstant()) {
                json.bare("null");
            } else if ((long) field.offset() + field.encodedLength() > blockLength && field.encodedLength() > 0) {
                throw new RecordException(path + "." + field.name() + ": the block has " + blockLength
                    + " bytes and ends before it");
            } else {
                member(field, start);
            }
        }
        for (final Group group : block.groups()) {
            json.name(group.name());
            if (group.since() > actingVersion) {
                json.bare("null");
            } else {
                group(group, path + "." + group.name());
            }
        }
        for (final Data data : block.data()) {
            json.name(data.name());
            if (data.since() > actingVersion) {
                json.bare("null");
            } else {
                data(data, path + "." + data.name());
            }
        }
        json.close('}');
    }

    private void group(final Group group, final String path) {
        final Dimension dimension = group.dimension();
        final int header = limit;
        need((long) header + dimension.length(), path);
        final long blockLength = number(dimension.blockLength(), header + dimension.blockLengthOffset());
        final long count = number(dimension.count(), header + dimension.countOffset());
        limit += dimension.length();
        if (count < 0 || blockLength < 0) {
            throw new RecordException(path + ": has " + count + " entries of " + blockLength + " bytes");
        }
        json.open('[');
        for (long i = 0; i < count; i++) {
            if (++entries > MAX_ENTRIES) {
                throw new RecordException(path + ": the record has more than " + MAX_ENTRIES + " entries in groups");
            }
            block(group.block(), blockLength, path + "[" + i + "]");
        }
        json.close(']');
    }

    private void data(final Data data, final String path) {
        need((long) limit + data.headerLength(), path);
        final long bytes = number(data.length(), limit + data.lengthOffset());
        final long start = (long) limit + data.headerLength();
        need(bytes < 0 ? -1 : start + bytes, path);
        limit = (int) (start + bytes);
        final byte[] content = new byte[(int) bytes];
        buffer.getBytes((int) start, content);
        final Charset charset = Primitives.charset(data.charset());
        if (charset == null) {
            json.hex(content);
        } else {
            text(content, content.length, charset);
        }
    }

    /** Text, or an object with the bytes where they are none in the encoding. */
    private void text(final byte[] bytes, final int textLength, final Charset charset) {
        try {
            json.text(charset.newDecoder().decode(ByteBuffer.wrap(bytes, 0, textLength)).toString());
        } catch (final CharacterCodingException e) {
            json.open('{');
            json.name("hex");
            json.hex(bytes);
            json.close('}');
        }
    }

    private void member(final Member member, final int base) {
        final int at = base + member.offset();
        if (member.constant() != null) {
            json.text(member.constant());
        } else if (member.type() instanceof Scalar scalar) {
            scalar(scalar, at);
        } else if (member.type() instanceof EnumType type) {
            enumValue(type, member.optional(), at);
        } else if (member.type() instanceof SetType type) {
            choices(type, at);
        } else if (member.type() instanceof Composite type) {
            composite(type, member.optional(), at);
        }
    }

    private void scalar(final Scalar type, final int at) {
        if (type.constant() != null) {
            constant(type);
        } else if (type.primitive() == PrimitiveType.CHAR && type.count() > 1) {
            characters(type, at);
        } else if (type.count() == 1) {
            element(type, number(type, at));
        } else {
            json.open('[');
            for (int i = 0; i < type.count(); i++) {
                element(type, number(type, at + i * type.primitive().size()));
            }
            json.close(']');
        }
    }

    /** Up to the first NUL; an optional one that starts with it is null. */
    private void characters(final Scalar type, final int at) {
        final byte[] bytes = new byte[type.count()];
        buffer.getBytes(at, bytes);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        if (end == 0 && type.optional()) {
            json.bare("null");
        } else {
            text(bytes, end, Primitives.characters(type));
        }
    }

    private void constant(final Scalar type) {
        final PrimitiveValue value = type.constant();
        if (type.primitive() != PrimitiveType.CHAR) {
            element(type, type.isReal() ? realBits(type, value.doubleValue()) : value.longValue());
        } else if (value.representation() == PrimitiveValue.Representation.LONG) {
            json.text(String.valueOf((char) (value.longValue() & Primitives.maxBits(PrimitiveType.CHAR))));
        } else {
            json.text(value.toString());
        }
    }

    private static long realBits(final Scalar type, final double value) {
        return type.primitive() == PrimitiveType.FLOAT
            ? Float.floatToIntBits((float) value) : Double.doubleToLongBits(value);
    }

    private void element(final Scalar type, final long bits) {
        if (type.constant() == null && type.optional() && Primitives.isNull(type, bits)) {
            json.bare("null");
            return;
        }
        switch (type.primitive()) {
            case CHAR -> json.text(String.valueOf((char) bits));
            case UINT64 -> json.bare(Long.toUnsignedString(bits));
            case FLOAT -> real(Float.intBitsToFloat((int) bits), Float.toString(Float.intBitsToFloat((int) bits)));
            case DOUBLE -> real(Double.longBitsToDouble(bits), Double.toString(Double.longBitsToDouble(bits)));
            default -> json.number(bits);
        }
    }

    private void real(final double value, final String text) {
        if (Double.isFinite(value)) {
            json.bare(text);
        } else {
            json.text(text);
        }
    }

    private void enumValue(final EnumType type, final boolean optional, final int at) {
        final long bits = Primitives.get(type.primitive(), type.order(), buffer, at);
        for (final EnumType.Value value : type.values()) {
            if (value.value() == bits) {
                json.text(value.name());
                return;
            }
        }
        if (optional && bits == type.nullValue()) {
            json.bare("null");
        } else {
            json.bare(type.primitive() == PrimitiveType.UINT64 ? Long.toUnsignedString(bits) : Long.toString(bits));
        }
    }

    /** Bits without a name are their numbers. */
    private void choices(final SetType type, final int at) {
        long bits = Primitives.get(type.primitive(), type.order(), buffer, at);
        json.open('[');
        for (final SetType.Choice choice : type.choices()) {
            if ((bits >>> choice.bit() & 1) != 0) {
                json.text(choice.name());
                bits &= ~(1L << choice.bit());
            }
        }
        for (int bit = 0; bit < type.primitive().size() * Byte.SIZE; bit++) {
            if ((bits >>> bit & 1) != 0) {
                json.number(bit);
            }
        }
        json.close(']');
    }

    private void composite(final Composite type, final boolean optional, final int at) {
        if ((optional || Nulls.canBeNull(type)) && Nulls.isNull(type, buffer, at)) {
            json.bare("null");
            return;
        }
        final String decimal = decimals.read(type, at);
        if (decimal != null) {
            json.bare(decimal);
            return;
        }
        json.open('{');
        for (final Member member : type.members()) {
            json.name(member.name());
            if (member.since() > actingVersion && !member.isConstant()) {
                json.bare("null");
            } else {
                member(member, at);
            }
        }
        json.close('}');
    }
}
