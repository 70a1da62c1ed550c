/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.report;

import dev.peregrine.bench.cli.BenchRow;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/**
 * A curve over the parameter of a figure that has most values, on logarithmic axes; one for each combination of what else
 * varies.
 */
final class Curve {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 600;
    private static final String PER_SECOND = "ops/s";
    private static final double THOUSAND = 1e3;
    private static final double NS_PER_MILLI = 1e6;

    private Curve() {
    }

    static XYChart chart(final String name, final List<BenchRow> rows) {
        final Set<String> varying = Plot.varying(rows);
        final String along =
            varying.stream().max(Comparator.comparingLong(param -> valuesOf(rows, param))).orElse("threads");
        final boolean isRate = PER_SECOND.equals(rows.get(0).unit());
        final XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(name).xAxisTitle(along)
            .yAxisTitle(isRate ? "thousand events a second, higher is better" : "milliseconds, lower is better").build();
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true).setXAxisLogarithmicDecadeOnly(false)
            .setYAxisLogarithmicDecadeOnly(false);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        final Map<String, List<BenchRow>> curves = rows.stream().collect(Collectors.groupingBy(
            row -> label(row, varying, along), LinkedHashMap::new, Collectors.toList()));
        curves.forEach((label, points) -> chart.addSeries(label.isEmpty() ? "peregrine" : label,
            points.stream().map(row -> Double.valueOf(row.params().get(along))).toList(),
            points.stream().map(row -> isRate ? row.score() / THOUSAND : row.score() / NS_PER_MILLI).toList()));
        return chart;
    }

    private static long valuesOf(final List<BenchRow> rows, final String param) {
        return rows.stream().map(row -> row.params().get(param)).distinct().count();
    }

    private static String label(final BenchRow row, final Set<String> varying, final String along) {
        return row.params().entrySet().stream()
            .filter(param -> varying.contains(param.getKey()) && !param.getKey().equals(along))
            .map(param -> param.getKey() + "=" + param.getValue()).collect(Collectors.joining(" "));
    }
}
