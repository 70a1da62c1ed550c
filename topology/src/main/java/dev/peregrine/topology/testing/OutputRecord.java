/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import dev.peregrine.log.Frame;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A copy of a record that a topology has published. Immutable, if the caller does not change its bytes. */
public final class OutputRecord {
    private final UnsafeBuffer payload;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final long keyHash;
    private final long timestampNs;
    private final int schemaId;
    private final int templateId;

    OutputRecord(final Frame frame) {
        payload = new UnsafeBuffer(new byte[frame.payloadLength()]);
        payload.putBytes(0, frame.buffer(), frame.payloadOffset(), frame.payloadLength());
        keyHash = frame.keyHash();
        timestampNs = frame.timestampNs();
        schemaId = frame.schemaId();
        templateId = frame.templateId();
        frame.forEachHeader((buffer, nameOffset, nameLength, valueOffset, valueLength) -> headers.put(
            buffer.getStringWithoutLengthUtf8(nameOffset, nameLength),
            buffer.getStringWithoutLengthUtf8(valueOffset, valueLength)));
    }

    /** The payload, from offset 0. */
    public DirectBuffer buffer() {
        return payload;
    }

    /** The payload as a new array. */
    public byte[] payload() {
        return payload.byteArray().clone();
    }

    /** The payload as UTF-8 text. */
    public String text() {
        return new String(payload.byteArray(), StandardCharsets.UTF_8);
    }

    /** Eight bytes of the payload as a number, little endian. */
    public long longAt(final int offset) {
        return payload.getLong(offset, java.nio.ByteOrder.LITTLE_ENDIAN);
    }

    /** Hash of the key. */
    public long keyHash() {
        return keyHash;
    }

    /** Time of the record, nanoseconds since 1970. */
    public long timestampNs() {
        return timestampNs;
    }

    /** SBE schema id. */
    public int schemaId() {
        return schemaId;
    }

    /** SBE template id. */
    public int templateId() {
        return templateId;
    }

    /** Headers by their names, e.g. the cause of a dead letter; values as UTF-8. */
    public Map<String, String> headers() {
        return Map.copyOf(headers);
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("at ").append(timestampNs).append(": ");
        for (final byte each : payload.byteArray()) {
            if (each >= ' ' && each <= '~') {
                text.append((char) each);
            } else {
                text.append(String.format("\\x%02x", each));
            }
        }
        return text.append(headers.isEmpty() ? "" : " " + headers).toString();
    }
}
