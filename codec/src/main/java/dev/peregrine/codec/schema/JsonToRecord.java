/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.codec.schema.Block.Data;
import dev.peregrine.codec.schema.Block.Dimension;
import dev.peregrine.codec.schema.Block.Group;
import dev.peregrine.codec.schema.Block.Template;
import dev.peregrine.codec.schema.ValueType.Member;
import dev.peregrine.codec.schema.ValueType.Scalar;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.MutableDirectBuffer;

/** Makes one record of what {@link RecordToJson} shows. */
final class JsonToRecord {
    private static final int MAX_LENGTH = 16 << 20;

    private final Schema schema;
    private final MutableDirectBuffer buffer;
    private final int start;
    private final ValueWriter values;
    private int limit;

    JsonToRecord(final Schema schema, final MutableDirectBuffer buffer, final int offset) {
        this.schema = schema;
        this.buffer = buffer;
        this.start = offset;
        this.values = new ValueWriter(buffer);
    }

    int write(final Template template, final Map<String, ?> record) {
        final Schema.Header header = schema.header();
        limit = start;
        take(header.length(), template.name());
        number(header.blockLength(), start, template.block().length(), template.name());
        number(header.templateId(), start, template.id(), template.name());
        number(header.schemaId(), start, schema.id(), template.name());
        number(header.version(), start, schema.version(), template.name());
        block(template.block(), record, template.name());
        return limit - start;
    }

    private void number(final Member member, final int at, final long value, final String path) {
        number((Scalar) member.type(), at + member.offset(), value, path);
    }

    private void number(final Scalar type, final int at, final long value, final String path) {
        Primitives.put(type.primitive(), type.order(), buffer, at,
            Numbers.bits(type.primitive(), BigInteger.valueOf(value), path));
    }

    /** Room for that many bytes, zeroed; the limit stands behind it. */
    private int take(final long bytes, final String path) {
        final int at = limit;
        if (at - start + bytes > MAX_LENGTH) {
            throw new RecordException(path + ": the record is longer than " + MAX_LENGTH + " bytes");
        }
        if (bytes > 0) {
            buffer.checkLimit((int) (at + bytes));
            buffer.setMemory(at, (int) bytes, (byte) 0);
        }
        limit = (int) (at + bytes);
        return at;
    }

    private void block(final Block block, final Map<?, ?> record, final String path) {
        final int at = take(block.length(), path);
        checkNames(block, record, path);
        for (final Member field : block.fields()) {
            values.member(field, record.get(field.name()), at, path + "." + field.name());
        }
        for (final Group group : block.groups()) {
            group(group, record.get(group.name()), path + "." + group.name());
        }
        for (final Data data : block.data()) {
            data(data, record.get(data.name()), path + "." + data.name());
        }
    }

    private static void checkNames(final Block block, final Map<?, ?> record, final String path) {
        final Set<String> names = new HashSet<>();
        block.fields().forEach(field -> names.add(field.name()));
        block.groups().forEach(group -> names.add(group.name()));
        block.data().forEach(data -> names.add(data.name()));
        ValueWriter.checkNames(names, record, path);
    }

    private void group(final Group group, final Object value, final String path) {
        final Dimension dimension = group.dimension();
        if (value != null && !(value instanceof List)) {
            throw new RecordException(path + ": " + Numbers.shown(value) + " is no list");
        }
        final List<?> entries = value == null ? List.of() : (List<?>) value;
        final int header = take(dimension.length(), path);
        number(dimension.blockLength(), header + dimension.blockLengthOffset(), group.block().length(), path);
        Primitives.put(dimension.count().primitive(), dimension.count().order(), buffer,
            header + dimension.countOffset(),
            Numbers.bits(dimension.count(), BigInteger.valueOf(entries.size()), path + ": number of entries"));
        int number = 0;
        for (final Object entry : entries) {
            final String name = path + "[" + number++ + "]";
            if (!(entry instanceof Map)) {
                throw new RecordException(name + ": " + Numbers.shown(entry) + " is no object");
            }
            block(group.block(), (Map<?, ?>) entry, name);
        }
    }

    private void data(final Data data, final Object value, final String path) {
        final byte[] bytes = value == null ? new byte[0] : bytes(value, Primitives.charset(data.charset()), path);
        final int at = take((long) data.headerLength() + bytes.length, path);
        Primitives.put(data.length().primitive(), data.length().order(), buffer, at + data.lengthOffset(),
            Numbers.bits(data.length(), BigInteger.valueOf(bytes.length), path + ": number of bytes"));
        buffer.putBytes(at + data.headerLength(), bytes);
    }

    /** Text in an encoding, hexadecimal where there is none, or an object with bytes in hexadecimal. */
    static byte[] bytes(final Object value, final Charset charset, final String path) {
        if (value instanceof Map<?, ?> map && map.size() == 1 && map.get("hex") instanceof String hex) {
            return hex(hex, path);
        }
        if (!(value instanceof String text)) {
            throw new RecordException(path + ": " + Numbers.shown(value) + " is no text");
        }
        if (charset == null) {
            return hex(text, path);
        }
        try {
            final ByteBuffer encoded = charset.newEncoder().encode(CharBuffer.wrap(text));
            final byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (final CharacterCodingException e) {
            throw new RecordException(path + ": " + Numbers.shown(text) + " cannot be written in " + charset, e);
        }
    }

    private static byte[] hex(final String text, final String path) {
        try {
            return HexFormat.of().parseHex(text);
        } catch (final IllegalArgumentException e) {
            throw new RecordException(path + ": " + Numbers.shown(text) + " is not hexadecimal", e);
        }
    }
}
