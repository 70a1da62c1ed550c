/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.operators;

import dev.peregrine.bench.rig.Drain;
import dev.peregrine.bench.rig.Payload;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.internal.GroupedEdges;
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
 * How many events of 64 bytes a second does each grouping spread over two instances: fused with the sender, or each behind
 * a ring, both polled by another thread? With {@code ALL} each event goes to both.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class GroupingHop {
    private static final int LENGTH = 64;

    /** How events are spread. */
    @Param
    public Grouping grouping;

    /** What is between sender and receivers. */
    @Param({"fused", "ring"})
    public String edge;

    private final UnsafeBuffer payload = Payload.of(LENGTH);
    private GroupedEdges edges;
    private Drain drain;
    private long next;
    private long received;

    /** Makes the edges, and the receiving thread where there is one. */
    @Setup(Level.Trial)
    public void open() {
        final boolean ring = "ring".equals(edge);
        edges = new GroupedEdges(grouping, ring, LENGTH);
        if (ring) {
            drain = new Drain(edges.newReceiver(), (buffer, offset, length) -> received += buffer.getLong(offset));
        } else {
            edges.receive((buffer, offset, length) -> received += buffer.getLong(offset));
        }
    }

    /** Stops the thread. */
    @TearDown(Level.Trial)
    public void close() {
        if (drain != null) {
            drain.close();
        }
    }

    /** Sends one event. */
    @Benchmark
    public void send() {
        next++;
        payload.putLong(0, next);
        edges.send(payload, LENGTH, KeyHash.of(next));
    }
}
