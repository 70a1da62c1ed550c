/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.codec.schema.Schema;
import dev.peregrine.core.error.ConfigurationException;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/** Makes records of lines of JSON by the schema of a stream, one at a time. */
final class JsonLines {
    private static final TypeReference<Map<String, Object>> RECORD = new TypeReference<>() { };
    private static final ObjectMapper JSON = new ObjectMapper()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static final TypeReference<Map<String, String>> ROW = new TypeReference<>() { };

    private final Schema schema;
    private final String template;
    private final boolean text;
    private final ExpandableArrayBuffer record = new ExpandableArrayBuffer();

    /**
     * The template may be null where the schema has only one.
     *
     * @param text whether every value is a text that is converted to its field's type, as a row of CSV has them.
     */
    JsonLines(final String stream, final Schema schema, final String template, final boolean text) {
        this.schema = schema;
        this.text = text;
        if (template == null && schema.templates().size() > 1) {
            throw new ConfigurationException("stream " + stream + " has " + schema + ": say which by --template, of "
                + schema.templates().values());
        }
        this.template = template == null ? schema.templates().get(schema.templates().firstKey()) : template;
        schema.templateId(this.template);
    }

    int schemaId() {
        return schema.id();
    }

    int templateId() {
        return schema.templateId(template);
    }

    DirectBuffer buffer() {
        return record;
    }

    /** Length of the record, which {@link #buffer} has from its start. */
    int encode(final String line) throws JsonProcessingException {
        return schema.encode(template, text ? schema.fromText(template, JSON.readValue(line, ROW))
            : JSON.readValue(line, RECORD), record, 0);
    }
}
