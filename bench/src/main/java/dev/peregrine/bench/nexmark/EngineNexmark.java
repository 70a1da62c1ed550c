/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.nexmark;

import dev.peregrine.Peregrine;
import dev.peregrine.apps.nexmark.NexmarkConfig;
import dev.peregrine.apps.nexmark.NexmarkGenerator;
import dev.peregrine.apps.nexmark.NexmarkQuery;
import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The engine: events lie in a stream of one partition, with checksums, and go through the query's topology, effectively
 * once, until the last of them is committed.
 */
final class EngineNexmark implements NexmarkSubject {
    private static final String STREAM = "auctions";
    private static final int SEGMENT_LENGTH = 64 << 20;
    private static final long EPOCH_MICROS = 10_000;

    private final Peregrine engine;
    private final long events;
    private final int threads;
    private int runs;

    /** Publishes the events. */
    EngineNexmark(final Path directory, final NexmarkConfig config, final long events, final int threads) {
        this.events = events;
        this.threads = threads;
        engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of(STREAM).withSegmentLength(SEGMENT_LENGTH));
        final NexmarkGenerator generator = new NexmarkGenerator(config);
        try (Publisher publisher = engine.publisher(STREAM, "generator")) {
            for (long i = 0; i < events; i++) {
                generator.publish(i, publisher);
            }
            generator.publishEnd(events, publisher);
        }
    }

    @Override
    public Outcome run(final NexmarkQuery query) throws Exception {
        final AtomicLong startNs = new AtomicLong();
        final AtomicLong results = new AtomicLong();
        runs++;
        final String name = query.name() + "-" + runs;
        final RunningTopology topology = engine.submit(query.topology(
            new NexmarkQuery.Job(name, STREAM, () -> new CountingSink(startNs, results))
                .on(threads, threads).withEpochIntervalMicros(EPOCH_MICROS)));
        try {
            topology.awaitDrained();
            final long ns = System.nanoTime() - startNs.get();
            return new Outcome(events * (double) TimeUnit.SECONDS.toNanos(1) / ns, results.get(),
                topology.allocatedBytes());
        } finally {
            topology.close();
            BenchDirectory.delete(engine.dataDirectory().resolve("topologies").resolve(name));
        }
    }

    /** The last stage to be opened: the clock starts with it. */
    private static final class CountingSink implements Stage {
        private final AtomicLong startNs;
        private final AtomicLong results;
        private long count;

        CountingSink(final AtomicLong startNs, final AtomicLong results) {
            this.startNs = startNs;
            this.results = results;
        }

        @Override
        public void open(final StageContext context) {
            startNs.set(System.nanoTime());
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            count++;
        }

        @Override
        public void onEpoch(final long epoch, final Emitter out) {
            results.lazySet(count);
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
