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
 *
 * <p>Reading the clock and taking from up to eight buckets costs half as much as the rest of a publish. So a client that
 * is within its limits gets a small credit and pays for what it published on it together, when it is used up: it may be
 * ahead of a limit by 64 records, and by no more than a 4096th of what a second brings.
 */
final class ClientQuota {
    /** Altered limits and an interrupt are seen so soon while a publisher is held up. */
    private static final long LONGEST_PARK_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int MOST_CREDIT = 64;
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
    /** What may be owed under the limits in force by a client that is within them. */
    private int fullCreditRecords;
    private long fullCreditBytes;
    /** What may be owed now. */
    private int creditRecords;
    private long creditBytes;
    /** When the credit was granted: what was published on it is paid as of then, or an idle time would be lost. */
    private long creditSinceNs;
    /** What was published and not paid yet. */
    private int owedRecords;
    private long owedBytes;

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
        if (limited && !owe(records, bytes)) {
            admitLimited(records, bytes);
        }
        add(RECORDS, records);
        add(BYTES, bytes);
    }

    /** As {@link #admit}, but neither waits nor throws; returns whether it may publish. */
    boolean tryAdmit(final int records, final long bytes) {
        adoptCurrent();
        if (limited && !owe(records, bytes)) {
            final long now = quotas.clock().nanoTime();
            pay();
            if (takeHard(records, bytes, now) == null) {
                grantCredit(now);
            } else {
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
        fullCreditRecords =
            (int) Math.min(MOST_CREDIT, Math.min(own.creditOfRecords(), buckets.stream().creditOfRecords()));
        fullCreditBytes = Math.min(own.creditOfBytes(), buckets.stream().creditOfBytes());
        creditRecords = 0;
        owedRecords = 0; // the new buckets are full
        owedBytes = 0;
        known = buckets;
    }

    /** Whether the credit allows it; it is owed then. */
    private boolean owe(final int records, final long bytes) {
        if (records > creditRecords - owedRecords || bytes > creditBytes - owedBytes) {
            return false;
        }
        owedRecords += records;
        owedBytes += bytes;
        return true;
    }

    private void grantCredit(final long nowNs) {
        creditSinceNs = nowNs;
        creditRecords = fullCreditRecords;
        creditBytes = fullCreditBytes;
    }

    /** Pays for what was published on credit, which ends. */
    private void pay() {
        creditRecords = 0;
        if (owedRecords > 0) {
            own.payHard(owedRecords, owedBytes, creditSinceNs);
            known.stream().payHard(owedRecords, owedBytes, creditSinceNs);
            countSoft(owedRecords, owedBytes, creditSinceNs);
            owedRecords = 0;
            owedBytes = 0;
        }
    }

    private void admitLimited(final int records, final long bytes) {
        final long start = quotas.clock().nanoTime();
        pay();
        RateBucket exceeded = takeHard(records, bytes, start);
        long now = start;
        if (exceeded == null) {
            grantCredit(start);
        } else {
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
