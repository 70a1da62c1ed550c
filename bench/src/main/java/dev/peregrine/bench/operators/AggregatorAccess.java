/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.operators;

import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.aggregate.Aggregator;
import dev.peregrine.topology.aggregate.Aggregators;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
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
 * What does it cost an aggregator to take an event in, to merge, and to tell the result? There are 64 accumulators, by
 * turns; of 100,000 items the n-th is chosen in proportion to 1/n, and values go up to the same number.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class AggregatorAccess {
    private static final int ACCUMULATORS = 64;
    private static final int ORDER = 1 << 16;
    private static final double ITEMS = 100_000;
    private static final int RANKS = 10;
    private static final long SEED = 42;

    /** Which one. */
    @Param({"count", "sum", "mean", "max", "distinct", "quantiles", "top-k"})
    public String aggregator;

    private final BenchEvent event = new BenchEvent();
    private Aggregator measured;
    private UnsafeBuffer accumulators;
    private UnsafeBuffer result;
    private long[] items;
    private int next;

    private static Aggregator named(final String name) {
        final KeySelector item = (view, key) -> key.set(view.buffer(), view.offset() + BenchEvent.KEY, Long.BYTES);
        return switch (name) {
            case "count" -> Aggregators.count();
            case "sum" -> Aggregators.sum(BenchEvent::value);
            case "mean" -> Aggregators.mean(BenchEvent::value);
            case "max" -> Aggregators.max(BenchEvent::value);
            case "distinct" -> Aggregators.distinct(item);
            case "quantiles" -> Aggregators.quantiles(BenchEvent::value, 0.5, 0.99, 0.999);
            case "top-k" -> Aggregators.topK(item, RANKS, Long.BYTES);
            default -> throw new IllegalArgumentException("no such aggregator: " + name);
        };
    }

    private static UnsafeBuffer zeroed(final int length) {
        final UnsafeBuffer buffer =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, BitUtil.CACHE_LINE_LENGTH));
        buffer.setMemory(0, length, (byte) 0);
        return buffer;
    }

    /** Lets each accumulator see so many events that it holds what it can. */
    @Setup(Level.Trial)
    public void fill() {
        measured = named(aggregator).forInstance();
        accumulators = zeroed(ACCUMULATORS * measured.accumulatorLength());
        result = zeroed(measured.resultLength());
        final SplittableRandom random = new SplittableRandom(SEED);
        items = new long[ORDER];
        for (int i = 0; i < ORDER; i++) {
            items[i] = (long) Math.pow(ITEMS, random.nextDouble());
        }
        for (int i = 0; i < ORDER * RANKS; i++) {
            add();
        }
    }

    private int nextAccumulator() {
        next++;
        return next % ACCUMULATORS * measured.accumulatorLength();
    }

    /** Takes an event in. */
    @Benchmark
    public void add() {
        final int at = nextAccumulator();
        final long item = items[next & ORDER - 1];
        measured.add(event.set(item, item, next), accumulators, at);
    }

    /** Merges the last accumulator with one of the others. */
    @Benchmark
    public void merge() {
        final int last = (ACCUMULATORS - 1) * measured.accumulatorLength();
        final int from = nextAccumulator() % last;
        measured.merge(accumulators, from, accumulators, last);
    }

    /** Writes a result. */
    @Benchmark
    public long result() {
        measured.result(accumulators, nextAccumulator(), result, 0);
        return result.getLong(0);
    }
}
