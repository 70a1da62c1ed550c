/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler;

/** Draws the JSON of {@code peregrine bench}: a bar per figure for the engine and for each peer. */
public final class Plot {
    private static final int WIDTH = 1200;
    private static final int HEIGHT = 600;
    private static final int LABEL_DEGREES = 30;
    private static final double MILLION = 1e6;
    private static final double LOWEST_MICROS = 0.1;
    private static final String OURS = "peregrine";
    private static final String MICROS = "us";

    private Plot() {
    }

    /** Arguments: the JSON file, and the PNG to write; latencies go into a second one whose name ends in -latency. */
    public static void main(final String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println("usage: Plot results.json plot.png");
            System.exit(2);
        }
        draw(new ObjectMapper().readTree(Path.of(args[0]).toFile()), Path.of(args[1]));
    }

    /** Draws what there is to draw; returns the files written. */
    static List<Path> draw(final JsonNode rows, final Path png) throws IOException {
        System.setProperty("java.awt.headless", "true");
        final List<Path> written = new ArrayList<>();
        final String stem = png.toString().replaceFirst("\\.png$", "");
        final Map<String, Map<String, Double>> throughput = collect(rows, false);
        if (!throughput.isEmpty()) {
            written.add(save(chart("million operations/s, higher is better", throughput), stem + ".png"));
        }
        final Map<String, Map<String, Double>> latency = collect(rows, true);
        if (!latency.isEmpty()) {
            final CategoryChart chart = chart("p99 in microseconds, lower is better", latency);
            chart.getStyler().setYAxisLogarithmic(true);
            chart.getStyler().setYAxisMin(LOWEST_MICROS); // else it would start at zero
            written.add(save(chart, stem + "-latency.png"));
        }
        return written;
    }

    private static Path save(final CategoryChart chart, final String file) throws IOException {
        ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", new File(file));
        return Path.of(file);
    }

    /** Who was measured, to the figures' values by their labels. A figure that failed has no bar. */
    private static Map<String, Map<String, Double>> collect(final JsonNode rows, final boolean latency) {
        final Map<String, Map<String, Double>> series = new LinkedHashMap<>();
        for (final JsonNode row : rows) {
            if (row.path("score").isNumber() && MICROS.equals(row.path("unit").asText()) == latency) {
                final String who = row.path("peer").isTextual() ? row.path("peer").asText() : OURS;
                final double value = latency ? row.path("p99").asDouble() : row.path("score").asDouble() / MILLION;
                series.computeIfAbsent(who, missing -> new LinkedHashMap<>()).put(label(row), value);
            }
        }
        return series;
    }

    private static String label(final JsonNode row) {
        final StringBuilder label = new StringBuilder(row.path("name").asText());
        row.path("params").properties().forEach(
            param -> label.append(' ').append(param.getKey()).append('=').append(param.getValue().asText()));
        return label.toString();
    }

    private static CategoryChart chart(final String unit, final Map<String, Map<String, Double>> series) {
        final CategoryChart chart = new CategoryChartBuilder().width(WIDTH).height(HEIGHT).yAxisTitle(unit).build();
        chart.getStyler().setXAxisLabelRotation(LABEL_DEGREES);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        final Set<String> labels = new LinkedHashSet<>();
        series.values().forEach(values -> labels.addAll(values.keySet()));
        series.forEach((who, values) -> chart.addSeries(who, new ArrayList<>(labels),
            labels.stream().map(values::get).toList())); // no bar where the list holds a null
        return chart;
    }
}
