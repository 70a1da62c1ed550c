/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** JSON by Jackson. The only class that needs it. */
record JsonCodec<T>(Class<T> type) implements Codec<T> {
    @Override
    public Codec<T> forInstance() {
        return new Bound<>(type);
    }

    @Override
    public T decode(final DirectBuffer buffer, final int offset, final int length) {
        return forInstance().decode(buffer, offset, length);
    }

    @Override
    public int encode(final T value, final MutableDirectBuffer into, final int offset) {
        return forInstance().encode(value, into, offset);
    }

    /** One user's. */
    private static final class Bound<T> implements Codec<T> {
        private static final long serialVersionUID = 1;
        private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

        private final Class<T> type;
        private final transient ObjectReader reader;
        private final transient ObjectWriter writer;
        private transient byte[] scratch = new byte[256];

        Bound(final Class<T> type) {
            this.type = type;
            this.reader = MAPPER.readerFor(type);
            this.writer = MAPPER.writerFor(type);
        }

        private Object readResolve() {
            return new Bound<>(type);
        }

        @Override
        public T decode(final DirectBuffer buffer, final int offset, final int length) {
            if (scratch.length < length) {
                scratch = new byte[Math.max(length, 2 * scratch.length)];
            }
            buffer.getBytes(offset, scratch, 0, length);
            try {
                return reader.readValue(scratch, 0, length);
            } catch (final IOException e) {
                throw new UncheckedIOException("no JSON of a " + type.getSimpleName() + ": " + e.getMessage(), e);
            }
        }

        @Override
        public int encode(final T value, final MutableDirectBuffer into, final int offset) {
            try {
                final byte[] bytes = writer.writeValueAsBytes(value);
                into.putBytes(offset, bytes);
                return bytes.length;
            } catch (final JsonProcessingException e) {
                throw new UncheckedIOException("a " + type.getSimpleName() + " has no JSON: " + e.getMessage(), e);
            }
        }
    }
}
