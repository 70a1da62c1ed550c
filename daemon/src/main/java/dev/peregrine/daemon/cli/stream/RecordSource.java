/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peregrine.core.error.ConfigurationException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/** Reads records from lines: as they are, JSON objects, or rows of CSV, which become JSON objects of strings. */
abstract class RecordSource {
    private static final ObjectMapper JSON =
        new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** What the user calls the present record. */
    abstract String place();

    /** The next payload, or null at the end. */
    abstract String next() throws IOException;

    /** The key of the record that was read last, or null if it has none. */
    abstract String key();

    static RecordSource lines(final BufferedReader lines, final String key) {
        return new Lines(lines, key);
    }

    static RecordSource json(final BufferedReader lines, final String field) {
        return new JsonLines(lines, field);
    }

    static RecordSource csv(final BufferedReader lines, final String column) throws IOException {
        return new Csv(lines, column);
    }

    /** Lines as they are, with one key for all. */
    private static class Lines extends RecordSource {
        private final BufferedReader lines;
        private final String key;
        private long number;

        Lines(final BufferedReader lines, final String key) {
            this.lines = lines;
            this.key = key;
        }

        @Override
        String place() {
            return "line " + number;
        }

        @Override
        String next() throws IOException {
            number++;
            return lines.readLine();
        }

        @Override
        String key() {
            return key;
        }
    }

    /** Lines that hold a JSON object each. */
    private static final class JsonLines extends Lines {
        private final String field;
        private String key;

        JsonLines(final BufferedReader lines, final String field) {
            super(lines, null);
            this.field = field;
        }

        @Override
        String next() throws IOException {
            final String line = super.next();
            if (line != null) {
                key = keyOf(line);
            }
            return line;
        }

        private String keyOf(final String line) {
            final JsonNode record;
            try {
                record = JSON.readTree(line);
            } catch (final JsonProcessingException e) {
                throw new ConfigurationException(place() + " is no JSON: " + e.getOriginalMessage(), e);
            }
            if (!record.isObject()) {
                throw new ConfigurationException(place() + " is no JSON object");
            }
            if (field == null) {
                return null;
            }
            final JsonNode value = record.get(field);
            if (value == null || value.isNull() || value.isContainerNode()) {
                throw new ConfigurationException(place() + " has no field '" + field + "' with a plain value");
            }
            return value.asText();
        }

        @Override
        String key() {
            return key;
        }
    }

    /** Rows under a header line. */
    private static final class Csv extends RecordSource {
        private final CSVParser parser;
        private final Iterator<CSVRecord> rows;
        private final List<String> columns;
        private final String keyColumn;
        private CSVRecord row;

        Csv(final BufferedReader lines, final String keyColumn) throws IOException {
            try {
                parser = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true)
                    .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW).get().parse(lines);
            } catch (final IllegalArgumentException | UncheckedIOException e) {
                throw new ConfigurationException("the header line cannot be read: " + e.getMessage(), e);
            }
            this.rows = parser.iterator();
            this.columns = parser.getHeaderNames();
            this.keyColumn = keyColumn;
            if (keyColumn != null && !columns.contains(keyColumn)) {
                throw new ConfigurationException("there is no column '" + keyColumn + "'; there are: " + columns);
            }
        }

        @Override
        String place() {
            return "line " + parser.getCurrentLineNumber();
        }

        @Override
        String next() {
            try {
                if (!rows.hasNext()) {
                    return null;
                }
                row = rows.next();
            } catch (final UncheckedIOException | IllegalStateException e) {
                throw new ConfigurationException(place() + " is no CSV: " + e.getMessage(), e);
            }
            if (row.size() != columns.size()) {
                throw new ConfigurationException(
                    place() + " has " + row.size() + " field(s), the header has " + columns.size());
            }
            final ObjectNode document = JSON.createObjectNode();
            for (int i = 0; i < columns.size(); i++) {
                document.put(columns.get(i), row.get(i));
            }
            return document.toString();
        }

        @Override
        String key() {
            return keyColumn == null ? null : row.get(keyColumn);
        }
    }
}
