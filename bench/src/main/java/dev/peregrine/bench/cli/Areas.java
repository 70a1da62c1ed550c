/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import dev.peregrine.apps.nexmark.NexmarkQuery;
import dev.peregrine.bench.nexmark.NexmarkThroughput;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is measured: the figures of each area, in the order in which they are taken. */
final class Areas {
    /** The areas, along an event's way. */
    static final List<String> NAMES =
        List.of("log", "ring", "operators", "topology", "scaling", "store", "cache", "pipeline", "nexmark");

    private static final String[] RINGS = {"disruptor", "array-blocking-queue", "agrona-ring-buffer"};
    private static final String[] MAPS = {"chronicle-map", "rocksdb", "concurrent-hash-map"};
    private static final String[] CACHES = {"caffeine", "ohc", "chronicle-map"};

    private Areas() {
    }

    /** The figures of an area. */
    static List<Figure> figures(final String area, final Effort effort) {
        return switch (area) {
            case "log" -> LogFigures.all(effort);
            case "ring" -> ring(effort);
            case "operators" -> OperatorFigures.all();
            case "topology" -> TopologyFigures.all(effort);
            case "scaling" -> ScalingFigures.all(effort);
            case "store" -> store(effort);
            case "cache" -> cache(effort);
            case "pipeline" -> pipeline(effort);
            case "nexmark" -> nexmark(effort);
            default -> throw new IllegalArgumentException("no such area: " + area);
        };
    }

    private static List<Figure> ring(final Effort effort) {
        final List<Figure> figures = new ArrayList<>();
        for (final String batch : List.of("1", "64")) {
            figures.addAll(Figure.ofAll("ring.hop", "RingHop.hop", 1, Map.of("bytes", "64", "batch", batch),
                "1".equals(batch) ? RINGS : new String[] {"disruptor"}));
        }
        figures.addAll(Figure.ofAll("ring.latency", "RingLatency.sendToReceive", 1,
            Map.of("bytes", "64", "rate", "500000", "millis", effort.rigMillis()), RINGS));
        return figures;
    }

    private static List<Figure> store(final Effort effort) {
        final Map<String, String> rows = Map.of("rows", Integer.toString(effort.rows()));
        final List<Figure> figures = new ArrayList<>();
        figures.addAll(Figure.ofAll("store.get", "TableAccess.get", 1, rows, MAPS));
        figures.addAll(Figure.ofAll("store.put", "TableAccess.put", 1, rows, MAPS));
        return figures;
    }

    private static List<Figure> cache(final Effort effort) {
        final Map<String, String> rows = Map.of("rows", Integer.toString(effort.rows()));
        final List<Figure> figures = new ArrayList<>();
        for (final String operation : List.of("get", "put", "mixed")) {
            for (int threads = 1; threads <= 2; threads++) {
                figures.addAll(
                    Figure.ofAll("cache." + operation, "CacheAccess." + operation, threads, rows, CACHES));
            }
        }
        return figures;
    }

    private static List<Figure> pipeline(final Effort effort) {
        final String events = Integer.toString(effort.events());
        final List<Figure> figures = new ArrayList<>(List.of(
            new Figure("pipeline.flat-out", "AdsPipeline.flatOut", Map.of("events", events), 1, null),
            new Figure("pipeline.latency", "AdsPipeline.atRate", Map.of("events", events, "rate", "500000"), 1, null)));
        for (final String parallelism : List.of("1", "2")) {
            final Map<String, String> params = Map.of("jobEvents", events, "parallelism", parallelism);
            figures.add(new Figure("pipeline.word-count", "AppJobs.wordCount", params, 1, null));
            figures.add(new Figure("pipeline.campaigns", "AppJobs.campaigns", params, 1, null));
        }
        return figures;
    }

    /** Flink gets a fifth of the events: on the windowed queries it takes about as long for them. */
    private static List<Figure> nexmark(final Effort effort) {
        final List<Figure> figures = new ArrayList<>();
        for (final NexmarkQuery query : NexmarkQuery.values()) {
            for (final String parallelism : List.of("1", "2")) {
                figures.add(nexmark(query, parallelism, "peregrine", effort.events(), null));
                if (NexmarkThroughput.hasPeer(query)) {
                    figures.add(nexmark(query, parallelism, "flink", effort.events() / 5, Peers.nameAndVersion("flink")));
                }
            }
        }
        return figures;
    }

    private static Figure nexmark(
        final NexmarkQuery query, final String parallelism, final String subject, final int events, final String peer) {
        return new Figure("nexmark." + query.name().toLowerCase(Locale.ROOT), "NexmarkThroughput.run",
            Map.of("query", query.name(), "parallelism", parallelism, "subject", subject, "jobEvents",
                Integer.toString(events)), 1, peer);
    }
}
