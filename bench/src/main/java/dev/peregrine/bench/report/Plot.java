/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.bench.cli.BenchRow;
import dev.peregrine.bench.cli.RowTable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.Styler;

/**
 * Draws the JSON of {@code peregrine bench}: a plot per figure, with a bar for the engine and for each peer side by side,
 * and a table of all. Of a latency there are bars for its percentiles; of how something scales there is a curve.
 */
public final class Plot {
    private static final int WIDTH = 1200;
    private static final int HEIGHT = 600;
    private static final int LABEL_DEGREES = 30;
    private static final double THOUSAND = 1e3;
    private static final double LOWEST_MICROS = 0.1;
    /** What has one row for each of several numbers. */
    private static final String CURVES = "scaling.";
    private static final String OURS = "peregrine";
    private static final String MICROS = "us";
    private static final String PER_SECOND = "ops/s";

    private Plot() {
    }

    /** Arguments: the JSON file, and the folder of the plots and of the table, which has the JSON file's name. */
    public static void main(final String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println("usage: Plot results.json folder");
            System.exit(2);
        }
        final Path json = Path.of(args[0]);
        draw(json, Path.of(args[1]));
    }

    /** Draws what there is to draw; returns the files written. */
    static List<Path> draw(final Path json, final Path folder) throws IOException {
        System.setProperty("java.awt.headless", "true");
        final List<BenchRow> rows = new ObjectMapper().readerForListOf(BenchRow.class).readValue(json.toFile());
        final Path table = folder.resolve(json.getFileName().toString().replaceFirst("\\.json$", "") + ".md");
        Files.writeString(table, RowTable.markdown(rows));
        final List<Path> written = new ArrayList<>(List.of(table));
        final Map<String, List<BenchRow>> figures = rows.stream().filter(row -> row.score() != null)
            .collect(Collectors.groupingBy(BenchRow::name, LinkedHashMap::new, Collectors.toList()));
        for (final Map.Entry<String, List<BenchRow>> figure : figures.entrySet()) {
            final Path file = folder.resolve(figure.getKey() + ".png");
            written.add(figure.getKey().startsWith(CURVES) ? save(Curve.chart(figure.getKey(), figure.getValue()), file)
                : save(chart(figure.getKey(), figure.getValue()), file));
        }
        return written;
    }

    private static Path save(final IChart chart, final Path file) throws IOException {
        ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", new File(file.toString()));
        return file;
    }

    private static CategoryChart chart(final String name, final List<BenchRow> rows) {
        final String unit = rows.get(0).unit();
        final boolean latency = MICROS.equals(unit);
        final Set<String> varying = varying(rows);
        final Map<String, Map<String, Double>> series = new LinkedHashMap<>();
        for (final BenchRow row : rows) {
            final Map<String, Double> values =
                series.computeIfAbsent(row.peer() == null ? OURS : row.peer(), missing -> new LinkedHashMap<>());
            final String label = label(row, varying);
            if (latency) {
                put(values, label + " p50", row.p50());
                put(values, label + " p99", row.p99());
                put(values, label + " p99.9", row.p999());
                put(values, label + " p99.99", row.p9999());
            } else {
                values.put(label, PER_SECOND.equals(unit) ? row.score() / THOUSAND : row.score());
            }
        }
        final CategoryChart chart = new CategoryChartBuilder().width(WIDTH).height(HEIGHT).title(name)
            .yAxisTitle(axis(unit)).build();
        chart.getStyler().setXAxisLabelRotation(LABEL_DEGREES);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        if (latency) {
            chart.getStyler().setYAxisLogarithmic(true);
            chart.getStyler().setYAxisMin(LOWEST_MICROS); // else it would start at zero
        }
        final Set<String> labels = new LinkedHashSet<>();
        series.values().forEach(values -> labels.addAll(values.keySet()));
        series.forEach((who, values) -> chart.addSeries(who, new ArrayList<>(labels),
            labels.stream().map(values::get).toList())); // no bar where the list holds a null
        return chart;
    }

    private static String axis(final String unit) {
        return switch (unit) {
            case MICROS -> "microseconds, lower is better";
            case "ns" -> "nanoseconds, lower is better";
            case PER_SECOND -> "thousand a second, higher is better";
            default -> unit + ", higher is better";
        };
    }

    private static void put(final Map<String, Double> values, final String label, final Double value) {
        if (value != null) {
            values.put(label, Math.max(value, LOWEST_MICROS));
        }
    }

    /** Names of the parameters that not all rows have the same. */
    static Set<String> varying(final List<BenchRow> rows) {
        final Set<String> varying = new TreeSet<>();
        for (final BenchRow row : rows) {
            row.params().forEach((name, value) -> {
                if (rows.stream().anyMatch(other -> !value.equals(other.params().get(name)))) {
                    varying.add(name);
                }
            });
        }
        return varying;
    }

    private static String label(final BenchRow row, final Set<String> varying) {
        return row.params().entrySet().stream().filter(param -> varying.contains(param.getKey()))
            .map(param -> param.getKey() + "=" + param.getValue()).collect(Collectors.joining(" "));
    }
}
