/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology;

import dev.peregrine.apps.ads.codec.AdEventEncoder;
import dev.peregrine.apps.ads.codec.Audience;
import dev.peregrine.apps.ads.codec.MessageHeaderEncoder;
import dev.peregrine.apps.ads.codec.Policy;
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
 * How many ad events a second go through the demo's parse and count stages on one core: decode SBE, name the ad, count
 * it in all and per day? 160 ads, ten thousand events in seven days of event time, over and over; an epoch, which hands
 * the totals on, ends every 4,096 events.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class AdsCount {
    static final int LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + AdEventEncoder.BLOCK_LENGTH;
    static final int TIME_OFFSET =
        MessageHeaderEncoder.ENCODED_LENGTH + AdEventEncoder.eventTimeNsEncodingOffset();
    private static final int STRIDE = 128;
    private static final int EVENTS = 10_000;
    private static final int EPOCH = 4096;
    private static final int ADS_PER_AUDIENCE = 80;
    private static final int CLICK_EVERY = 200;
    private static final long SPAN_NS = TimeUnit.DAYS.toNanos(7);
    private static final long SEED = 42;

    /** Which way to count. */
    @Param("peregrine")
    public String subject;

    private UnsafeBuffer events;
    private AdCounter counter;
    private int next;
    private long counted;

    /** Encodes the events. */
    @Setup(Level.Trial)
    public void open() {
        counter = switch (subject) {
            case "peregrine" -> new AdStages();
            case "hash-map" -> new HashMapAdCounter();
            default -> throw new IllegalArgumentException("no such way to count: " + subject);
        };
        events = Payload.of(EVENTS * STRIDE);
        final SplittableRandom random = new SplittableRandom(SEED);
        final MessageHeaderEncoder header = new MessageHeaderEncoder();
        final AdEventEncoder encoder = new AdEventEncoder();
        for (int i = 0; i < EVENTS; i++) {
            encoder.wrapAndApplyHeader(events, i * STRIDE, header)
                .eventTimeNs(i * (SPAN_NS / EVENTS))
                .itemId(random.nextInt(ADS_PER_AUDIENCE))
                .audience(random.nextBoolean() ? Audience.WOMEN : Audience.MEN)
                .policy(Policy.RANDOM)
                .adPosition((short) 1)
                .click((short) (random.nextInt(CLICK_EVERY) == 0 ? 1 : 0))
                .propensity(0.1)
                .userFeature0(1).userFeature1(2).userFeature2(3).userFeature3(4);
        }
    }

    /** Counts one event. */
    @Benchmark
    public long count() {
        final int at = next * STRIDE;
        counter.count(events, at);
        events.putLong(at + TIME_OFFSET, events.getLong(at + TIME_OFFSET) + SPAN_NS); // for the next round
        next = next + 1 == EVENTS ? 0 : next + 1;
        counted++;
        if ((counted & EPOCH - 1) == 0) {
            counter.endEpoch();
        }
        return counted;
    }
}
