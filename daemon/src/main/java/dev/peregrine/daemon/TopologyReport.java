/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import dev.peregrine.core.counters.HistogramBuckets;
import dev.peregrine.daemon.control.ControlReply;
import dev.peregrine.topology.BackPressure;
import dev.peregrine.topology.HungStage;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.RunningTopology.CounterValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is told about a topology that was submitted. */
final class TopologyReport {
    private static final double NS_PER_MS = 1e6;

    private TopologyReport() {
    }

    /** One row of a list. */
    static Map<String, Object> summary(final RunningTopology topology) {
        final Map<String, Object> row = new LinkedHashMap<>();
        row.put("topology", topology.name());
        row.put("state", state(topology));
        row.put("events-committed", topology.eventsCommitted());
        row.put("lag-bytes", topology.lagBytes());
        row.put("failure", topology.failure() == null ? null : topology.failure().toString());
        row.put("hung", topology.hungStages().stream().map(HungStage::toString).toList());
        row.put("back-pressure", topology.backPressure().map(BackPressure::toString).orElse(null));
        return row;
    }

    private static String state(final RunningTopology topology) {
        if (topology.failure() != null) {
            return "failed";
        }
        if (topology.isClosed()) {
            return "stopped";
        }
        if (!topology.hungStages().isEmpty()) {
            return "hangs";
        }
        return topology.isActive() ? "active" : "inactive";
    }

    /** What stands out, or nothing. */
    static String remark(final RunningTopology topology) {
        if (topology.failure() != null) {
            return topology.failure().toString();
        }
        if (!topology.hungStages().isEmpty()) {
            return topology.hungStages().get(0).toString();
        }
        return topology.backPressure().map(BackPressure::toString).orElse("");
    }

    /** All about one. */
    static ControlReply describe(final RunningTopology topology) {
        final StringBuilder text = new StringBuilder(topology.plan());
        line(text, "state", state(topology));
        line(text, "events committed", String.format(Locale.ROOT, "%,d", topology.eventsCommitted()));
        line(text, "lag", String.format(Locale.ROOT, "%,d bytes", topology.lagBytes()));
        final long[] latencies = topology.latencies();
        final Map<String, Double> percentiles = new LinkedHashMap<>();
        for (final String percentile : new String[] {"50", "99", "99.9", "100"}) {
            percentiles.put(percentile,
                HistogramBuckets.atPercentile(latencies, Double.parseDouble(percentile)) / NS_PER_MS);
        }
        line(text, "latency", String.format(Locale.ROOT, "p50 %.2f, p99 %.2f, p99.9 %.2f, max %.2f ms of %,d events",
            percentiles.get("50"), percentiles.get("99"), percentiles.get("99.9"), percentiles.get("100"),
            HistogramBuckets.total(latencies)));
        if (topology.failure() != null) {
            line(text, "failure", topology.failure().toString());
        }
        topology.backPressure().ifPresent(found -> line(text, "back pressure", found.toString()));
        for (final HungStage hung : topology.hungStages()) {
            line(text, "hangs", hung.toString());
            hung.stack().forEach(frame -> text.append("    at ").append(frame).append(System.lineSeparator()));
        }
        final Map<String, Object> all = summary(topology);
        all.put("plan", topology.plan());
        all.put("latency-ms", percentiles);
        all.put("stacks", topology.hungStages().stream().map(HungStage::stack).toList());
        all.put("counters", counters(topology, text));
        return new ControlReply(true, text.toString(), List.of(all));
    }

    private static List<Map<String, Object>> counters(final RunningTopology topology, final StringBuilder text) {
        final List<Map<String, Object>> counters = new ArrayList<>();
        for (final CounterValue counter : topology.counters()) {
            final String instance = counter.component() + "[" + counter.task() + "]";
            text.append(String.format(Locale.ROOT, "  %-32s %-24s %,20d%n", instance, counter.name(), counter.value()));
            final Map<String, Object> row = new LinkedHashMap<>();
            row.put("instance", instance);
            row.put("name", counter.name());
            row.put("value", counter.value());
            counters.add(row);
        }
        return counters;
    }

    private static void line(final StringBuilder text, final String name, final String value) {
        text.append(String.format(Locale.ROOT, "%-18s%s%n", name, value));
    }
}
