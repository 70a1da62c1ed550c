/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology;

import dev.peregrine.bench.rig.Payload;
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
 * How many events a second can one core count per key in tumbling windows of one second: read time and key from 64 bytes,
 * find the key's count among 100,000, add one, hand the count on when its window ends? One million events make a window;
 * an epoch ends every 4,096 events.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class WindowedCount {
    static final int KEY_LENGTH = 16;
    private static final int TIME_OFFSET = 0;
    private static final int KEY_OFFSET = 16;
    private static final int EVENT_LENGTH = 64;
    private static final int EVENTS = 1 << 20;
    private static final int EPOCH = 4096;
    private static final long SEED = 42;
    private static final long SPAN_NS = 1_000_000_000L;

    /** Distinct keys. */
    @Param("100000")
    public int keys;

    /** Which way to count. */
    @Param("peregrine")
    public String subject;

    private UnsafeBuffer events;
    private WindowCounter counter;
    private int next;
    private long shiftNs;

    /** Encodes the events. */
    @Setup(Level.Trial)
    public void open() {
        counter = switch (subject) {
            case "peregrine" -> new StateWindowCounter();
            case "hash-map" -> new HashMapWindowCounter();
            default -> throw new IllegalArgumentException("no such way to count: " + subject);
        };
        events = Payload.of(EVENTS * EVENT_LENGTH);
        final SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < EVENTS; i++) {
            final int at = i * EVENT_LENGTH;
            events.putLong(at + TIME_OFFSET, i * SPAN_NS / EVENTS);
            events.putStringWithoutLengthAscii(at + KEY_OFFSET, "campaign%08d".formatted(random.nextInt(keys)));
        }
    }

    /** Counts one event. */
    @Benchmark
    public long count() {
        final int at = next * EVENT_LENGTH;
        final long timeNs = events.getLong(at + TIME_OFFSET) + shiftNs;
        counter.count(events, at + KEY_OFFSET, timeNs / SPAN_NS);
        next++;
        if ((next & EPOCH - 1) == 0) {
            counter.endEpoch();
            if (next == EVENTS) {
                next = 0;
                shiftNs += SPAN_NS;
            }
        }
        return timeNs;
    }
}
