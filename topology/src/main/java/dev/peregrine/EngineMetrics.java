/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.Stream;
import dev.peregrine.store.Cache;
import dev.peregrine.store.CacheStats;
import dev.peregrine.store.Table;
import dev.peregrine.topology.RunningTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Collects the figures of an engine. */
final class EngineMetrics {
    private EngineMetrics() {
    }

    static List<Metric> collect(final Peregrine engine, final EventBus bus) {
        final List<Metric> metrics = new ArrayList<>();
        for (final Stream stream : engine.streams()) {
            new StreamMetrics(bus, stream, metrics).collect();
        }
        for (final RunningTopology topology : engine.topologies()) {
            final Map<String, String> labels = Map.of("topology", topology.name());
            metrics.add(new Metric("peregrine_topology_events_committed", "Events whose results can be queried.",
                labels, topology.eventsCommitted(), true));
            metrics.add(new Metric("peregrine_topology_lag_bytes", "Bytes published and not yet committed.",
                labels, topology.lagBytes(), false));
            metrics.add(new Metric("peregrine_topology_up", "1 while the topology runs, 0 after it failed.",
                labels, topology.failure() == null ? 1 : 0, false));
            for (final RunningTopology.CounterValue counter : topology.counters()) {
                metrics.add(new Metric("peregrine_instance_events", "Counters of the topology's instances.",
                    Map.of("topology", topology.name(), "component", counter.component(),
                        "task", Integer.toString(counter.task()), "counter", counter.name()),
                    counter.value(), true));
            }
        }
        for (final Table table : engine.tables()) {
            metrics.add(new Metric("peregrine_table_rows", "Rows of the table.",
                Map.of("table", table.name()), table.rowCount(), false));
        }
        for (final Cache cache : engine.caches()) {
            final CacheStats stats = cache.stats();
            final Map<String, String> labels = Map.of("cache", cache.name());
            metrics.add(new Metric("peregrine_cache_hits", "Reads that found an item.", labels, stats.hits(), true));
            metrics.add(new Metric("peregrine_cache_misses", "Reads that found none.", labels, stats.misses(), true));
            metrics.add(new Metric("peregrine_cache_items", "Items held.", labels, stats.items(), false));
            metrics.add(new Metric("peregrine_cache_used_bytes", "Bytes in use.", labels, stats.usedBytes(), false));
        }
        return metrics;
    }
}
