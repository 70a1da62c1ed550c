/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import java.util.concurrent.TimeUnit;

/**
 * What {@link FixedRateRig} puts on a transport.
 *
 * @param ratePerSecond payloads per second, of all senders together.
 * @param settleNs how long is sent before anything is measured, so that opening the transport is no part of it.
 * @param durationNs how long is sent and measured.
 * @param senders sending threads; each has its share of the rate.
 * @param receivers receivers, each of which gets everything; two threads poll them by turns.
 * @param paced whether senders sleep until something is due rather than spin, as most publishers do; it costs each
 *     payload the time of waking up, and leaves the core to others.
 */
public record Load(long ratePerSecond, long settleNs, long durationNs, int senders, int receivers, boolean paced) {
    private static final long SETTLE_MS = 300;

    /** One spinning sender, one receiver, and a moment to settle. */
    public static Load of(final long ratePerSecond, final long durationMs) {
        return new Load(ratePerSecond, TimeUnit.MILLISECONDS.toNanos(SETTLE_MS),
            TimeUnit.MILLISECONDS.toNanos(durationMs), 1, 1, false);
    }

    /** The same with so many senders and receivers, and senders that sleep. */
    public Load paced(final int senderCount, final int receiverCount) {
        return new Load(ratePerSecond, settleNs, durationNs, senderCount, receiverCount, true);
    }

    /** Payloads that each sender sends while nothing is measured yet. */
    long settling() {
        return ratePerSecond * settleNs / TimeUnit.SECONDS.toNanos(1) / senders;
    }

    /** Payloads that each sender sends in all. */
    long perSender() {
        return settling() + Math.max(1, ratePerSecond * durationNs / TimeUnit.SECONDS.toNanos(1) / senders);
    }

    /** Nanoseconds between two payloads of a sender. */
    double periodNs() {
        return (double) TimeUnit.SECONDS.toNanos(1) * senders / ratePerSecond;
    }
}
