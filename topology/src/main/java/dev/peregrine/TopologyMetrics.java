/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import dev.peregrine.core.counters.HistogramBuckets;
import dev.peregrine.topology.FigureNames;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.RunningTopology.CounterValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Collects the figures of one topology: of the whole, of its latency, of its instances. */
final class TopologyMetrics {
    private static final double NS = TimeUnit.SECONDS.toNanos(1);
    private static final double MS = TimeUnit.SECONDS.toMillis(1);
    private static final double PERMILLE = 1_000;
    /** Upper limits of the buckets that are shown, each a power of four of microseconds: 1 us to 67 s. */
    private static final int SHOWN_BUCKETS = 14;

    private final RunningTopology topology;
    private final List<Metric> metrics;

    TopologyMetrics(final RunningTopology topology, final List<Metric> metrics) {
        this.topology = topology;
        this.metrics = metrics;
    }

    void collect() {
        final Map<String, String> labels = Map.of("topology", topology.name());
        add("topology_events_committed", "Events whose results can be queried.", labels, topology.eventsCommitted(), true);
        add("topology_lag_bytes", "Bytes published and not yet committed.", labels, topology.lagBytes(), false);
        add("topology_up", "1 while the topology runs, 0 after it failed.", labels,
            topology.failure() == null ? 1 : 0, false);
        latency(topology.latencies());
        final Map<List<Object>, Map<String, Long>> instances = new LinkedHashMap<>();
        for (final CounterValue counter : topology.counters()) {
            instances.computeIfAbsent(List.of(counter.component(), counter.task()), key -> new LinkedHashMap<>())
                .put(counter.name(), counter.value());
        }
        instances.forEach((instance, figures) -> figures.forEach((name, value) ->
            instance(labels((String) instance.get(0), (int) instance.get(1)), name, value, figures)));
    }

    private Map<String, String> labels(final String component, final int task) {
        return Map.of("topology", topology.name(), "component", component, "task", Integer.toString(task));
    }

    /** Counts of events up to a latency, as Prometheus' histograms have them. */
    private void latency(final long[] counts) {
        long seen = 0;
        int next = 0;
        for (int shown = 0; shown < SHOWN_BUCKETS; shown++) {
            final long limitNs = 1_000L << 2 * shown;
            for (; next < counts.length && HistogramBuckets.highest(next) <= limitNs; next++) {
                seen += counts[next];
            }
            latencyBucket(Double.toString(limitNs / NS), seen);
        }
        latencyBucket("+Inf", HistogramBuckets.total(counts));
    }

    private void latencyBucket(final String limit, final long events) {
        add("topology_latency_events", "Events by the seconds from publishing them until their results could be queried.",
            Map.of("topology", topology.name(), "le", limit), events, true);
    }

    private void instance(
        final Map<String, String> labels, final String name, final long value, final Map<String, Long> all) {
        switch (name) {
            case FigureNames.TIMED_NS:
                add("instance_seconds_per_event", "Time in the stage itself for each event, by a sample.", labels,
                    value / NS / Math.max(1, all.getOrDefault(FigureNames.TIMED_EVENTS, 1L)), false);
                break;
            case FigureNames.TIMED_EVENTS:
            case FigureNames.RING_SLOTS:
                break; // part of another one
            case FigureNames.WAITED_NS:
                add("instance_waited_seconds", "Time the instance waited for room in rings: back pressure.", labels,
                    value / NS, true);
                break;
            case FigureNames.HELD_UP_NS:
                add("instance_held_up_seconds", "Time others waited for room in the instance's rings.", labels,
                    value / NS, true);
                break;
            case FigureNames.BACK_PRESSURE_PERMILLE:
                add("instance_back_pressure_share", "Share of the last second for which the instance held up others.",
                    labels, value / PERMILLE, false);
                break;
            case FigureNames.WATERMARK_LAG_MS:
                if (value >= 0) {
                    add("instance_watermark_lag_seconds", "By how much event time is behind the clock.", labels,
                        value / MS, false);
                }
                break;
            case FigureNames.RING_FILL:
                add("instance_ring_fill_ratio", "How full the fullest ring to the instance is.", labels,
                    (double) value / Math.max(1, all.getOrDefault(FigureNames.RING_SLOTS, 1L)), false);
                break;
            case FigureNames.STATE_BYTES:
                add("instance_state_bytes", "Memory of the instance's states.", labels, value, false);
                break;
            case FigureNames.LAG_BYTES:
                add("instance_lag_bytes", "Bytes published to the source and not committed.", labels, value, false);
                break;
            default:
                count(labels, name, value);
                break;
        }
    }

    private void count(final Map<String, String> labels, final String name, final long value) {
        final Map<String, String> more = new LinkedHashMap<>(labels);
        more.put("counter", name);
        add("instance_events", "Counters of the topology's instances.", more, value, true);
    }

    private void add(
        final String name, final String help, final Map<String, String> labels, final double value,
        final boolean counter) {
        metrics.add(new Metric("peregrine_" + name, help, labels, value, counter));
    }
}
