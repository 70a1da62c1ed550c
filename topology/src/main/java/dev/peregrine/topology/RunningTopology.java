/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** A submitted topology. Safe for use by many threads. */
public interface RunningTopology extends AutoCloseable {
    /** Name of the topology. */
    String name();

    /** Where each instance runs and why, ready to be printed. */
    String plan();

    /** Events, over all runs, whose results are committed and can be queried. */
    long eventsCommitted();

    /** Number of the last committed epoch; the upper bits count the runs of the topology. */
    long committedEpoch();

    /** Bytes published to the source streams and not yet committed. */
    long lagBytes();

    /**
     * Nanoseconds from an event's publish timestamp until its result could be queried, for the events since the last
     * call; at more than 8,192 events in one epoch only the earliest 8,192 of it, which waited longest, are counted.
     */
    Histogram latencySinceLastCall();

    /** Heap bytes that the topology's threads have allocated so far. */
    long allocatedBytes();

    /**
     * As {@link #latencySinceLastCall} for all events of this run, and for any number of callers: how many fell into each
     * bucket of {@link dev.peregrine.core.counters.HistogramBuckets}.
     */
    long[] latencies();

    /** Names and values of the counters of all instances: {@link FigureNames}, and those that stages have made. */
    List<CounterValue> counters();

    /** The threads that do not come back from a call; see {@code peregrine.watchdog} in {@code reference.conf}. */
    List<HungStage> hungStages();

    /** The instance that held up others in the last second; empty if nobody waited, as on a single thread. */
    Optional<BackPressure> backPressure();

    /** Why the topology stopped by itself, or null. */
    Throwable failure();

    /**
     * Lets the sources read on (Heron: activate), or stops them (deactivate): what was read goes through and is
     * committed, and the log keeps what comes.
     */
    void active(boolean value);

    /** Whether its sources read. */
    boolean isActive();

    /**
     * Changes the settings of a component while it runs: its instances get them between two events, soon.
     *
     * @throws dev.peregrine.core.error.ConfigurationException if there is no such component.
     */
    void configure(String component, com.typesafe.config.Config config);

    /** Whether it was closed. */
    boolean isClosed();

    /** Waits until everything that is published now can be queried; throws if the topology has failed. */
    void awaitDrained() throws InterruptedException;

    /** Stops at an epoch's end; everything committed stays. Idempotent. */
    @Override
    void close();

    /** One counter of one instance. */
    record CounterValue(String component, int task, String name, long value) {
    }
}
