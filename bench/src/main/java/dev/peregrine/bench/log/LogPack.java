/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.log.Appender;
import dev.peregrine.log.FrameHandler;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.log.RecordOptions;
import dev.peregrine.log.StorageConfig;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How fast are sealed segments compressed and compacted, and compressed ones read? An operation is a record of 100 bytes,
 * half of them random letters; a key returns every 64 records.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class LogPack {
    private static final int RECORDS = 1_000_000;
    private static final int LENGTH = 100;
    private static final int KEY_LENGTH = 8;
    private static final int KEYS = 64;
    private static final int SEGMENT_LENGTH = 16 << 20;
    private static final String READ = "read";

    /** What is measured. */
    @Param({"compress", "compact", READ})
    public String doing;

    private Path directory;
    private PartitionLog log;
    private PartitionReader reader;
    private long sum;
    private final FrameHandler touch = frame -> sum += frame.buffer().getLong(frame.payloadOffset());

    /** Writes a log. */
    @Setup(Level.Invocation)
    public void open() {
        if (log != null && doing.equals(READ)) {
            reader.seek(0);
            return;
        }
        close();
        directory = BenchDirectory.create("pack");
        final StorageConfig storage = StorageConfig.plain().withCompressionLevel(1);
        log = PartitionLog.open(PartitionConfig.of(directory, "bench").withSegmentLength(SEGMENT_LENGTH)
            .withStorage(doing.equals("compact") ? storage.withCompaction(0, 0) : storage));
        write();
        if (doing.equals(READ)) {
            pack();
            reader = log.newReader(0);
        }
    }

    private void write() {
        final SplittableRandom random = new SplittableRandom(1);
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[LENGTH]);
        final RecordOptions options = new RecordOptions();
        try (Appender appender = log.newAppender(1)) {
            for (int i = 0; i < RECORDS; i++) {
                for (int j = 0; j < LENGTH / 2; j++) {
                    payload.putByte(j, (byte) ('a' + random.nextInt(26)));
                }
                payload.putLong(LENGTH - KEY_LENGTH, i % KEYS);
                final int at = appender.claim(LENGTH, options.clear().key(payload, LENGTH - KEY_LENGTH, KEY_LENGTH));
                appender.buffer().putBytes(at, payload, 0, LENGTH);
                appender.commit(1, 1, i % KEYS, i, i);
                if ((i & 0xFFFF) == 0) {
                    log.doHousekeeping();
                }
            }
        }
        log.doHousekeeping();
    }

    private void pack() {
        while (log.doMaintenance() > 0) {
            // a step
        }
    }

    /** Deletes it. */
    @TearDown(Level.Trial)
    public void close() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
        if (log != null) {
            log.close();
            log = null;
            BenchDirectory.delete(directory);
        }
    }

    /** All of a log; the last segment is not sealed, and left as it is. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public long run() {
        if (doing.equals(READ)) {
            while (reader.poll(touch, 1_000) > 0) {
                // to the end
            }
        } else {
            pack();
        }
        return sum;
    }
}
