/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends at a fixed rate and measures from the moment at which each payload was <em>meant</em> to be sent, so that a
 * stall counts for every payload that it delayed and not only for the one that met it (G. Tene, "How NOT to Measure
 * Latency"). The sender runs on the calling thread, the receiver on one of its own.
 */
public final class FixedRateRig {
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(10);
    private static final int DIGITS = 3;
    /** Once everything is sent, how long what is still on its way may take. */
    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(30);


    private FixedRateRig() {
    }

    /**
     * Runs once.
     *
     * @param payload the bytes to send; the first eight carry the intended time.
     * @param ratePerSecond payloads per second.
     * @param durationNs how long to send.
     * @param result takes the times from intended send to receipt.
     */
    public static void run(
        final Transport transport, final UnsafeBuffer payload, final long ratePerSecond, final long durationNs,
        final Latency result) {
        final Histogram histogram = new Histogram(HIGHEST_NS, DIGITS);
        final long count = Math.max(1, ratePerSecond * durationNs / TimeUnit.SECONDS.toNanos(1));
        try (Transport.Sender sender = transport.newSender();
            Drain drain = new Drain(transport.newReceiver(), (buffer, offset, length) ->
                histogram.recordValue(Math.max(0, System.nanoTime() - buffer.getLong(offset))))) {
            final long allocatedBefore = Allocation.bytes();
            send(sender, payload, count, ratePerSecond);
            final long end = System.nanoTime() + GRACE_NS;
            drain.await(() -> drain.received() >= count || System.nanoTime() > end);
            final long allocated = Allocation.bytes() - allocatedBefore;
            if (drain.received() < count) {
                throw new IllegalStateException(
                    "only " + drain.received() + " of " + count + " payloads arrived within 30 seconds of the last");
            }
            result.set(histogram, allocated);
        }
    }

    private static void send(
        final Transport.Sender sender, final UnsafeBuffer payload, final long count, final long ratePerSecond) {
        final double periodNs = (double) TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
        final long start = System.nanoTime();
        for (long i = 0; i < count; i++) {
            final long intended = start + (long) (i * periodNs);
            if (System.nanoTime() < intended) {
                sender.flush();
                while (System.nanoTime() < intended) {
                    Thread.onSpinWait();
                }
            }
            payload.putLong(0, intended);
            sender.send(payload, payload.capacity());
        }
        sender.flush();
    }
}
