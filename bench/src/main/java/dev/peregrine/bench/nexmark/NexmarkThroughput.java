/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.nexmark;

import dev.peregrine.apps.nexmark.NexmarkConfig;
import dev.peregrine.apps.nexmark.NexmarkQuery;
import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.bench.rig.Throughput;
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
 * How many events a second go through a query of the Nexmark benchmark? The events are those of the published generator,
 * 10,000 to a second of event time, made beforehand; an iteration reads all of them once. Results are counted and
 * dropped.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
public class NexmarkThroughput {
    /** Which query. */
    @Param("Q0")
    public NexmarkQuery query;

    /** Events of a run. */
    @Param("5000000")
    public long jobEvents;

    /** Threads of the engine and instances of each stage; parallelism of a peer. */
    @Param("1")
    public int parallelism;

    /** Who answers. */
    @Param("peregrine")
    public String subject;

    private Path directory;
    private NexmarkSubject running;
    private long results = -1;

    /** Whether Flink answers a query here. */
    public static boolean hasPeer(final NexmarkQuery query) {
        return FlinkQueries.has(query);
    }

    /** Starts the subject and makes the events. */
    @Setup(Level.Trial)
    public void open() throws Exception {
        directory = BenchDirectory.create("nexmark");
        running = switch (subject) {
            case "peregrine" -> new EngineNexmark(directory, NexmarkConfig.published(), jobEvents, parallelism);
            case "flink" -> new FlinkNexmark(directory, NexmarkConfig.published(), jobEvents, parallelism);
            default -> throw new IllegalArgumentException("no such subject: " + subject);
        };
    }

    /** Stops it. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        if (running != null) {
            running.close();
        }
        BenchDirectory.delete(directory);
    }

    /** One run over all events. */
    @Benchmark
    public void run(final Throughput throughput) throws Exception {
        final NexmarkSubject.Outcome outcome = running.run(query);
        if (outcome.results() == 0 && query != NexmarkQuery.Q12 || results >= 0 && results != outcome.results()
            && query != NexmarkQuery.Q12) {
            throw new IllegalStateException(query + " gave " + outcome.results() + " results, before " + results);
        }
        results = outcome.results();
        throughput.set(outcome.eventsPerSecond(), outcome.allocatedBytes() / (double) jobEvents);
    }
}
