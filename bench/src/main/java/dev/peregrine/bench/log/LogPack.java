/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.Allocation;
import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.bench.rig.Payload;
import dev.peregrine.log.Appender;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.RecordOptions;
import dev.peregrine.log.StorageConfig;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * How many bytes of sealed segments are compressed or compacted a second? The records are of 100 bytes, half of them random
 * letters, and 65,536 keys take turns, of each of which compaction keeps the last.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class LogPack {
    private static final int LENGTH = 100;
    private static final int KEY_LENGTH = 8;
    private static final int KEYS = 1 << 16;
    private static final int SEGMENT_LENGTH = 16 << 20;
    private static final int SEALED_SEGMENTS = 8;
    private static final double NS_PER_MICRO = 1e3;

    /** What is measured. */
    @Param({"compress", "compact"})
    public String doing;

    private Path directory;
    private PartitionLog log;
    private int records;

    /** What an invocation took, which is all that an iteration has time for. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Throughput {
        /** 10^6 bytes of log per second. */
        public double megabytesPerSecond;
        /** Heap bytes per record. */
        public double allocatedBytesPerEvent;
    }

    /** Writes a log. */
    @Setup(Level.Invocation)
    public void open() {
        close();
        directory = BenchDirectory.create("pack");
        final StorageConfig storage = StorageConfig.plain();
        log = PartitionLog.open(PartitionConfig.of(directory, "bench").withSegmentLength(SEGMENT_LENGTH)
            .withStorage(doing.equals("compact") ? storage.withCompaction(0, 0) : storage.withCompressionLevel(1)));
        final SplittableRandom random = new SplittableRandom(1);
        final UnsafeBuffer payload = Payload.of(LENGTH);
        final RecordOptions options = new RecordOptions();
        records = 0;
        try (Appender appender = log.newAppender(1)) {
            while (log.appendedPosition() <= (long) SEALED_SEGMENTS * SEGMENT_LENGTH) {
                Payload.shuffle(payload, random);
                payload.putLong(LENGTH - KEY_LENGTH, records % KEYS);
                final int at = appender.claim(LENGTH, options.clear().key(payload, LENGTH - KEY_LENGTH, KEY_LENGTH));
                appender.buffer().putBytes(at, payload, 0, LENGTH);
                appender.commit(1, 1, records % KEYS, records, records);
                if ((++records & 0xFFFF) == 0) {
                    log.doHousekeeping();
                }
            }
        }
        log.doHousekeeping();
    }

    /** Deletes it. */
    @TearDown(Level.Trial)
    public void close() {
        if (log != null) {
            log.close();
            log = null;
            BenchDirectory.delete(directory);
        }
    }

    /** All sealed segments of a log. */
    @Benchmark
    public void pack(final Throughput result) {
        final long allocated = Allocation.bytes();
        final long start = System.nanoTime();
        while (log.doMaintenance() > 0) {
            // a step
        }
        final double micros = (System.nanoTime() - start) / NS_PER_MICRO;
        result.megabytesPerSecond = (double) SEALED_SEGMENTS * SEGMENT_LENGTH / micros;
        result.allocatedBytesPerEvent = (double) (Allocation.bytes() - allocated) / records;
        if (log.diskBytes() > log.appendedPosition()) {
            throw new IllegalStateException("no segment has become shorter");
        }
    }
}
