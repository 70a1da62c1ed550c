/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.QuotaExceededException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one client may publish to a stream and has published. One thread publishes, any may read the counters. Without a
 * limit it costs one load of the limits in force and two counters that nobody else writes.
 */
final class ClientQuota {
    /** Altered limits and an interrupt are seen so soon while a publisher is held up. */
    private static final long LONGEST_PARK_NS = TimeUnit.MILLISECONDS.toNanos(10);
    /** Counters stand apart from those of other clients: each is written for every record. */
    private static final int PADDING = 16;
    private static final int RECORDS = PADDING;
    private static final int BYTES = RECORDS + 1;
    private static final int OVER_SOFT = BYTES + 1;
    private static final int OVER_HARD = OVER_SOFT + 1;
    private static final int BLOCKED_NS = OVER_HARD + 1;

    private final Quotas quotas;
    private final String stream;
    private final String client;
    private final AtomicLongArray counters = new AtomicLongArray(BLOCKED_NS + 1 + PADDING);
    private Quotas.Buckets known;
    private QuotaBuckets own;
    private boolean limited;

    ClientQuota(final Quotas quotas, final String stream, final String client) {
        this.quotas = quotas;
        this.stream = stream;
        this.client = client;
    }

    /**
     * Asks for leave to publish; may wait, if the limits say so.
     *
     * @throws QuotaExceededException if it is refused, or the thread is interrupted while it waits.
     */
    void admit(final int records, final long bytes) {
        adoptCurrent();
        if (limited) {
            admitLimited(records, bytes);
        }
        add(RECORDS, records);
        add(BYTES, bytes);
    }

    /** As {@link #admit}, but neither waits nor throws; returns whether it may publish. */
    boolean tryAdmit(final int records, final long bytes) {
        adoptCurrent();
        if (limited) {
            final long now = quotas.clock().nanoTime();
            if (takeHard(records, bytes, now) != null) {
                add(OVER_HARD, records);
                if (known.limits().onExceed() != Limits.OnExceed.COUNT) {
                    return false;
                }
            }
            countSoft(records, bytes, now);
        }
        add(RECORDS, records);
        add(BYTES, bytes);
        return true;
    }

    private void adoptCurrent() {
        final Quotas.Buckets now = quotas.buckets();
        if (now != known) {
            adopt(now);
        }
    }

    private void adopt(final Quotas.Buckets buckets) {
        final Limits limits = buckets.limits();
        final RateLimit named = limits.clients().get(client);
        own = named == null
            ? new QuotaBuckets("limits.client", limits.client(), false, quotas.clock().nanoTime())
            : new QuotaBuckets("limits.clients." + client, named, false, quotas.clock().nanoTime());
        limited = !own.isUnlimited() || !buckets.stream().isUnlimited();
        known = buckets;
    }

    private void admitLimited(final int records, final long bytes) {
        final long start = quotas.clock().nanoTime();
        RateBucket exceeded = takeHard(records, bytes, start);
        long now = start;
        if (exceeded != null) {
            add(OVER_HARD, records);
            if (known.limits().onExceed() == Limits.OnExceed.REFUSE) {
                throw refused(exceeded, "it is refused; publish slower, or raise the limit");
            }
            while (exceeded != null && known.limits().onExceed() == Limits.OnExceed.BLOCK) {
                now = await(exceeded, start, records, bytes, now);
                exceeded = takeHard(records, bytes, now);
            }
        }
        countSoft(records, bytes, now);
    }

    private void countSoft(final int records, final long bytes, final long now) {
        final boolean over = own.isOverSoft(records, bytes, now);
        if (known.stream().isOverSoft(records, bytes, now) || over) {
            add(OVER_SOFT, records);
        }
    }

    private RateBucket takeHard(final int records, final long bytes, final long nowNs) {
        final RateBucket exceeded = own.takeHard(records, bytes, nowNs);
        if (exceeded != null) {
            return exceeded;
        }
        final RateBucket shared = known.stream().takeHard(records, bytes, nowNs);
        if (shared != null) {
            own.giveBackHard(records, bytes);
        }
        return shared;
    }

    /** Waits a while for an exceeded limit; returns the time then. */
    private long await(
        final RateBucket exceeded, final long start, final int records, final long bytes, final long nowNs) {
        quotas.clock().park(Math.min(exceeded.waitNs(records, bytes, nowNs), LONGEST_PARK_NS));
        final long now = quotas.clock().nanoTime();
        add(BLOCKED_NS, now - nowNs);
        if (Thread.currentThread().isInterrupted()) {
            throw refused(exceeded, "interrupted after it had waited " + (now - start) + " ns");
        }
        if (quotas.buckets() != known) {
            adopt(quotas.buckets());
        }
        return now;
    }

    private QuotaExceededException refused(final RateBucket exceeded, final String why) {
        return new QuotaExceededException(stream, client, exceeded.limit(), exceeded.perSecond(), why);
    }

    private void add(final int counter, final long count) {
        // release without an atomic add: only the publisher's thread writes
        counters.setRelease(counter, counters.getPlain(counter) + count);
    }

    ClientUsage usage() {
        return new ClientUsage(client, counters.getAcquire(RECORDS), counters.getAcquire(BYTES),
            counters.getAcquire(OVER_SOFT), counters.getAcquire(OVER_HARD), counters.getAcquire(BLOCKED_NS));
    }
}
