/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.scaling;

import dev.peregrine.Peregrine;
import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
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
 * How long does it take to lay down a savepoint of a topology that counts so many keys, and how long until it runs again
 * with all of its state? Each key has been counted twice, so that the log holds more than the state.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class StateSize {
    private static final String NAME = "counts";
    private static final String SAVEPOINT = "bench";

    /** Distinct keys. */
    @Param("10000")
    public int keys;

    private final Topology topology = TopologyBuilder.named(NAME).threads(1).source("source", ScalingEvents.STREAM)
        .stage("count", ScalingEvents.Count::new).key("source")
        .sink("take", ScalingEvents.Take::new).global("count").build();
    private Path directory;
    private Peregrine engine;
    private RunningTopology running;

    /** Lets the topology count. */
    @Setup(Level.Trial)
    public void open() throws Exception {
        directory = BenchDirectory.create("state");
        engine = Peregrine.open(directory);
        ScalingEvents.publish(engine, 2L * keys, keys);
        running = engine.submit(topology);
        running.awaitDrained();
        running.close();
    }

    /** Stops it. */
    @TearDown(Level.Trial)
    public void close() {
        engine.close();
        BenchDirectory.delete(directory);
    }

    /** After a recovery. */
    @TearDown(Level.Iteration)
    public void stop() {
        running.close();
        if (!engine.savepoints().isEmpty()) {
            engine.deleteSavepoint(SAVEPOINT);
        }
    }

    /** Starts the topology again, with its state. */
    @Benchmark
    public RunningTopology recovery() {
        running = engine.submit(topology);
        return running;
    }

    /** What a savepoint is taken of. */
    @State(Scope.Benchmark)
    public static class Started {
        /** Starts the topology. */
        @Setup(Level.Iteration)
        public void start(final StateSize size) throws Exception {
            size.running = size.engine.submit(size.topology);
            size.running.awaitDrained();
        }
    }

    /** Takes a savepoint while it runs. */
    @Benchmark
    public Object savepoint(final Started started) {
        return engine.savepoint(NAME, SAVEPOINT);
    }
}
