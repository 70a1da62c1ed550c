/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stat;

import dev.peregrine.core.counters.HistogramBuckets;
import dev.peregrine.topology.FigureNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A reading as text: a line about the engine, the table of instances, a line about each topology. */
final class StatTable {
    private static final double PERCENT = 100;
    private static final double NS_PER_MS = 1e6;
    private static final double NS_PER_SECOND = 1e9;
    private static final long HOUR_NS = 3_600_000_000_000L;
    private static final String NONE = "-";
    private static final int WARMED_MS = 5_000;

    private final EngineReading now;
    /** Null where what counts is all since the start. */
    private final EngineReading before;

    private StatTable(final EngineReading now, final EngineReading before) {
        this.now = now;
        this.before = before;
    }

    /** All since the engine's start. */
    static List<String> totals(final EngineReading now) {
        return new StatTable(now, null).lines();
    }

    /** What happened between two readings, by the second. */
    static List<String> rates(final EngineReading before, final EngineReading now) {
        return new StatTable(now, before).lines();
    }

    private List<String> lines() {
        final List<String> lines = new ArrayList<>();
        lines.add(engine());
        lines.add(String.format(Locale.ROOT, "%-16s %-20s %14s %14s %8s %7s %7s %9s %6s %8s %8s %10s %10s %12s", "topology",
            "instance", before == null ? "received" : "received/s", before == null ? "emitted" : "emitted/s", "late",
            "failed", "dead", "ns/event", before == null ? NONE : "busy %", before == null ? "waited" : "waits %",
            before == null ? "held up" : "holds up", "event time", "ring", "state"));
        now.instances().forEach((key, instance) ->
            lines.add(row(instance, before == null ? null : before.instances().get(key)).stripTrailing()));
        now.topologies().forEach((name, figures) -> lines.add(topology(name, figures)));
        if (now.topologies().isEmpty()) {
            lines.add("no topology was submitted");
        }
        return lines;
    }

    private String engine() {
        final Duration up = Duration.ofMillis(Math.max(0,
            (now.isAlive() ? System.currentTimeMillis() : now.heartbeatMs()) - now.startedMs()));
        final long silentMs = System.currentTimeMillis() - now.heartbeatMs();
        final String state = !now.isAlive() ? "has ended; these are its last figures"
            : silentMs > WARMED_MS ? "has given no sign of life for " + silentMs / 1_000 + " s" : "runs";
        return "engine of process " + now.pid() + " " + state + ", up " + up.toSeconds() + " s";
    }

    private String row(final InstanceReading instance, final InstanceReading earlier) {
        final boolean stage = instance.has(FigureNames.TIMED_EVENTS);
        return String.format(Locale.ROOT, "%-16s %-20s %14s %14s %8s %7s %7s %9s %6s %8s %8s %10s %10s %12s",
            instance.topology(), instance.name(), amount(instance, earlier, FigureNames.RECEIVED),
            amount(instance, earlier, FigureNames.EMITTED), count(instance, FigureNames.LATE),
            count(instance, FigureNames.FAILED), count(instance, FigureNames.DEAD_LETTERED),
            stage && instance.get(FigureNames.TIMED_EVENTS) > 0
                ? String.format(Locale.ROOT, "%,d", nsPerEvent(instance, earlier)) : NONE,
            before == null || !stage ? NONE : percent(busyNs(instance, earlier)),
            time(instance, earlier, FigureNames.WAITED_NS),
            before == null || !instance.has(FigureNames.BACK_PRESSURE_PERMILLE)
                ? time(instance, earlier, FigureNames.HELD_UP_NS)
                : percentOf(instance.get(FigureNames.BACK_PRESSURE_PERMILLE) / 1_000.0),
            eventTime(instance), ring(instance), bytes(instance, FigureNames.STATE_BYTES));
    }

    private double seconds() {
        return (now.takenNs() - before.takenNs()) / NS_PER_SECOND;
    }

    private String amount(final InstanceReading instance, final InstanceReading earlier, final String name) {
        return before == null ? String.format(Locale.ROOT, "%,d", instance.get(name))
            : String.format(Locale.ROOT, "%,.0f", instance.since(earlier, name) / seconds());
    }

