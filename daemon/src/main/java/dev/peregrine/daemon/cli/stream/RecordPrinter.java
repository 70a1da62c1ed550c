/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peregrine.log.Frame;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Prints a record per line: its payload as text, or in hexadecimal if it is none, or everything about it as JSON. */
final class RecordPrinter {
    private static final ObjectMapper JSON =
        new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final PrintWriter out;
    private final boolean json;

    RecordPrinter(final PrintWriter out, final boolean json) {
        this.out = out;
        this.json = json;
    }

    void print(final int partition, final Frame frame) {
        final byte[] payload = new byte[frame.payloadLength()];
        frame.buffer().getBytes(frame.payloadOffset(), payload);
        final String text = text(payload);
        if (json) {
            out.println(document(partition, frame, payload, text));
        } else {
            out.println(text == null ? "0x" + HexFormat.of().formatHex(payload) : text);
        }
    }

    private static ObjectNode document(
        final int partition, final Frame frame, final byte[] payload, final String text) {
        final ObjectNode document = JSON.createObjectNode().put("partition", partition)
            .put("position", frame.position()).put("timestampNs", frame.timestampNs())
            .put("keyHash", frame.keyHash()).put("sequence", frame.sequence())
            .put("schemaId", frame.schemaId()).put("templateId", frame.templateId());
        if (text == null) {
            return document.put("payloadHex", HexFormat.of().formatHex(payload));
        }
        if (text.startsWith("{")) {
            try {
                return document.set("payload", JSON.readTree(text));
            } catch (final JsonProcessingException e) {
                return document.put("payload", text); // looked like JSON and is not
            }
        }
        return document.put("payload", text);
    }

    private static String text(final byte[] payload) {
        try {
            final String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
            return text.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t') ? null : text;
        } catch (final CharacterCodingException e) {
            return null;
        }
    }
}
