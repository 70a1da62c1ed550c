/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.ring;

import dev.peregrine.bench.rig.FixedRateRig;
import dev.peregrine.bench.rig.Latency;
import dev.peregrine.bench.rig.Load;
import dev.peregrine.bench.rig.Transport;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** At a fixed rate, how long after it was due has an event been received by another thread? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
public class RingLatency {
    /** Events per second. */
    @Param("500000")
    public long rate;

    /** Bytes of payload. */
    @Param("64")
    public int bytes;

    /** How long an iteration sends. */
    @Param("2000")
    public long millis;

    /** Which ring. */
    @Param("peregrine")
    public String subject;

    /** Sends for the whole iteration. */
    @Benchmark
    public void sendToReceive(final Latency latency) {
        try (Transport ring = RingTransports.open(subject, bytes, 1)) {
            FixedRateRig.run(ring, bytes, Load.of(rate, millis), latency);
        }
    }
}
