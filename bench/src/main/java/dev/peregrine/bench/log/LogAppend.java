/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.bench.rig.Payload;
import dev.peregrine.bench.rig.Transport;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
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

/**
 * How many records a second can be appended, copying them in, checksum included, by one thread or by several? Nobody
 * reads. Each iteration starts on a fresh log, so that the disk does not fill, after its first files were made.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(jvmArgsAppend = AeronTransport.CHECKSUM_FLAG)
public class LogAppend {
    /** Bytes of payload. */
    @Param({"32", "100", "1000"})
    public int bytes;

    /** Which log. */
    @Param("peregrine")
    public String subject;

    /** When a record is safe: os, interval, or sync, which waits for the disk. */
    @Param("os")
    public String durability;

    private Path directory;
    private Transport log;

    /** Opens an empty log. */
    @Setup(Level.Iteration)
    public void open() {
        directory = BenchDirectory.create("append");
        log = LogTransports.openAtWork(subject, directory, durability, bytes);
    }

    /** Closes and deletes it. */
    @TearDown(Level.Iteration)
    public void close() {
        log.close();
        BenchDirectory.delete(directory);
    }

    /** One appending thread. */
    @State(Scope.Thread)
    public static class Publisher {
        private Transport.Sender sender;
        private UnsafeBuffer payload;

        /** Opens an appender. */
        @Setup(Level.Iteration)
        public void open(final LogAppend benchmark) {
            sender = benchmark.log.newSender();
            payload = Payload.of(benchmark.bytes);
        }

        /** Closes it. */
        @TearDown(Level.Iteration)
        public void close() {
            sender.close();
        }
    }

    /** Appends one record. */
    @Benchmark
    public void append(final Publisher publisher) {
        publisher.sender.send(publisher.payload, publisher.payload.capacity());
    }
}
