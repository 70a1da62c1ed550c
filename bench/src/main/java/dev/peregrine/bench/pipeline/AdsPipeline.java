/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.pipeline;

import dev.peregrine.app.Demo;
import dev.peregrine.app.DemoListener;
import dev.peregrine.app.DemoOptions;
import dev.peregrine.app.DemoReport;
import dev.peregrine.apps.ads.AdsDemo;
import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.bench.rig.Latency;
import dev.peregrine.bench.rig.Throughput;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The whole way of the ads demo, from publish over log and topology until the counts can be queried in table and cache:
 * how many events a second flat out, and how long does an event take at a fixed rate? Both by the demo's own report. No
 * peer does all of this in one process.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class AdsPipeline {
    /** Events of a run. */
    @Param("5000000")
    public long events;

    /** Events per second at the fixed rate. */
    @Param("500000")
    public long rate;

    private static final class Silent implements DemoListener {
        @Override
        public void message(final String line) {
            // the report says what matters
        }

        @Override
        public void progress(final Progress progress) {
            // the bench shows its own
        }
    }

    /** Flat out. */
    @Benchmark
    public void flatOut(final Throughput result) throws Exception {
        final DemoReport report = run(0);
        result.set(report.eventsPerSecond(), report.allocatedBytesPerEvent());
    }

    /** On a fixed schedule, latency from the moment at which an event was due. */
    @Benchmark
    public void atRate(final Latency result) throws Exception {
        final DemoReport report = run(rate);
        result.set(report.latency().p50(), report.latency().p99(), report.latency().p999(),
            report.allocatedBytesPerEvent());
    }

    private DemoReport run(final long ratePerSecond) throws Exception {
        final Path directory = BenchDirectory.create("pipeline");
        final Demo demo = new AdsDemo();
        try {
            final DemoReport report = demo.run(
                new DemoOptions(directory, true, events, ratePerSecond, null, null, 0, false), new Silent());
            if (report.events() != events) {
                throw new IllegalStateException("counted " + report.events() + " of " + events + " events");
            }
            return report;
        } finally {
            BenchDirectory.delete(directory);
        }
    }
}
