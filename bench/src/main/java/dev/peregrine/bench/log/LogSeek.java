/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.bench.rig.Payload;
import dev.peregrine.log.Appender;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.RecordOptions;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** How long does it take to find a record by its number, time or transaction id, in a log of four million in RAM? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class LogSeek {
    private static final int RECORDS = 4_000_000;
    private static final int LENGTH = 100;

    private final SplittableRandom random = new SplittableRandom(1);
    private Path directory;
    private PartitionLog log;

    /** Writes the log; record n has time and transaction id n. */
    @Setup(Level.Trial)
    public void open() {
        directory = BenchDirectory.create("seek");
        log = PartitionLog.open(PartitionConfig.of(directory, "bench"));
        final UnsafeBuffer payload = Payload.of(LENGTH);
        final RecordOptions options = new RecordOptions();
        try (Appender appender = log.newAppender(1)) {
            for (int i = 0; i < RECORDS; i++) {
                final int at = appender.claim(LENGTH, options.transactionId(i));
                appender.buffer().putBytes(at, payload, 0, LENGTH);
                appender.commit(1, 1, 0, i, i);
                if ((i & 0xFFFF) == 0) {
                    log.doHousekeeping();
                }
            }
        }
        log.doHousekeeping();
    }

    /** Deletes it. */
    @TearDown(Level.Trial)
    public void close() {
        log.close();
        BenchDirectory.delete(directory);
    }

    /** By its number. */
    @Benchmark
    public long number() {
        return log.positionOfOffset(random.nextInt(RECORDS));
    }

    /** By time. */
    @Benchmark
    public long time() {
        return log.positionOfTimestamp(random.nextInt(RECORDS));
    }

    /** By transaction id. */
    @Benchmark
    public long transactionId() {
        return log.positionOfTransactionId(random.nextInt(RECORDS));
    }

    /** The number of the last record. */
    @Benchmark
    public long last() {
        return log.lastOffset();
    }
}
