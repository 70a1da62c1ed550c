/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.bench.rig.Transport;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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

/** How many records a second can one reader take from a log that is already written, touching each? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class LogTail {
    private static final int BATCH = 1_000;
    private static final int MOST_BATCHES = 2_000;
    private static final long MOST_BYTES = 300_000_000;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

    /** Bytes of payload. */
    @Param("100")
    public int bytes;

    /** Which log. */
    @Param("peregrine")
    public String subject;

    private Path directory;
    private Transport log;
    private Transport.Receiver receiver;
    private int batches;
    private int batchesLeft;
    private long sum;
    private final Transport.Payloads touch = (buffer, offset, length) -> sum += buffer.getLong(offset);

    /** Writes the log. */
    @Setup(Level.Trial)
    public void open() {
        directory = BenchDirectory.create("tail");
        log = LogTransports.open(subject, directory);
        batches = (int) Math.min(MOST_BATCHES, MOST_BYTES / BATCH / bytes);
        try (Transport.Sender sender = log.newSender()) {
            LogTransports.fill(sender, bytes, BATCH * batches);
        }
    }

    /** Deletes it. */
    @TearDown(Level.Trial)
    public void close() {
        if (receiver != null) {
            receiver.close();
        }
        log.close();
        BenchDirectory.delete(directory);
    }

    /** Reads a batch, and starts over at the log's end. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long read() {
        if (batchesLeft == 0) {
            if (receiver != null) {
                receiver.close();
            }
            receiver = log.newReceiver();
            batchesLeft = batches;
        }
        batchesLeft--;
        int left = BATCH;
        long deadline = 0;
        while (left > 0) {
            final int read = receiver.poll(touch, left);
            if (read > 0) {
                left -= read;
            } else if (deadline == 0) {
                deadline = System.nanoTime() + PATIENCE_NS; // a broker takes its time
            } else if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the log ends " + left + " records too early");
            }
        }
        return sum;
    }
}
