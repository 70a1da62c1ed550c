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

/** How many records a second go through when one thread appends and another reads them at the same time? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
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
    private Transport.Sender sender;
    private Drain drain;
    private UnsafeBuffer payload;
    private long sent;
    private long sum;

    /** Opens an empty log and its reader. */
    @Setup(Level.Iteration)
    public void open() {
        directory = BenchDirectory.create("through");
        log = LogTransports.open(subject, directory);
        payload = Payload.of(bytes);
        sent = 0;
        sender = log.newSender();
        drain = new Drain(log.newReceiver(), (buffer, offset, length) -> sum += buffer.getLong(offset));
    }

    /** Closes and deletes it. */
    @TearDown(Level.Iteration)
    public void close() {
        drain.close();
        sender.close();
        log.close();
        BenchDirectory.delete(directory);
    }

    /** Appends a round of records and waits until the last of them is read. */
    @Benchmark
    @OperationsPerInvocation(ROUND)
    public void appendAndRead() {
        for (int i = 0; i < ROUND; i++) {
            sender.send(payload, bytes);
        }
        sender.flush();
        sent += ROUND;
        drain.await(sent);
    }
}
