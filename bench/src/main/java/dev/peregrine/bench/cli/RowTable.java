/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints rows for people: each peer below the engine's own row of the same figure, with the ratio to it. */
final class RowTable {
    private static final String LINE = "%-23s %-26s %-40s %12s %10s %10s %10s %9s  %s%n";
    private static final double MILLION = 1e6;
    private static final double THOUSAND = 1e3;

    private RowTable() {
    }

    static void print(final List<BenchRow> rows, final PrintWriter out) {
        out.printf(Locale.ROOT, LINE, "figure", "of", "with", "score", "p50 us", "p99 us", "p99.9 us", "B/op", "vs ours");
        BenchRow ours = null;
        for (final BenchRow row : rows) {
            if (row.peer() == null) {
                ours = row;
            }
            out.printf(Locale.ROOT, LINE, row.name(), row.peer() == null ? "peregrine" : row.peer(), text(row.params()),
                row.error() == null ? score(row) : "FAILED", number(row.p50()), number(row.p99()), number(row.p999()),
                number(row.allocBytesPerOp()), ratio(row, ours));
        }
        rows.stream().filter(row -> row.error() != null).forEach(row -> out.printf(Locale.ROOT, "FAILED %s of %s %s: %s%n",
            row.name(), row.peer() == null ? "peregrine" : row.peer(), text(row.params()), row.error()));
        out.println();
        out.println("Scores are medians. vs ours: how many times better the peer is than the engine in the same figure.");
    }

    private static String ratio(final BenchRow row, final BenchRow ours) {
        if (row.peer() == null || ours == null || !row.isSameFigure(ours)) {
            return "";
        }
        final Double ratio = row.betterThan(ours);
        return ratio == null ? "?" : String.format(Locale.ROOT, "x%.2f", ratio);
    }

    static String text(final Map<String, String> params) {
        return params.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(" "));
    }

    static String score(final BenchRow row) {
        final double score = row.score();
        if (BenchRow.MICROS.equals(row.unit())) {
            return String.format(Locale.ROOT, "%.1f us", score);
        }
        return score >= MILLION ? String.format(Locale.ROOT, "%.2f M/s", score / MILLION)
            : String.format(Locale.ROOT, "%.1f k/s", score / THOUSAND);
    }

    private static String number(final Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
    }
}
