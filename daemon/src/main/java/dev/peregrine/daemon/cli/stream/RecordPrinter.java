/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peregrine.codec.schema.RecordException;
import dev.peregrine.codec.schema.Schema;
import dev.peregrine.log.Frame;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.agrona.DirectBuffer;

/** Prints a record per line: its payload as text, or in hexadecimal if it is none, or everything about it as JSON. */
final class RecordPrinter {
    private static final ObjectMapper JSON =
        JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();

    private final PrintWriter out;
    private final boolean json;
    private final boolean headers;

    /** Null if the stream has none. */
    private final Schema schema;

    RecordPrinter(final PrintWriter out, final boolean json, final boolean headers, final Schema schema) {
        this.out = out;
        this.json = json;
        this.headers = headers;
        this.schema = schema;
    }

    void print(final int partition, final Frame frame) {
        final byte[] payload = new byte[frame.payloadLength()];
        frame.buffer().getBytes(frame.payloadOffset(), payload);
        final String text = text(payload);
        if (json) {
            out.println(document(partition, frame, payload, text));
        } else {
            out.println((headers ? extension(frame) : "") + shown(payload));
        }
    }

    private static String shown(final byte[] bytes) {
        final String text = text(bytes);
        return text == null ? "0x" + HexFormat.of().formatHex(bytes) : text;
    }

    private static byte[] bytes(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return bytes;
    }

    /** Key and headers, in brackets, if there are any. */
    private static String extension(final Frame frame) {
        final List<String> all = new ArrayList<>();
        if (frame.keyLength() >= 0) {
            all.add("key=" + shown(bytes(frame.buffer(), frame.keyOffset(), frame.keyLength())));
        }
        frame.forEachHeader((buffer, nameOffset, nameLength, valueOffset, valueLength) -> all.add(
            shown(bytes(buffer, nameOffset, nameLength)) + ":" + shown(bytes(buffer, valueOffset, valueLength))));
        return all.isEmpty() ? "" : "[" + String.join(", ", all) + "] ";
    }

    private static void addExtension(final ObjectNode document, final Frame frame) {
        if (frame.transactionId() >= 0) {
            document.put("transactionId", frame.transactionId());
        }
        if (frame.keyLength() >= 0) {
            document.put("key", shown(bytes(frame.buffer(), frame.keyOffset(), frame.keyLength())));
        }
        final ArrayNode headers = JSON.createArrayNode(); // a name may be repeated
        frame.forEachHeader((buffer, nameOffset, nameLength, valueOffset, valueLength) -> headers.addObject()
            .put("name", shown(bytes(buffer, nameOffset, nameLength)))
            .put("value", shown(bytes(buffer, valueOffset, valueLength))));
        if (!headers.isEmpty()) {
            document.set("headers", headers);
        }
    }

    private ObjectNode document(
        final int partition, final Frame frame, final byte[] payload, final String text) {
        final ObjectNode document = JSON.createObjectNode().put("partition", partition)
            .put("position", frame.position()).put("offset", frame.offset()).put("timestampNs", frame.timestampNs())
            .put("keyHash", frame.keyHash()).put("sequence", frame.sequence())
            .put("schemaId", frame.schemaId()).put("templateId", frame.templateId());
        addExtension(document, frame);
        if (schema != null && schema.accepts(frame.schemaId(), frame.templateId())) {
            try {
                return document.put("template", schema.templates().get(frame.templateId()))
                    .set("payload", JSON.readTree(schema.toJson(
                        frame.templateId(), frame.buffer(), frame.payloadOffset(), frame.payloadLength())));
            } catch (final RecordException e) {
                return document.put("error", e.getMessage()).put("payloadHex", HexFormat.of().formatHex(payload));
            } catch (final JsonProcessingException e) {
                throw new IllegalStateException(e); // the schema writes JSON
            }
        }
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
