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

/**
 * The load shapes by which logs are compared: many publishers whose records are to be durable; a reader at the end; the
 * same while another reads old records; many subscriptions. At a fixed rate, how long after its creation has every reader
 * got a record? Readers get what is durable at the level that is asked for. Publishers sleep between their records.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
public class LogShape {
    private static final int BACKLOG = 500_000;

    /** Records per second, of all publishers. */
    @Param("10000")
    public long rate;

    /** Publishing threads. */
    @Param("1")
    public int publishers;

    /** Subscriptions, each of which gets everything. */
    @Param("1")
    public int subscriptions;

    /** Whether another reader reads old records meanwhile, again and again. */
    @Param("false")
    public boolean catchUp;

    /** When a record is safe: os, interval or sync. */
    @Param("os")
    public String durability;

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

    /** Opens a log, with old records in it where somebody will read them. */
    @Setup(Level.Iteration)
    public void open() {
        directory = BenchDirectory.create("shape");
        if (catchUp) {
            try (Transport before = LogTransports.open(subject, directory); Transport.Sender sender = before.newSender()) {
                LogTransports.fill(sender, bytes, BACKLOG);
            }
        }
        log = LogTransports.open(subject, directory, durability);
    }

    /** Closes and deletes it. */
    @TearDown(Level.Iteration)
    public void close() {
        log.close();
        BenchDirectory.delete(directory);
    }

    /** Sends for the whole iteration. */
    @Benchmark
    public void run(final Latency latency) {
        final Load load = Load.of(rate, millis).paced(publishers, subscriptions);
        if (!catchUp) {
            FixedRateRig.run(log, bytes, load, latency);
            return;
        }
        try (CatchUpReader reader = new CatchUpReader(log, BACKLOG)) {
            FixedRateRig.run(log, bytes, load, latency);
            latency.setCatchUp(reader.perSecond());
        }
    }
}
