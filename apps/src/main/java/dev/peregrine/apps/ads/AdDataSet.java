/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.FormatException;
import dev.peregrine.core.error.StorageException;
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
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The rows of the four data files, merged by timestamp: ties in the order of the files, then of the rows. Columns are
 * found by their names, so that files with more columns work as well.
 */
final class AdDataSet {
    static final List<String> FILES = List.of("bts-men.csv", "bts-women.csv", "random-men.csv", "random-women.csv");
    private static final List<String> COLUMNS = List.of("timestamp", "item_id", "click");
    private static final long MAX_ITEM_ID = 0xFFFFFFFEL;
    private static final int HASH_DIGITS = 16;
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

    private void read(final String file, final Reader reader) throws IOException {
        final boolean women = file.endsWith("women.csv");
        final boolean random = file.contains("random-");
        final CSVFormat format = CSVFormat.DEFAULT.builder()
            .setHeader().setSkipHeaderRecord(true).setAllowMissingColumnNames(true).get();
        try (CSVParser parser = format.parse(reader)) {
            final Map<String, Integer> header = parser.getHeaderMap();
            for (final String column : COLUMNS) {
                if (!header.containsKey(column)) {
                    throw new FormatException("file " + file + " has no column '" + column + "' in its first line");
                }
            }
            for (final CSVRecord record : parser) {
                readRecord(file, women, random, record, header.size());
            }
        } catch (final UncheckedIOException | IllegalStateException | CSVException e) {
            throw new FormatException("file " + file + " is not a CSV file: " + e.getMessage(), e);
        } catch (final IllegalArgumentException e) {
            throw new FormatException("file " + file + " has a first line that is no header: " + e.getMessage(), e);
        }
    }

    private void readRecord(
        final String file, final boolean women, final boolean random, final CSVRecord record, final int columns) {
        try {
            if (record.size() < columns) {
                throw new IllegalArgumentException(record.size() + " columns instead of " + columns);
            }
            final OffsetDateTime time = OffsetDateTime.parse(record.get("timestamp").trim(), TIMESTAMP);
            final long eventTimeNs =
                Math.addExact(Math.multiplyExact(time.toEpochSecond(), 1_000_000_000L), time.getNano());
            final long itemId = number(record, "item_id", 0, MAX_ITEM_ID);
            final boolean click = number(record, "click", 0, 1) == 1;
            final int position = record.isMapped("position") ? (int) number(record, "position", 0, 254) : 0;
            final double propensity =
                record.isMapped("propensity_score") ? Double.parseDouble(record.get("propensity_score")) : Double.NaN;
            final long[] features = new long[4];
            for (int i = 0; i < features.length; i++) {
                features[i] = feature(record, "user_feature_" + i);
            }
            rows.add(new AdRow(eventTimeNs, women, random, itemId, position, click, propensity, features));
        } catch (final DateTimeException e) {
            reject(file, record, "timestamp '" + record.get("timestamp") + "' cannot be read");
        } catch (final IllegalArgumentException | ArithmeticException e) {
            reject(file, record, e.getMessage());
        }
    }

    private void reject(final String file, final CSVRecord record, final String cause) {
        malformed.add(new MalformedLine(file, record.getRecordNumber() + 1, cause,
            String.join(",", record.values())));
    }

    private static long number(final CSVRecord record, final String column, final long min, final long max) {
        final String text = record.get(column).trim();
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

    private static long feature(final CSVRecord record, final String column) {
        if (!record.isMapped(column)) {
            return 0;
        }
        final String text = record.get(column).trim();
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
