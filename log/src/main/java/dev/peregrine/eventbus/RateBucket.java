/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket that holds what one second allows, kept as one number: the time at which it would be full again (the
 * generic cell rate algorithm, ITU-T I.371). What does not fit takes nothing. What is more than a whole bucket fits when
 * the bucket is full, and is then paid off.
 *
 * <p>A shared bucket is for any number of threads, by compare-and-set; the other kind for one thread at a time.
 */
final class RateBucket {
    /** Times are in 1/64 ns, so that a billion bytes per second do not come to nothing. */
    private static final int SCALE_SHIFT = 6;
    /** Credit is at most this part of what a second brings, as a power of two. */
    private static final int CREDIT_SHIFT = 12;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1) << SCALE_SHIFT;

    private final String limit;
    private final long perSecond;
    private final boolean ofBytes;
    private final boolean shared;
    private final long epochNs;
    private final double costOfOne;
    private final AtomicLong fullAt = new AtomicLong();

    /**
     * A full bucket.
     *
     * @param limit the setting, for messages.
     * @param ofBytes whether it counts bytes, not records.
     */
    RateBucket(
        final String limit, final long perSecond, final boolean ofBytes, final boolean shared, final long nowNs) {
        this.limit = limit;
        this.perSecond = perSecond;
        this.ofBytes = ofBytes;
        this.shared = shared;
        this.epochNs = nowNs;
        this.costOfOne = (double) SECOND / perSecond;
    }

    String limit() {
        return limit;
    }

    long perSecond() {
        return perSecond;
    }

    /** Takes its part, records or bytes, if that fits. */
    boolean take(final int records, final long bytes, final long nowNs) {
        final long cost = cost(records, bytes);
        final long now = scaled(nowNs);
        while (true) {
            final long full = shared ? fullAt.get() : fullAt.getPlain();
            if (full > now && full + cost > now + SECOND) {
                return false;
            }
            final long after = Math.max(full, now) + cost;
            if (!shared) {
                fullAt.setPlain(after);
                return true;
            }
            if (fullAt.compareAndSet(full, after)) {
                return true;
            }
        }
    }

    /** Takes the part of what was published already, whether it fits or not. */
    void pay(final int records, final long bytes, final long nowNs) {
        final long cost = cost(records, bytes);
        final long now = scaled(nowNs);
        if (!shared) {
            fullAt.setPlain(Math.max(fullAt.getPlain(), now) + cost);
            return;
        }
        long full;
        do {
            full = fullAt.get();
        } while (!fullAt.compareAndSet(full, Math.max(full, now) + cost));
    }

    /** How much one client may publish before it pays. */
    long credit() {
        return perSecond >> CREDIT_SHIFT;
    }

    /** Nanoseconds until it would fit if nobody else took any; at the latest when the bucket is full. */
    long waitNs(final int records, final long bytes, final long nowNs) {
        final long full = fullAt.get();
        final long left = Math.min(full + cost(records, bytes) - SECOND, full) - scaled(nowNs);
        return left <= 0 ? 0 : (left >> SCALE_SHIFT) + 1;
    }

    /** Gives back what was taken and not used. */
    void giveBack(final int records, final long bytes) {
        if (shared) {
            fullAt.addAndGet(-cost(records, bytes));
        } else {
            fullAt.setPlain(fullAt.getPlain() - cost(records, bytes));
        }
    }

    private long scaled(final long nowNs) {
        return (nowNs - epochNs) << SCALE_SHIFT;
    }

    private long cost(final int records, final long bytes) {
        return (long) ((ofBytes ? bytes : records) * costOfOne);
    }
}