    private static String count(final InstanceReading instance, final String name) {
        return instance.has(name) ? String.format(Locale.ROOT, "%,d", instance.get(name)) : NONE;
    }

    /** Of the time between two readings, if anything was timed in it. */
    private static long nsPerEvent(final InstanceReading instance, final InstanceReading earlier) {
        final long events = instance.since(earlier, FigureNames.TIMED_EVENTS);
        return events == 0 ? instance.nsPerEvent() : instance.since(earlier, FigureNames.TIMED_NS) / events;
    }

    private static double busyNs(final InstanceReading instance, final InstanceReading earlier) {
        return (double) nsPerEvent(instance, earlier) * instance.since(earlier, FigureNames.RECEIVED);
    }

    private String percent(final double ns) {
        return percentOf(Math.min(1, ns / NS_PER_SECOND / seconds()));
    }

    private static String percentOf(final double share) {
        return String.format(Locale.ROOT, "%.0f %%", PERCENT * share);
    }

    private String time(final InstanceReading instance, final InstanceReading earlier, final String name) {
        if (!instance.has(name)) {
            return NONE;
        }
        return before == null ? String.format(Locale.ROOT, "%.1f s", instance.get(name) / NS_PER_SECOND)
            : percent(instance.since(earlier, name));
    }

    private static String eventTime(final InstanceReading instance) {
        final long lagMs = instance.figures().getOrDefault(FigureNames.WATERMARK_LAG_MS, -1L);
        return lagMs < 0 ? NONE : lagMs < 10_000 ? "-" + lagMs + " ms" : "-" + lagMs / 1_000 + " s";
    }

    private static String ring(final InstanceReading instance) {
        final long slots = instance.get(FigureNames.RING_SLOTS);
        return slots == 0 ? NONE : instance.get(FigureNames.RING_FILL) + "/" + slots;
    }

    private static String bytes(final InstanceReading instance, final String name) {
        return instance.has(name) ? String.format(Locale.ROOT, "%,d B", instance.get(name)) : NONE;
    }

    private String topology(final String name, final Map<String, Long> figures) {
        final long[] latencies = now.latencies(name).clone();
        if (before != null) {
            final long[] earlier = before.latencies(name);
            for (int i = 0; i < latencies.length; i++) {
                latencies[i] = Math.max(0, latencies[i] - earlier[i]);
            }
        }
        final long threads = figures.getOrDefault(FigureNames.THREADS, 0L);
        final long hung = figures.getOrDefault(FigureNames.HUNG_THREADS, 0L);
        final String state = figures.getOrDefault(FigureNames.HAS_FAILED, 0L) != 0 ? "failed"
            : hung > 0 ? hung + " of its threads hang: see 'topology describe'"
            : figures.getOrDefault(FigureNames.ACTIVE, 0L) != 0 ? "active" : "inactive";
        return String.format(Locale.ROOT, "%s: %s, %d thread%s, %,d events committed, lag %,d B, publish to queryable %s%s",
            name, state, threads, threads == 1 ? "" : "s", figures.getOrDefault(FigureNames.EVENTS_COMMITTED, 0L),
            figures.getOrDefault(FigureNames.LAG_BYTES, 0L), latency(latencies), slowest(name));
    }

    /** Nothing measured is a dash; the engine counts what took longer than an hour as an hour. */
    static String latency(final long[] latencies) {
        return HistogramBuckets.total(latencies) == 0 ? NONE : "p50 " + ms(latencies, 50) + ", p99 " + ms(latencies, 99)
            + ", p99.9 " + ms(latencies, 99.9) + ", max " + ms(latencies, 100);
    }

    private static String ms(final long[] latencies, final double percentile) {
        final long ns = HistogramBuckets.atPercentile(latencies, percentile);
        return ns >= HOUR_NS ? "1 h or more" : String.format(Locale.ROOT, "%.2f ms", ns / NS_PER_MS);
    }

    private String slowest(final String topology) {
        return now.instances().values().stream()
            .filter(each -> each.topology().equals(topology) && each.get(FigureNames.BACK_PRESSURE_PERMILLE) > 0)
            .findFirst().map(each -> "; " + each.name() + " holds up its senders for "
                + percentOf(each.get(FigureNames.BACK_PRESSURE_PERMILLE) / 1_000.0) + " of the time").orElse("");
    }
}
