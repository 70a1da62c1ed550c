/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.time.EngineClock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * What drives a topology: its clocks and how its threads wait. In an engine these are the clocks of the process and threads
 * of the topology's own. A test has clocks of its own and gives {@link TopologyRuntime#agents} their turns itself, all on
 * one thread.
 *
 * @param wallClock processing time, nanoseconds since 1970.
 * @param nanoClock monotonic: epochs, ticks and idle partitions go by it.
 * @param waiting how a sender waits for room in a full ring; null lets the plan decide.
 * @param pause lets so many nanoseconds pass before a stage is tried again.
 * @param ringSlots length of the rings between threads, a power of two.
 */
public record RuntimeHost(
    EpochNanoClock wallClock, NanoClock nanoClock, Waiting waiting, LongConsumer pause,
    int ringSlots) {
    /** The process's clocks, and threads. */
    public static final RuntimeHost THREADS =
        new RuntimeHost(EngineClock.INSTANCE, SystemNanoClock.INSTANCE, null, LockSupport::parkNanos, RingEdge.SLOTS);

    /** Makes what a sender does while a ring is full. */
    @FunctionalInterface
    public interface Waiting {
        /**
         * For one ring.
         *
         * @param receiver thread that empties it.
         * @param aligned  whether that one does not poll it before other threads have passed the epoch.
         */
        IdleStrategy of(int receiver, BooleanSupplier aligned);
    }
}
