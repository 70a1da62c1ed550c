/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rows for people, as text or as Markdown: each peer below the engine's own row of the same figure. A cell of ours that
 * a peer beats is marked.
 */
public final class RowTable {
    private static final double MILLION = 1e6;
    private static final double THOUSAND = 1e3;
    private static final String OURS = "peregrine";
    private static final String LOSES = " !";
    private static final List<Function<BenchRow, Double>> LATENCIES =
        List.of(BenchRow::p50, BenchRow::p99, BenchRow::p999, BenchRow::p9999, BenchRow::max);

    private RowTable() {
    }

    /** Prints columns of even width, then what failed and how to read it. */
    static void print(final List<BenchRow> rows, final PrintWriter out) {
        final List<List<String>> lines = lines(rows);
        final int[] widths = new int[lines.get(0).size()];
        for (final List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (final List<String> line : lines) {
            final StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(String.format(Locale.ROOT, "%" + (i < 3 ? "-" : "") + widths[i] + "s  ", line.get(i)));
            }
            out.println(text.toString().stripTrailing());
        }
        failures(rows).forEach(out::println);
        out.println();
        out.println(legend(rows));
    }

    /** The same as a table in Markdown. */
    public static String markdown(final List<BenchRow> rows) {
        final List<List<String>> lines = lines(rows);
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            text.append("| ").append(String.join(" | ", lines.get(i))).append(" |\n");
            if (i == 0) {
                text.append("|---".repeat(3)).append("|--:".repeat(lines.get(0).size() - 3)).append("|\n");
            }
        }
        failures(rows).forEach(failure -> text.append('\n').append(failure).append('\n'));
        return text.append('\n').append(legend(rows)).append('\n').toString();
    }

    private static List<List<String>> lines(final List<BenchRow> rows) {
        final boolean compares = rows.stream().anyMatch(row -> row.peer() != null);
        final boolean catchesUp = rows.stream().anyMatch(row -> row.catchUp() != null);
        final List<List<String>> lines = new ArrayList<>();
        final List<String> header = new ArrayList<>(List.of("figure", "who", "with", "score", "p50 us", "p99 us",
            "p99.9 us", "p99.99 us", "max us", "hiccup us", "B/op"));
        if (catchesUp) {
            header.add("catch-up");
        }
        if (compares) {
            header.add("ratio");
        }
        lines.add(header);
        for (final BenchRow row : rows) {
            final List<BenchRow> figure = rows.stream().filter(row::isSameFigure).toList();
            final List<BenchRow> peers = row.peer() != null ? List.of()
                : figure.stream().filter(other -> other.peer() != null && !other.isLimit()).toList();
            final List<String> line = new ArrayList<>();
            line.add(row.name());
            line.add(row.peer() == null ? OURS : row.peer());
            line.add(text(row.params()));
            line.add(row.score() != null
                ? score(row) + mark(peers.stream().map(peer -> peer.betterThan(row)), 1) : "FAILED");
            for (final Function<BenchRow, Double> latency : LATENCIES) {
                final Double value = latency.apply(row);
                line.add(number(value) + mark(peers.stream().map(peer -> inverse(latency.apply(peer))), inverse(value)));
            }
            line.add(number(row.hiccup()));
            line.add(number(row.allocBytesPerOp()));
            if (catchesUp) {
                line.add(row.catchUp() == null ? "-" : perSecond(row.catchUp()));
            }
            if (compares) {
                line.add(ratio(row, figure));
            }
            lines.add(line);
        }
        return lines;
    }

    private static Double inverse(final Double value) {
        return value == null ? null : 1 / value;
    }

    private static String mark(final Stream<Double> goodnesses, final Number own) {
        return own != null && goodnesses.anyMatch(other -> other != null && other > own.doubleValue()) ? LOSES : "";
    }

    /** Of ours the part of the limit, of the others how many times better they are than ours. */
    private static String ratio(final BenchRow row, final List<BenchRow> figure) {
        if (row.peer() == null) {
            return figure.stream().filter(BenchRow::isLimit).findFirst().map(row::betterThan)
                .map(part -> String.format(Locale.ROOT, "%.0f%%", 100 * part)).orElse("");
        }
        final BenchRow ours = figure.stream().filter(other -> other.peer() == null).findFirst().orElse(null);
        if (ours == null) {
            return "";
        }
        final Double ratio = row.betterThan(ours);
        return ratio == null ? "?" : String.format(Locale.ROOT, "x%.2f", ratio);
    }

    private static List<String> failures(final List<BenchRow> rows) {
        return rows.stream().filter(row -> row.error() != null).map(row -> String.format(Locale.ROOT,
            "FAILED %s of %s %s: %s", row.name(), row.peer() == null ? OURS : row.peer(), text(row.params()),
            row.error())).toList();
    }

    private static String legend(final List<BenchRow> rows) {
        final StringBuilder legend = new StringBuilder("Scores are medians.");
        if (rows.stream().anyMatch(row -> row.peer() != null && !row.isLimit())) {
            legend.append(" Ratio of a peer: how many times better its score is than ours. An exclamation mark: a peer"
                + " beats this cell of ours.");
        }
        if (rows.stream().anyMatch(BenchRow::isLimit)) {
            legend.append(" Ratio of ours: the part of what the machine itself can do (limit).");
        }
        if (rows.stream().anyMatch(row -> row.hiccup() != null)) {
            legend.append(" Hiccup: how late a thread that only sleeps woke up at worst in the same run.");
        }
        if (rows.stream().anyMatch(row -> row.catchUp() != null)) {
            legend.append(" Catch-up: what a reader of old records took meanwhile.");
        }
        return legend.toString();
    }

    static String text(final Map<String, String> params) {
        return params.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(" "));
    }

    static String score(final BenchRow row) {
        final double score = row.score();
        return switch (row.unit()) {
            case BenchRow.MICROS -> String.format(Locale.ROOT, "%.1f us", score);
            case BenchRow.NANOS -> String.format(Locale.ROOT, "%,.0f ns", score);
            case BenchRow.MEGABYTES -> String.format(Locale.ROOT, "%,.0f MB/s", score);
            default -> perSecond(score);
        };
    }

    private static String perSecond(final double score) {
        return score >= MILLION ? String.format(Locale.ROOT, "%.2f M/s", score / MILLION)
            : String.format(Locale.ROOT, "%.1f k/s", score / THOUSAND);
    }

    private static String number(final Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
    }
}
