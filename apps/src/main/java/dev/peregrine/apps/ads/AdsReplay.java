/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import dev.peregrine.apps.ads.codec.AdEventEncoder;
import dev.peregrine.core.time.EngineClock;
import dev.peregrine.eventbus.Publisher;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.agrona.concurrent.EpochNanoClock;

/**
 * Publishes encoded rows: flat out, never more than a given number of rows ahead of what can be queried; or at a fixed
 * rate on a fixed schedule, where a row's timestamp is the time at which it was meant to be sent, so that a stall of
 * the publisher counts as latency. Allocates nothing per row. Used by one thread.
 */
final class AdsReplay {
    static final long MAX_LEAD = 65_536;
    private static final int CLOCK_EVERY = 32;
    private static final int LEAD_EVERY = 1_024;
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final long WAIT_NS = 50_000;

    private final EncodedRows rows;
    private final Publisher publisher;
    private final EpochNanoClock clock = EngineClock.INSTANCE;
    private long next;
    private int row;
    private long shiftNs;

    AdsReplay(final EncodedRows rows, final Publisher publisher) {
        this.rows = rows;
        this.publisher = publisher;
        this.next = publisher.lastSequence() + 1;
        this.row = (int) (next % rows.count());
        this.shiftNs = next / rows.count() * rows.spanNs();
    }

    /** Publishes as fast as it can; returns at the target or when interrupted. */
    void runFlatOut(final long target, final LongSupplier queryable) {
        long now = clock.nanoTime();
        long allowed = 0;
        while (next < target) {
            if (next >= allowed) {
                allowed = awaitLead(queryable);
                now = clock.nanoTime();
                if (allowed < 0) {
                    return;
                }
            }
            if (next % CLOCK_EVERY == 0) {
                now = clock.nanoTime();
            }
            publish(now);
        }
    }

    private long awaitLead(final LongSupplier queryable) {
        while (!Thread.currentThread().isInterrupted()) {
            final long room = queryable.getAsLong() + MAX_LEAD - next;
            if (room > 0) {
                return next + Math.min(room, LEAD_EVERY);
            }
            LockSupport.parkNanos(WAIT_NS);
        }
        return -1;
    }

    /**
     * Publishes on a fixed schedule; returns at the target or when interrupted. What is due is published at once, then
     * the thread parks: it leaves its core to others between two rows rather than spin on the clock.
     */
    void runAtRate(final long target, final long ratePerSecond) {
        final long first = next;
        final long start = clock.nanoTime();
        while (next < target) {
            final long now = clock.nanoTime();
            long due = due(next - first, ratePerSecond, start);
            while (due <= now && next < target) {
                publish(due);
                due = due(next - first, ratePerSecond, start);
            }
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            LockSupport.parkNanos(Math.min(due - now, WAIT_NS));
        }
    }

    private static long due(final long row, final long ratePerSecond, final long start) {
        return start + row / ratePerSecond * NS_PER_SECOND + row % ratePerSecond * NS_PER_SECOND / ratePerSecond;
    }

    private void publish(final long timestampNs) {
        final int at = publisher.claim(rows.keyHash(row), EncodedRows.LENGTH);
        rows.copyTo(row, shiftNs, publisher.buffer(), at);
        publisher.commit(AdEventEncoder.SCHEMA_ID, AdEventEncoder.TEMPLATE_ID, timestampNs, next);
        next++;
        row++;
        if (row == rows.count()) {
            row = 0;
            shiftNs += rows.spanNs();
        }
    }

    /** Number of the next row: rows published so far, over all runs. */
    long published() {
        return next;
    }
}
