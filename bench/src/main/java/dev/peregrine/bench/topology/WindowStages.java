/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology;

import dev.peregrine.bench.rig.Payload;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.aggregate.Aggregators;
import dev.peregrine.topology.join.ChangelogJoin;
import dev.peregrine.topology.join.IntervalJoin;
import dev.peregrine.topology.join.JoinFunction;
import dev.peregrine.topology.join.JoinSides;
import dev.peregrine.topology.join.JoinType;
import dev.peregrine.topology.join.WindowJoin;
import dev.peregrine.topology.window.CountWindow;
import dev.peregrine.topology.window.SessionWindow;
import dev.peregrine.topology.window.TimeWindow;
import java.time.Duration;
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
 * What does an event of 64 bytes cost in a ready stage of windows or joins, results, timers and clean-up included, keys of
 * sixteen bytes coming in random order, a million events a second of event time? Event time moves and an epoch ends every
 * 4,096 events. Nothing is logged. A session breaks off at every third event of a key or so; an event of the interval join
 * meets half a partner on average, one of the window join two and a half.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WindowStages implements EventView {
    private static final int KEY_LENGTH = 16;
    private static final int LENGTH = 64;
    private static final int EVENTS = 1 << 20;
    private static final int EPOCH = 4096;
    private static final int NS_PER_EVENT = 1_000;
    private static final long SEED = 42;
    private static final KeySelector KEY = (event, key) -> key.set(event.buffer(), event.offset(), KEY_LENGTH);
    private static final JoinSides SIDES = JoinSides.where(event -> event.templateId() == 0, KEY, KEY);

    /** Distinct keys. */
    @Param("100000")
    public int keys;

    /** Which stage. */
    @Param({"session", "tumbling-count", "sliding-count", "early", "interval-join", "interval-join-outer", "window-join",
        "changelog-join"})
    public String stage;

    private long results;
    private final MemoryStageContext context = new MemoryStageContext();
    private final DirectEmitter out = new DirectEmitter(event -> results++, watermarkNs -> { });
    private UnsafeBuffer events;
    private long[] hashes;
    private Stage subject;
    private int next;
    private long timeNs;

    private static JoinFunction pairs() {
        return (left, right, timestampNs, out) -> {
            final EventView one = left == null ? right : left;
            final EventView other = right == null ? left : right;
            final int at = out.claim(2 * LENGTH);
            out.buffer().putBytes(at, one.buffer(), one.offset(), LENGTH);
            out.buffer().putBytes(at + LENGTH, other.buffer(), other.offset(), LENGTH);
            out.commit(one.keyHash(), timestampNs, 0, 0);
        };
    }

    private Stage make() {
        final Duration bound = Duration.ofMillis(50);
        return switch (stage) {
            case "session" -> SessionWindow.of(KEY, Duration.ofMillis(100)).aggregate(Aggregators.count()).get();
            case "tumbling-count" -> CountWindow.tumbling(KEY, 10).aggregate(Aggregators.count()).get();
            case "sliding-count" -> CountWindow.sliding(KEY, 10, 1).aggregate(Aggregators.count()).get();
            case "early" -> TimeWindow.tumbling(KEY, Duration.ofSeconds(1)).earlyEvery(4).discarding()
                .aggregate(Aggregators.count()).get();
            case "interval-join" -> IntervalJoin.between(SIDES, bound.negated(), bound).with(pairs()).get();
            case "interval-join-outer" ->
                IntervalJoin.between(SIDES, bound.negated(), bound).type(JoinType.OUTER).with(pairs()).get();
            case "window-join" -> WindowJoin.tumbling(SIDES, Duration.ofSeconds(1)).with(pairs()).get();
            case "changelog-join" -> ChangelogJoin.of(SIDES).with(pairs()).get();
            default -> throw new IllegalArgumentException("no such stage: " + stage);
        };
    }

    /** Encodes the events and lets the stage see each key. */
    @Setup(Level.Trial)
    public void open() {
        events = Payload.of(EVENTS * LENGTH);
        hashes = new long[EVENTS];
        final SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < EVENTS; i++) {
            events.putStringWithoutLengthAscii(i * LENGTH, "campaign%08d".formatted(random.nextInt(keys)));
            hashes[i] = KeyHash.of(events, i * LENGTH, KEY_LENGTH);
        }
        subject = make();
        subject.open(context);
        for (int i = 0; i < 2 * EVENTS; i++) {
            event();
        }
    }

    /** Hands over one event. */
    @Benchmark
    public long event() {
        timeNs += NS_PER_EVENT;
        subject.onEvent(this, out);
        next++;
        if ((next & EPOCH - 1) == 0) {
            context.watermark(subject, timeNs, out);
            context.endEpoch();
            next &= EVENTS - 1;
        }
        return results;
    }

    @Override
    public UnsafeBuffer buffer() {
        return events;
    }

    @Override
    public int offset() {
        return next * LENGTH;
    }

    @Override
    public int length() {
        return LENGTH;
    }

    @Override
    public long keyHash() {
        return hashes[next];
    }

    @Override
    public long timestampNs() {
        return timeNs;
    }

    @Override
    public int schemaId() {
        return 0;
    }

    @Override
    public int templateId() {
        return next & 1;
    }
}
