/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.nexmark;

import dev.peregrine.Peregrine;
import dev.peregrine.apps.nexmark.NexmarkConfig;
import dev.peregrine.apps.nexmark.NexmarkGenerator;
import dev.peregrine.apps.nexmark.NexmarkQuery;
import dev.peregrine.bench.rig.DrainRun;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import java.nio.file.Path;

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
        runs++;
        final DrainRun.Outcome outcome = DrainRun.run(engine, sink -> query.topology(
            new NexmarkQuery.Job(query.name() + "-" + runs, STREAM, sink)
                .on(threads, threads).withEpochIntervalMicros(EPOCH_MICROS)));
        return new Outcome(events / outcome.seconds(), outcome.results(), outcome.allocatedBytes());
    }

    @Override
    public void close() {
        engine.close();
    }
}
