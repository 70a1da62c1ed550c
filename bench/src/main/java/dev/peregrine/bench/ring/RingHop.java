/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.ring;

import dev.peregrine.bench.rig.Drain;
import dev.peregrine.bench.rig.Payload;
import dev.peregrine.bench.rig.Transport;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
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
 * How many events a second go from one thread to another over a full ring, each copied in and touched by the receiver?
 * The sender waits for room, so that the slower side sets the pace.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class RingHop {
    /** Bytes of payload. */
    @Param("64")
    public int bytes;

    /** Events after which the sender publishes, where the ring can batch. */
    @Param({"1", "64"})
    public int batch;

    /** Which ring. */
    @Param("peregrine")
    public String subject;

    private Transport ring;
    private Transport.Sender sender;
    private Drain drain;
    private UnsafeBuffer payload;
    private long sum;

    /** Makes the ring and its receiving thread. */
    @Setup(Level.Trial)
    public void open() {
        ring = RingTransports.open(subject, bytes, batch);
        payload = Payload.of(bytes);
        sender = ring.newSender();
        drain = new Drain(ring.newReceiver(), (buffer, offset, length) -> sum += buffer.getLong(offset));
    }

    /** Stops the thread. */
    @TearDown(Level.Trial)
    public void close() {
        drain.close();
        ring.close();
    }

    /** Sends one event. */
    @Benchmark
    public void hop() {
        sender.send(payload, bytes);
    }
}
