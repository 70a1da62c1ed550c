/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.scaling;

import dev.peregrine.Peregrine;
import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.bench.rig.DrainRun;
import dev.peregrine.bench.rig.Throughput;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.aggregate.Aggregators;
import dev.peregrine.topology.time.WatermarkStrategy;
import dev.peregrine.topology.window.TimeWindow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
 * How many events a second go through a topology, effectively once, from a stream that is written already, as one thing
 * about it grows: keys, the length of a window, how many components read a stage, how many stages follow one another?
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class DrainJobs {
    private static final long EPOCH_MICROS = 10_000;
    private static final String SOURCE = "source";
    private static final String WORK = "work";
    private static final String RESULTS = "results";

    /** Events of a run; where there are more keys, so many that each comes twice. */
    @Param("5000000")
    public long jobEvents;

    /** Distinct keys. */
    @Param("1000")
    public int keys;

    /** Length of the window that slides by a second. */
    @Param("1")
    public int windowSeconds;

    /** Components that read the same stage. */
    @Param("1")
    public int fanOut;

    /** Stages one behind the other. */
    @Param("1")
    public int stages;

    /** Threads; on one all is fused. */
    @Param("1")
    public int onThreads;

    private Path directory;
    private Peregrine engine;
    private long events;
    private int runs;

    /** Starts the engine and publishes the events. */
    @Setup(Level.Trial)
    public void open() {
        directory = BenchDirectory.create("scaling");
        engine = Peregrine.open(directory);
        events = Math.max(jobEvents, 2L * keys);
        ScalingEvents.publish(engine, events, keys);
    }

    /** Stops it. */
    @TearDown(Level.Trial)
    public void close() {
        engine.close();
        BenchDirectory.delete(directory);
    }

    private void run(final Throughput throughput, final Function<StageSupplier, Topology> topology) throws Exception {
        runs++;
        final DrainRun.Outcome outcome = DrainRun.run(engine, topology);
        throughput.set(events / outcome.seconds(), outcome.allocatedBytes() / (double) events);
    }

    private TopologyBuilder builder() {
        return TopologyBuilder.named("run-" + runs).threads(onThreads).epochIntervalMicros(EPOCH_MICROS)
            .source(SOURCE, ScalingEvents.STREAM);
    }

    /** Counts per key. */
    @Benchmark
    public void keys(final Throughput throughput) throws Exception {
        run(throughput, sink -> builder().stage(WORK, ScalingEvents.Count::new).key(SOURCE)
            .sink(RESULTS, sink).global(WORK).build());
    }

    /** Counts per key in a window that slides by a second. */
    @Benchmark
    public void window(final Throughput throughput) throws Exception {
        run(throughput, sink -> builder().watermarks(WatermarkStrategy.monotone())
            .stage(WORK, TimeWindow.sliding((event, key) -> key.set(event.buffer(), event.offset(), Long.BYTES),
                Duration.ofSeconds(windowSeconds), Duration.ofSeconds(1)).aggregate(Aggregators.count())).key(SOURCE)
            .sink(RESULTS, sink).global(WORK).build());
    }

    /** Lets several components read each event, the sink among them. */
    @Benchmark
    public void fanOut(final Throughput throughput) throws Exception {
        run(throughput, sink -> {
            final TopologyBuilder builder = builder().stage(WORK, ScalingEvents.Pass::new).shuffle(SOURCE);
            for (int i = 1; i < fanOut; i++) {
                builder.sink("reader-" + i, ScalingEvents.Take::new).shuffle(WORK);
            }
            return builder.sink(RESULTS, sink).shuffle(WORK).build();
        });
    }

    /** Hands each event from stage to stage. */
    @Benchmark
    public void stages(final Throughput throughput) throws Exception {
        run(throughput, sink -> {
            final TopologyBuilder builder = builder();
            String before = SOURCE;
            for (int i = 0; i < stages; i++) {
                final String name = "stage-" + i;
                builder.stage(name, ScalingEvents.Pass::new).shuffle(before);
                before = name;
            }
            return builder.sink(RESULTS, sink).shuffle(before).build();
        });
    }
}
