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
            new TopologyMetrics(topology, metrics).collect();
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
