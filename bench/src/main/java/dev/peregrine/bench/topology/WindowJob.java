/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology;

import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.bench.rig.Latency;
import dev.peregrine.bench.rig.Throughput;
import dev.peregrine.bench.topology.count.CountLoad;
import dev.peregrine.bench.topology.count.CountResults;
import dev.peregrine.bench.topology.count.CountSubject;
import dev.peregrine.bench.topology.count.CountSubjects;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
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
 * A whole job, on the engine and on its peers: count 64-byte events per key in tumbling windows of one second of event
 * time. Flat out, timed from the first event to the last result; and at a fixed rate, with the time from the creation of
 * the event that ends a window to each of the window's results. Every run's counts are held against a naive count.
 *
 * <p>Where {@code delivery} is effectively-once, each subject keeps its counts over a crash by its own means: the engine
 * and Kafka Streams exactly once, Flink and Jet by exactly-once checkpoints each second, Storm by acks alone, which is
 * less. Where it is at-most-once, none does anything for it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
@Fork(jvmArgsAppend = {
    "-Xmx4g",
    "--add-modules=java.se",
    "--add-opens=java.base/java.time=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.management/sun.management=ALL-UNNAMED",
    "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED"})
public class WindowJob {
    private static final long EVENTS_PER_SECOND = 1 << 20;
    private static final int WINDOW_MILLIS = 1_000;
    private static final double NS_PER_MICRO = 1e3;

    /** Distinct keys. */
    @Param("100000")
    public int keys;

    /** Instances of the source and of the counting step, for so many cores. */
    @Param("2")
    public int parallelism;

    /** What a crash may do to the counts. */
    @Param("effectively-once")
    public String delivery;

    /** Who counts. */
    @Param("peregrine")
    public String subject;

    /** Events of a run flat out. */
    @Param("5000000")
    public long jobEvents;

    /** Events a second of a run at a fixed rate. */
    @Param("50000")
    public long rate;

    /** Windows of a run at a fixed rate; the first and the last are not measured. */
    @Param("5")
    public int windows;

    private Path directory;
    private CountSubject counting;
    private CountLoad load;
    private long[] expected;

    /** Starts the subject. */
    @Setup(Level.Trial)
    public void open() throws Exception {
        directory = BenchDirectory.create("count");
        counting = CountSubjects.open(subject, parallelism, "effectively-once".equals(delivery), directory);
    }

    /** Stops it. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        try {
            counting.close();
        } finally {
            BenchDirectory.delete(directory);
        }
    }

    private CountResults run(final CountLoad wanted, final int settlingWindows) throws Exception {
        if (!wanted.equals(load)) {
            load = wanted;
            expected = CountResults.expected(wanted);
        }
        final CountResults results = CountResults.begin(load, expected, settlingWindows);
        counting.run(results);
        return results;
    }

    /** As fast as it goes. */
    @Benchmark
    public void flatOut(final Throughput result) throws Exception {
        final CountResults results = run(new CountLoad(keys, jobEvents, EVENTS_PER_SECOND, WINDOW_MILLIS, false), 0);
        result.set(results.eventsPerSecond(), results.allocatedBytesPerEvent());
    }

    /** On a fixed schedule. */
    @Benchmark
    public void atRate(final Latency result) throws Exception {
        final CountResults results =
            run(new CountLoad(keys, rate * windows * WINDOW_MILLIS / 1_000, rate, WINDOW_MILLIS, true), 1);
        final Histogram latency = results.latency();
        result.set(micros(latency, 50), micros(latency, 99), micros(latency, 99.9), results.allocatedBytesPerEvent());
    }

    private static double micros(final Histogram latency, final double percentile) {
        return latency.getValueAtPercentile(percentile) / NS_PER_MICRO;
    }
}
