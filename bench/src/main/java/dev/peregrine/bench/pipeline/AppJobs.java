/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.pipeline;

import dev.peregrine.Peregrine;
import dev.peregrine.apps.campaigns.CampaignGenerator;
import dev.peregrine.apps.campaigns.CampaignTopology;
import dev.peregrine.apps.campaigns.Campaigns;
import dev.peregrine.apps.wordcount.WordCountTopology;
import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.bench.rig.DrainRun;
import dev.peregrine.bench.rig.Throughput;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
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
 * How many words a second does the word count count, and how many ad events a second does the pipeline of Yahoo's
 * streaming benchmark take? From a stream that is written already, effectively once. A line has ten words out of 10,000,
 * of which the n-th is chosen in proportion to 1/n. There are 1,000 ads in 100 campaigns.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
public class AppJobs {
    private static final String LINES = "lines";
    private static final String ADS = "ads";
    private static final int SEGMENT_LENGTH = 64 << 20;
    private static final int WORDS = 10_000;
    private static final int WORDS_PER_LINE = 10;
    private static final int ADS_PER_SECOND = 100_000;
    private static final long SEED = 42;

    /** Words or ad events of a run. */
    @Param("5000000")
    public long jobEvents;

    /** Threads, and instances of the stages. */
    @Param("1")
    public int parallelism;

    private Path directory;
    private Peregrine engine;
    private int runs;

    /** Starts the engine. */
    @Setup(Level.Trial)
    public void open() {
        directory = BenchDirectory.create("apps");
        engine = Peregrine.open(directory);
    }

    /** Stops it. */
    @TearDown(Level.Trial)
    public void close() {
        engine.close();
        BenchDirectory.delete(directory);
    }

    private void publishLines() {
        engine.provisionStream(StreamConfig.of(LINES).withSegmentLength(SEGMENT_LENGTH));
        final SplittableRandom random = new SplittableRandom(SEED);
        try (Publisher publisher = engine.publisher(LINES, "bench")) {
            for (long line = publisher.lastSequence() + 1; line < jobEvents / WORDS_PER_LINE; line++) {
                final StringBuilder text = new StringBuilder();
                for (int i = 0; i < WORDS_PER_LINE; i++) {
                    text.append("word").append((int) Math.pow(WORDS, random.nextDouble())).append(' ');
                }
                final byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
                publisher.publish(line, 0, 0, 1, new UnsafeBuffer(bytes), 0, bytes.length);
            }
        }
    }

    private void publishAds() {
        engine.provisionStream(StreamConfig.of(ADS).withSegmentLength(SEGMENT_LENGTH));
        final CampaignGenerator generator = new CampaignGenerator(Campaigns.published(), SEED, ADS_PER_SECOND);
        try (Publisher publisher = engine.publisher(ADS, "bench")) {
            for (long event = publisher.lastSequence() + 1; event < jobEvents; event++) {
                generator.publish(event, publisher);
            }
        }
    }

    private void set(final Throughput throughput, final DrainRun.Outcome outcome) {
        if (outcome.results() == 0) {
            throw new IllegalStateException("no results");
        }
        throughput.set(jobEvents / outcome.seconds(), outcome.allocatedBytes() / (double) jobEvents);
    }

    /** Counts words; scored in words. */
    @Benchmark
    public void wordCount(final Throughput throughput) throws Exception {
        publishLines(); // those that are not there yet: before the first iteration, all
        runs++;
        set(throughput, DrainRun.run(engine,
            sink -> WordCountTopology.create("words-" + runs, LINES, parallelism, parallelism, sink)));
    }

    /** Views per campaign and window. */
    @Benchmark
    public void campaigns(final Throughput throughput) throws Exception {
        publishAds();
        runs++;
        set(throughput, DrainRun.run(engine, sink -> CampaignTopology.create(
            "campaigns-" + runs, ADS, parallelism, parallelism, Campaigns::published, sink)));
    }
}
