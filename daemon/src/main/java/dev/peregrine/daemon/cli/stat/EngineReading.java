/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stat;

import dev.peregrine.core.counters.CounterLabel;
import dev.peregrine.core.counters.CountersView;
import dev.peregrine.core.counters.HistogramBuckets;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.topology.FigureNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The counters file of an engine as it stood at one moment. */
final class EngineReading {
    private final long takenNs = System.nanoTime();
    private final long pid;
    private final long startedMs;
    private final long heartbeatMs;
    private final boolean alive;
    private final Map<String, Map<String, Long>> topologies = new TreeMap<>();
    private final Map<String, long[]> latencies = new TreeMap<>();
    private final Map<String, InstanceReading> instances = new LinkedHashMap<>();

    private EngineReading(final CountersView view) {
        pid = view.pid();
        startedMs = view.startedMs();
        heartbeatMs = view.heartbeatMs();
        alive = view.isAlive();
        view.forEach((type, label, value, histogram) -> take(view, type, label, value, histogram));
    }

    /**
     * Reads the file.
     *
     * @throws ConfigurationException if there is none.
     */
    static EngineReading of(final Path directory) {
        try (CountersView view = CountersView.open(FilesFacade.SYSTEM, directory).orElseThrow(() ->
            new ConfigurationException(Files.isDirectory(directory)
                ? "no engine has run on " + directory + " yet, or it could not write its counters"
                : "there is no data directory " + directory))) {
            return new EngineReading(view);
        }
    }

    private void take(
        final CountersView view, final int type, final CounterLabel label, final long value, final int histogram) {
        switch (type) {
            case FigureNames.TOPOLOGY_TYPE:
                topologies.computeIfAbsent(label.fromEnd(1), key -> new TreeMap<>()).put(label.fromEnd(0), value);
                break;
            case FigureNames.LATENCY_TYPE:
                view.addHistogram(histogram,
                    latencies.computeIfAbsent(label.fromEnd(1), key -> new long[HistogramBuckets.COUNT]));
                break;
            case FigureNames.INSTANCE_TYPE:
                instances.computeIfAbsent(label.fromEnd(3) + "\t" + label.fromEnd(2) + "\t" + label.fromEnd(1),
                    key -> new InstanceReading(label.fromEnd(3), label.fromEnd(2), number(label.fromEnd(1)),
                        new TreeMap<>())).figures().put(label.fromEnd(0), value);
                break;
            default:
                break; // of a later version
        }
    }

    private static int number(final String text) {
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    long takenNs() {
        return takenNs;
    }

    long pid() {
        return pid;
    }

    long startedMs() {
        return startedMs;
    }

    long heartbeatMs() {
        return heartbeatMs;
    }

    /** Whether the engine runs. */
    boolean isAlive() {
        return alive;
    }

    /** The figures of each topology as a whole, by its name. */
    Map<String, Map<String, Long>> topologies() {
        return topologies;
    }

    /** Latencies of a topology's events by the buckets of {@link HistogramBuckets}. */
    long[] latencies(final String topology) {
        return latencies.getOrDefault(topology, new long[HistogramBuckets.COUNT]);
    }

    /** All instances, by a key of their own, in the order of the graphs. */
    Map<String, InstanceReading> instances() {
        return instances;
    }
}
