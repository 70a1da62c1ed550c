/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.FormatException;
import dev.peregrine.core.error.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;

/**
 * The rows of the four data files, merged by timestamp: ties in the order of the files, then of the rows. Columns are
 * found by their names, so that files with more columns work as well.
 */
final class AdDataSet {
    static final List<String> FILES = List.of("bts-men.csv", "bts-women.csv", "random-men.csv", "random-women.csv");
    private static final List<String> COLUMNS = List.of("timestamp", "item_id", "click");
    private static final long MAX_ITEM_ID = 0xFFFFFFFEL;
    private static final int HASH_DIGITS = 16;
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
        .appendPattern("uuuu-MM-dd HH:mm:ss").appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
        .appendOffset("+HH:MM", "+00:00").toFormatter();

    private final List<AdRow> rows = new ArrayList<>();
    private final List<MalformedLine> malformed = new ArrayList<>();

    private AdDataSet() {
    }

    /** Reads the files that are shipped. */
    static AdDataSet shipped() {
        final AdDataSet data = new AdDataSet();
        for (final String file : FILES) {
            try (InputStream in = AdDataSet.class.getResourceAsStream("data/" + file)) {
                data.read(file, new InputStreamReader(in, StandardCharsets.UTF_8));
            } catch (final IOException e) {
                throw new StorageException("cannot read the shipped data file " + file + ": " + e.getMessage(), e);
            }
        }
        return data.merged();
    }

    /** Reads those of the four files that a directory holds. */
    static AdDataSet fromDirectory(final Path directory) {
        final AdDataSet data = new AdDataSet();
        boolean any = false;
        for (final String file : FILES) {
            final Path path = directory.resolve(file);
            if (Files.isRegularFile(path)) {
                any = true;
                try (InputStream in = Files.newInputStream(path)) {
                    data.read(path.toString(), new InputStreamReader(in, StandardCharsets.UTF_8));
                } catch (final IOException e) {
                    throw new StorageException("cannot read " + path + ": " + e.getMessage(), e);
                }
            }
        }
        if (!any) {
            throw new ConfigurationException("input directory " + directory + " holds none of " + FILES);
        }
        return data.merged();
    }

    private AdDataSet merged() {
        rows.sort(Comparator.comparingLong(AdRow::eventTimeNs)); // stable: keeps file order, then row order
        if (rows.isEmpty()) {
            throw new FormatException("the input holds no row that can be read; the first problem: "
                + (malformed.isEmpty() ? "the files are empty" : malformed.get(0)));
        }
        return this;
    }

    /** Line by line, so that an unbalanced quote spoils its own line and not what follows. */
    private void read(final String file, final Reader reader) throws IOException {
        final BufferedReader lines = new BufferedReader(reader);
        final Map<String, Integer> columns = header(file, lines.readLine());
        final boolean women = file.endsWith("women.csv");
        final boolean random = file.contains("random-");
        String line;
        for (long number = 2; (line = lines.readLine()) != null; number++) {
            if (line.isBlank()) {
                continue;
            }
            try {
                rows.add(row(new Fields(columns, split(line)), women, random));
            } catch (final IOException | IllegalArgumentException | ArithmeticException e) {
                malformed.add(new MalformedLine(file, number, e.getMessage(), line));
            }
        }
    }

    private static Map<String, Integer> header(final String file, final String line) throws IOException {
        if (line == null) {
            throw new FormatException("file " + file + " is empty: its first line must name the columns");
        }
        final List<String> names = split(line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line);
        final Map<String, Integer> columns = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            columns.putIfAbsent(names.get(i).trim(), i);
        }
        for (final String column : COLUMNS) {
            if (!columns.containsKey(column)) {
                throw new FormatException("file " + file + " has no column '" + column + "' in its first line");
            }
        }
        return columns;
    }

    private static List<String> split(final String line) throws IOException {
        try (CSVParser parser = CSVParser.parse(line, CSVFormat.DEFAULT)) {
            return parser.iterator().next().toList();
        } catch (final UncheckedIOException | IllegalStateException | NoSuchElementException e) {
            throw new IOException("is no CSV record: " + e.getMessage(), e);
        }
    }

    /** The fields of one line, by the names of their columns. */
    private record Fields(Map<String, Integer> columns, List<String> values) {
        Fields {
            if (values.size() < columns.size()) {
                throw new IllegalArgumentException(values.size() + " columns instead of " + columns.size());
            }
        }

        boolean has(final String column) {
            return columns.containsKey(column);
        }

        String get(final String column) {
            return values.get(columns.get(column)).trim();
        }
    }

    private static AdRow row(final Fields fields, final boolean women, final boolean random) {
        final long eventTimeNs = timeNs(fields.get("timestamp"));
        final long itemId = number(fields, "item_id", 0, MAX_ITEM_ID);
        final boolean click = number(fields, "click", 0, 1) == 1;
        final int position = fields.has("position") ? (int) number(fields, "position", 0, 254) : 0;
        final double propensity =
            fields.has("propensity_score") ? Double.parseDouble(fields.get("propensity_score")) : Double.NaN;
        final long[] features = new long[4];
        for (int i = 0; i < features.length; i++) {
            features[i] = feature(fields, "user_feature_" + i);
        }
        return new AdRow(eventTimeNs, women, random, itemId, position, click, propensity, features);
    }

    private static long timeNs(final String text) {
        final OffsetDateTime time;
        try {
            time = OffsetDateTime.parse(text, TIMESTAMP);
        } catch (final DateTimeException e) {
            throw new IllegalArgumentException("timestamp '" + text + "' cannot be read", e);
        }
        return Math.addExact(Math.multiplyExact(time.toEpochSecond(), 1_000_000_000L), time.getNano());
    }

    private static long number(final Fields fields, final String column, final long min, final long max) {
        final String text = fields.get(column);
        final long value;
        try {
            value = Long.parseLong(text);
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException(column + " '" + text + "' is no whole number", e);
        }
        if (value < min || value > max) {
            throw new IllegalArgumentException(column + " " + value + " is not between " + min + " and " + max);
        }
        return value;
    }

    private static long feature(final Fields fields, final String column) {
        if (!fields.has(column)) {
            return 0;
        }
        final String text = fields.get(column);
        final String digits = text.substring(0, Math.min(HASH_DIGITS, text.length()));
        try {
            return digits.isEmpty() ? 0 : Long.parseUnsignedLong(digits, 16);
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException(column + " '" + text + "' is no hash in hexadecimal digits", e);
        }
    }

    List<AdRow> rows() {
        return rows;
    }

    List<MalformedLine> malformed() {
        return malformed;
    }
}
