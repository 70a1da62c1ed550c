/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.operators;

import dev.peregrine.bench.rig.Payload;
import dev.peregrine.topology.internal.OffHeapTimers;
import dev.peregrine.topology.time.Timer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a timer cost from when it is set until it fires, and from when it is set until it is cancelled, beside so many
 * others that stand? Times are at random within the next 20 seconds. An epoch ends every 4,096 timers. Nothing is logged.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class TimerAccess {
    private static final int ORDER = 1 << 16;
    private static final int EPOCH = 4096;
    private static final long SEED = 42;
    private static final int SPAN_MILLIS = 20_000;
    private static final long NS_PER_MILLI = 1_000_000;

    /** Timers that are set. */
    @Param("100000")
    public int timers;

    private final OffHeapTimers queue = OffHeapTimers.inMemory();
    private final UnsafeBuffer key = Payload.of(Long.BYTES);
    private final int[] order = new SplittableRandom(SEED).ints(ORDER, 0, SPAN_MILLIS).toArray();
    private long next;
    private long nowNs;
    private long fired;

    /** Sets the timers. */
    @Setup(Level.Trial)
    public void fill() {
        for (int i = 0; i < timers; i++) {
            set();
        }
    }

    private long set() {
        next++;
        if ((next & EPOCH - 1) == 0) {
            queue.endEpoch();
        }
        key.putLong(0, next);
        final long dueNs = nowNs + order[(int) next & ORDER - 1] * NS_PER_MILLI + NS_PER_MILLI;
        queue.atEventTime(1, dueNs, key, 0, Long.BYTES);
        return dueNs;
    }

    /** Sets one, and moves event time on so that on average one fires. */
    @Benchmark
    public long setAndFire() {
        set();
        nowNs += SPAN_MILLIS * NS_PER_MILLI / 2 / timers;
        for (Timer due = queue.pollEventTime(nowNs); due != null; due = queue.pollEventTime(nowNs)) {
            fired += due.keyBuffer().getLong(due.keyOffset());
        }
        return fired;
    }

    /** Sets one and cancels it. */
    @Benchmark
    public boolean setAndCancel() {
        return queue.cancelEventTime(1, set(), key, 0, Long.BYTES);
    }
}
