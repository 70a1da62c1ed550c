/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.operators;

import dev.peregrine.topology.internal.StageCalls;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does an event cost in two fused stages that do nothing but hand it on: by themselves, with a hook that counts, and
 * where the second throws at the first attempt at every event and takes it at the second?
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class StageCall {
    /** What is around the stages. */
    @Param({"NOTHING", "HOOK", "RETRY"})
    public StageCalls.Around around;

    private StageCalls stages;

    /** Makes the stages. */
    @Setup(Level.Trial)
    public void open() {
        stages = new StageCalls(around);
    }

    /** Hands an event on. */
    @Benchmark
    public long event() {
        return stages.call();
    }
}
