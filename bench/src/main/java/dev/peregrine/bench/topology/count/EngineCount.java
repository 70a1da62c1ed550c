/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.peregrine.Peregrine;
import dev.peregrine.bench.rig.Payload;
import dev.peregrine.bench.rig.RunClock;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.topology.Delivery;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The job on the engine: source, time, counts grouped by key, results, from a stream's log. Flat out, the events are in the
 * log before the engine is opened, so that their checksums are verified when they are read; paced, they are published
 * meanwhile by a thread of this process.
 */
final class EngineCount implements CountSubject {
    private static final String STREAM = "events";
    private static final int TEMPLATE = 1;
    private static final long TIMEOUT_MILLIS = 120_000;
    private static final long NS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final int parallelism;
    private final Delivery delivery;
    private final Path directory;
    private Peregrine engine;
    private boolean isFilled;
    private int runs;

    EngineCount(final int parallelism, final Delivery delivery, final Path directory) {
        this.parallelism = parallelism;
        this.delivery = delivery;
        this.directory = directory;
        open();
    }

    private void open() {
        engine = Peregrine.open(ConfigFactory.empty().withValue("peregrine.data-dir",
            ConfigValueFactory.fromAnyRef(directory.resolve("engine").toString())));
    }

    private void publish(final CountLoad load, final String stream) {
        final UnsafeBuffer payload = Payload.of(CountStages.EVENT_LENGTH);
        try (Publisher publisher = engine.publisher(stream, "bench")) {
            if (load.paced()) {
                RunClock.start();
            }
            for (long i = 0; i < load.events(); i++) {
                if (load.paced()) {
                    awaitTime(RunClock.dueNs(i, load.ratePerSecond()));
                }
                publish(publisher, payload, load.key(i), load.timeMillis(i));
            }
            publish(publisher, payload, CountResults.NOBODY, load.afterAll());
        }
    }

    private static void publish(
        final Publisher publisher, final UnsafeBuffer payload, final long key, final long timeMillis) {
        payload.putLong(CountStages.KEY, key);
        publisher.publish(KeyHash.of(key), 1, TEMPLATE, timeMillis * NS_PER_MILLI, payload, 0, payload.capacity());
    }

    private static void awaitTime(final long dueNs) {
        for (long early = dueNs - System.nanoTime(); early > 0; early = dueNs - System.nanoTime()) {
            LockSupport.parkNanos(early);
        }
    }

    private Topology topology(final CountLoad load, final String stream) {
        final long windowNs = load.windowMillis() * NS_PER_MILLI;
        return TopologyBuilder.named("count-" + runs).threads(parallelism).delivery(delivery)
            .source("source", stream)
            .stage("time", () -> new CountStages.Time(windowNs)).global("source")
            .stage("count", parallelism, () -> new CountStages.Count(windowNs)).key("time")
            .sink("results", CountStages.Results::new).global("count")
            .build();
    }

    @Override
    public void run(final CountResults results) throws Exception {
        final CountLoad load = results.load();
        runs++;
        final String stream = load.paced() ? STREAM + "-" + runs : STREAM;
        if (load.paced() || !isFilled) {
            engine.provisionStream(StreamConfig.of(stream));
        }
        if (!load.paced() && !isFilled) {
            publish(load, stream);
            isFilled = true;
            engine.close();
            open();
        }
        if (!load.paced()) {
            RunClock.start();
        }
        try (RunningTopology topology = engine.submit(topology(load, stream))) {
            if (load.paced()) {
                publish(load, stream);
            }
            try {
                results.await(TIMEOUT_MILLIS);
            } catch (final IllegalStateException e) {
                if (topology.failure() != null) {
                    e.addSuppressed(topology.failure());
                }
                throw e;
            }
            topology.awaitDrained();
            results.end();
        }
        if (load.paced()) {
            engine.deleteStream(stream);
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
