/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.operators;

import dev.peregrine.bench.topology.DirectEmitter;
import dev.peregrine.bench.topology.MemoryStageContext;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.aggregate.Aggregators;
import dev.peregrine.topology.window.TimeWindow;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does an event cost in a window that counts per key, and what a result? 10,000 keys; windows of ten seconds. An
 * epoch ends every 4,096 events or with each window that is fired. Nothing is logged.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class WindowAccess {
    private static final int KEYS = 10_000;
    private static final int ORDER = 1 << 16;
    private static final int EPOCH = 4096;
    private static final long SEED = 42;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long SIZE_SECONDS = 10;

    /** Seconds by which windows slide: as many as they are long, or one. */
    @Param({"10", "1"})
    public int slideSeconds;

    private final MemoryStageContext context = new MemoryStageContext();
    private final BenchEvent event = new BenchEvent();
    private final int[] order = new SplittableRandom(SEED).ints(ORDER, 0, KEYS).toArray();
    private final DirectEmitter out = new DirectEmitter(result -> this.results++, watermark -> { });
    private Stage window;
    private int next;
    private long nowNs;
    private long results;

    /** Makes the window, and fills one so that its panes are there. */
    @Setup(Level.Trial)
    public void open() {
        window = TimeWindow.sliding((view, key) -> key.set(view.buffer(), view.offset() + BenchEvent.KEY, Long.BYTES),
            Duration.ofSeconds(SIZE_SECONDS), Duration.ofSeconds(slideSeconds)).aggregate(Aggregators.count()).get();
        window.open(context);
        for (long second = 0; second < 2 * SIZE_SECONDS; second++) {
            eventAndResult();
        }
    }

    /** Takes in an event of any second of the open window. */
    @Benchmark
    public void event() {
        next++;
        if ((next & EPOCH - 1) == 0) {
            context.endEpoch();
        }
        window.onEvent(event.set(order[next & ORDER - 1], next, nowNs + next % SIZE_SECONDS * SECOND_NS), out);
    }

    /**
     * Takes in an event of each key, moves event time on by a slide and gives each key's result; timed by results. A window
     * that slides by a second is put together of ten panes.
     */
    @Benchmark
    @OperationsPerInvocation(KEYS)
    public long eventAndResult() {
        for (int key = 0; key < KEYS; key++) {
            window.onEvent(event.set(key, key, nowNs), out);
        }
        nowNs += slideSeconds * SECOND_NS;
        window.onWatermark(nowNs, out);
        context.endEpoch();
        return results;
    }
}
