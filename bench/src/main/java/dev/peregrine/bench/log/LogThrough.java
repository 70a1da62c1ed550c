/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.bench.rig.Drain;
import dev.peregrine.bench.rig.Payload;
import dev.peregrine.bench.rig.Transport;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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

/** How many records a second go through when one thread or several append and another reads them at the same time? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(jvmArgsAppend = AeronTransport.CHECKSUM_FLAG)
public class LogThrough {
    private static final int ROUND = 100_000;

    /** Bytes of payload. */
    @Param("100")
    public int bytes;

    /** Which log. */
    @Param("peregrine")
    public String subject;

    private Path directory;
    private Transport log;
    private Drain drain;
    private long sum;
    private final AtomicLong sent = new AtomicLong();

    /** Opens a fresh log and its reader. */
    @Setup(Level.Iteration)
    public void open() {
        directory = BenchDirectory.create("through");
        sent.set(0);
        if (subject.equals("aeron-ipc")) { // keeps nothing, so that nothing can be sent before there is a reader
            log = LogTransports.open(subject, directory);
        } else {
            log = LogTransports.openAtWork(subject, directory, "os", bytes);
        }
        drain = new Drain(log.newTail(), (buffer, offset, length) -> sum += buffer.getLong(offset));
    }

    /** Closes and deletes it. */
    @TearDown(Level.Iteration)
    public void close() {
        drain.close();
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
        public void open(final LogThrough benchmark) {
            sender = benchmark.log.newSender();
            payload = Payload.of(benchmark.bytes);
        }

        /** Closes it. */
        @TearDown(Level.Iteration)
        public void close() {
            sender.close();
        }
    }

    /** Appends a round of records and waits until as many are read as all publishers' finished rounds have. */
    @Benchmark
    @OperationsPerInvocation(ROUND)
    public void appendAndRead(final Publisher publisher) {
        for (int i = 0; i < ROUND; i++) {
            publisher.sender.send(publisher.payload, bytes);
        }
        publisher.sender.flush();
        drain.await(sent.addAndGet(ROUND));
    }
}
