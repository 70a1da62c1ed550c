/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import com.typesafe.config.Config;
import dev.peregrine.Peregrine;
import dev.peregrine.app.Feed;
import dev.peregrine.eventbus.Publisher;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes the generator's events, going on where the last run ended. Settings: {@code rate} per second of real time
 * (10000; 0 for as fast as it can), {@code events} in all (without end), {@code stream} (auctions), {@code seed},
 * {@code out-of-order}: how many events make a group in which they are shuffled (1). Event time goes on by the published
 * 10,000 events to the second.
 */
public final class NexmarkFeed implements Feed {
    private static final Set<String> KEYS = Set.of("rate", "events", "stream", "seed", "out-of-order");
    private static final String PUBLISHER = "nexmark";
    private static final long DEFAULT_RATE = 10_000;
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final long WAIT_NS = 50_000;
    /** So that an interrupt is heard. */
    private static final long MAX_BATCH = 10_000;

    @Override
    public void run(final Peregrine engine, final String name, final Config config) {
        final Config own = NexmarkTopology.settings(config, KEYS, "a Nexmark feed");
        final long rate = own.hasPath("rate") ? own.getLong("rate") : DEFAULT_RATE;
        final long events = own.hasPath("events") ? own.getLong("events") : Long.MAX_VALUE;
        NexmarkConfig generated = NexmarkConfig.published();
        if (own.hasPath("seed")) {
            generated = generated.withSeed(own.getLong("seed"));
        }
        if (own.hasPath("out-of-order")) {
            generated = generated.withOutOfOrderGroup(own.getInt("out-of-order"));
        }
        final NexmarkGenerator generator = new NexmarkGenerator(generated);
        try (Publisher publisher = engine.publisher(
            own.hasPath("stream") ? own.getString("stream") : NexmarkTopology.STREAM, PUBLISHER)) {
            publish(generator, publisher, events, rate);
        }
    }

    /** Publishes what is due, then parks. */
    private static void publish(
        final NexmarkGenerator generator, final Publisher publisher, final long events, final long rate) {
        final long first = publisher.lastSequence() + 1;
        final long startNs = System.nanoTime();
        long next = first;
        while (next < events && !Thread.currentThread().isInterrupted()) {
            final long elapsedNs = System.nanoTime() - startNs;
            final long due = rate == 0 ? events
                : first + elapsedNs / NS_PER_SECOND * rate + elapsedNs % NS_PER_SECOND * rate / NS_PER_SECOND + 1;
            for (final long end = Math.min(Math.min(due, events), next + MAX_BATCH); next < end; next++) {
                generator.publish(next, publisher);
            }
            LockSupport.parkNanos(WAIT_NS);
        }
    }
}
