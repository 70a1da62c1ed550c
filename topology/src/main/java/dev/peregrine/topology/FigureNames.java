/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import java.util.Set;

/**
 * Names of what a topology tells about its instances and itself: in {@link RunningTopology#counters}, in the counters file
 * and in the metrics. Counters that a stage makes itself stand beside them under the stage's names.
 */
public final class FigureNames {
    /** Type id, in the counters file, of a figure of an instance; its label is topology, component, task, name. */
    public static final int INSTANCE_TYPE = 1;
    /** Type id of a figure of a whole topology; its label is topology, name. */
    public static final int TOPOLOGY_TYPE = 2;
    /** Type id of the histogram of a topology's latencies, ns; its label is topology, name. */
    public static final int LATENCY_TYPE = 3;

    /** Events that came in; of a source, records that it has read in this run. */
    public static final String RECEIVED = "received";
    /** Events that went out. */
    public static final String EMITTED = "emitted";
    /** Events that came too late for their window; counted by the stage. */
    public static final String LATE = "late";
    /** Calls at which the stage threw. */
    public static final String FAILED = "failed";
    /** Calls after one that failed. */
    public static final String RETRIED = "retried";
    /** Events that went to the dead-letter stream. */
    public static final String DEAD_LETTERED = "dead-lettered";
    /** Nanoseconds in the stage itself during the events that were timed, without what it called and waited for. */
    public static final String TIMED_NS = "timed-ns";
    /** Events that were timed: a sample. */
    public static final String TIMED_EVENTS = "timed-events";
    /** Nanoseconds that the instance waited for room in the rings that it sends to. */
    public static final String WAITED_NS = "waited-ns";
    /** Nanoseconds that others waited for room in the rings to this instance. */
    public static final String HELD_UP_NS = "held-up-ns";
    /** By how much the watermark is behind the clock, ms; -1 where there is none. */
    public static final String WATERMARK_LAG_MS = "watermark-lag-ms";
    /** Events in the fullest of the rings to this instance. */
    public static final String RING_FILL = "ring-fill";
    /** Places in that ring; 0 where the instance is fed by direct calls only. */
    public static final String RING_SLOTS = "ring-slots";
    /** Bytes of memory outside the heap that the instance's states take. */
    public static final String STATE_BYTES = "state-bytes";
    /** Thousandths of the last second for which this instance, being slower than they are, held up its senders. */
    public static final String BACK_PRESSURE_PERMILLE = "back-pressure-permille";

    /** Events, over all runs, whose results are committed. */
    public static final String EVENTS_COMMITTED = "events-committed";
    /** Bytes published to the sources and not committed. */
    public static final String LAG_BYTES = "lag-bytes";
    /** Threads of the topology. */
    public static final String THREADS = "threads";
    /** Threads that do not come back from a call. */
    public static final String HUNG_THREADS = "hung-threads";
    /** 1 while the sources may read. */
    public static final String ACTIVE = "active";
    /** 1 once the topology has stopped by itself. */
    public static final String HAS_FAILED = "has-failed";
    /** From publishing an event until its result could be queried. */
    public static final String LATENCY = "latency";

    private static final Set<String> GAUGES = Set.of(WATERMARK_LAG_MS, RING_FILL, RING_SLOTS, STATE_BYTES,
        BACK_PRESSURE_PERMILLE, LAG_BYTES, THREADS, HUNG_THREADS, ACTIVE, HAS_FAILED);

    private FigureNames() {
    }

    /** Whether a figure goes up and down; all others only rise. */
    public static boolean isGauge(final String name) {
        return GAUGES.contains(name);
    }
}
