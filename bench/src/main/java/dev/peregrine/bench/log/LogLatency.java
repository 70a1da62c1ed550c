/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.bench.rig.FixedRateRig;
import dev.peregrine.bench.rig.Latency;
import dev.peregrine.bench.rig.Load;
import dev.peregrine.bench.rig.Transport;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** At a fixed rate of appends, how long after it was due has a record been read by another thread? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
@Fork(jvmArgsAppend = AeronTransport.CHECKSUM_FLAG)
public class LogLatency {
    /** Records per second. */
    @Param({"100000", "1000000"})
    public long rate;

    /** Bytes of payload. */
    @Param("100")
    public int bytes;

    /** How long an iteration sends. */
    @Param("2000")
    public long millis;

    /** Which log. */
    @Param("peregrine")
    public String subject;

    private Path directory;
    private Transport log;

    /** Opens an empty log. */
    @Setup(Level.Iteration)
    public void open() {
        directory = BenchDirectory.create("latency");
        log = LogTransports.open(subject, directory);
    }

    /** Closes and deletes it. */
    @TearDown(Level.Iteration)
    public void close() {
        log.close();
        BenchDirectory.delete(directory);
    }

    /** Sends for the whole iteration. */
    @Benchmark
    public void writeToRead(final Latency latency) {
        FixedRateRig.run(log, bytes, Load.of(rate, millis), latency);
    }
}
