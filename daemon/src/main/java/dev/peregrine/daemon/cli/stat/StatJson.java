/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.core.counters.HistogramBuckets;
import dev.peregrine.core.error.PeregrineException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A reading as one document of JSON. */
final class StatJson {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99, 100};

    private StatJson() {
    }

    static String of(final EngineReading reading) {
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("pid", reading.pid());
        document.put("running", reading.isAlive());
        document.put("started-ms", reading.startedMs());
        document.put("heartbeat-ms", reading.heartbeatMs());
        final List<Object> topologies = new ArrayList<>();
        reading.topologies().forEach((name, figures) -> {
            final Map<String, Object> topology = new LinkedHashMap<>();
            topology.put("topology", name);
            topology.putAll(figures);
            topology.put("latency", latency(reading.latencies(name)));
            topologies.add(topology);
        });
        document.put("topologies", topologies);
        final List<Object> instances = new ArrayList<>();
        for (final InstanceReading instance : reading.instances().values()) {
            final Map<String, Object> row = new LinkedHashMap<>();
            row.put("topology", instance.topology());
            row.put("component", instance.component());
            row.put("task", instance.task());
            row.put("ns-per-event", instance.nsPerEvent());
            row.put("figures", instance.figures()); // apart: a stage names its counters as it likes
            instances.add(row);
        }
        document.put("instances", instances);
        try {
            return new ObjectMapper().writeValueAsString(document);
        } catch (final JsonProcessingException e) {
            throw new PeregrineException(e.getOriginalMessage(), e);
        }
    }

    private static Map<String, Object> latency(final long[] counts) {
        final Map<String, Object> latency = new LinkedHashMap<>();
        latency.put("events", HistogramBuckets.total(counts));
        final Map<String, Object> percentiles = new LinkedHashMap<>();
        for (final double percentile : PERCENTILES) {
            percentiles.put(Double.toString(percentile), HistogramBuckets.atPercentile(counts, percentile));
        }
        latency.put("percentiles-ns", percentiles);
        final Map<String, Object> buckets = new LinkedHashMap<>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                buckets.put(Long.toString(HistogramBuckets.highest(i)), counts[i]);
            }
        }
        latency.put("buckets-up-to-ns", buckets);
        return latency;
    }
}
