/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures of topologies as work grows, each over several values of one parameter. None has a peer. */
final class ScalingFigures {
    private static final List<String> KEYS = List.of("10000", "100000", "1000000", "10000000");

    private final Effort effort;
    private final List<Figure> figures = new ArrayList<>();

    private ScalingFigures(final Effort effort) {
        this.effort = effort;
    }

    static List<Figure> all(final Effort effort) {
        final ScalingFigures scaling = new ScalingFigures(effort);
        for (final String keys : scaling.keys()) {
            scaling.drain("keys", Map.of("keys", keys));
        }
        for (final String seconds : List.of("1", "10", "60", "300")) {
            scaling.drain("window", Map.of("windowSeconds", seconds));
        }
        for (final String fanOut : List.of("1", "2", "4", "8", "16")) {
            scaling.drain("fanOut", Map.of("fanOut", fanOut));
        }
        for (final String threads : List.of("1", "2")) {
            for (final String stages : List.of("1", "2", "4", "8", "16")) {
                scaling.drain("stages", Map.of("stages", stages, "onThreads", threads));
            }
        }
        for (final String step : List.of("savepoint", "recovery")) {
            for (final String keys : scaling.keys()) {
                scaling.figures.add(
                    new Figure("scaling." + step, "StateSize." + step, Map.of("keys", keys), 1, null));
            }
        }
        return scaling.figures;
    }

    /** No more than the effort allows. */
    private List<String> keys() {
        return KEYS.stream().filter(keys -> Integer.parseInt(keys) <= 2 * effort.events()).toList();
    }

    private void drain(final String benchmark, final Map<String, String> params) {
        final Map<String, String> all = new LinkedHashMap<>(params);
        all.put("jobEvents", Integer.toString(effort.events()));
        figures.add(
            new Figure("scaling." + benchmark.replace("fanOut", "fan-out"), "DrainJobs." + benchmark, all, 1, null));
    }
}
