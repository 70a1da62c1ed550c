/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends at a fixed rate and measures from the moment at which each payload was <em>meant</em> to be sent, so that a
 * stall counts for every payload that it delayed and not only for the one that met it (G. Tene, "How NOT to Measure
 * Latency"). A single sender runs on the calling thread, several on threads of their own, and so do the receivers.
 */
public final class FixedRateRig {
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(10);
    private static final int DIGITS = 3;
    private static final int DRAINS = 2;
    /** Once everything is sent, how long what is still on its way may take. */
    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(30);
    /** Where the payload says when it was due, and whether it is measured. */
    private static final int INTENDED_OFFSET = 0;
    private static final int MEASURED_OFFSET = Long.BYTES;

    private final Transport transport;
    private final Load load;
    private final int payloadLength;
    private final List<Histogram> histograms = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private FixedRateRig(final Transport transport, final int payloadLength, final Load load) {
        this.transport = transport;
        this.payloadLength = payloadLength;
        this.load = load;
    }

    /**
     * Runs once.
     *
     * @param payloadLength bytes of each payload, at least 16.
     * @param result takes the times from intended send to receipt, of every receiver.
     */
    public static void run(
        final Transport transport, final int payloadLength, final Load load, final Latency result) {
        new FixedRateRig(transport, payloadLength, load).run(result);
    }

    private void run(final Latency result) {
        final List<Drain> drains = new ArrayList<>();
        final List<Transport.Sender> senders = new ArrayList<>();
        try (HiccupRecorder hiccups = new HiccupRecorder()) {
            for (int i = 0; i < Math.min(DRAINS, load.receivers()); i++) {
                drains.add(openDrain(i));
            }
            for (int i = 0; i < load.senders(); i++) {
                senders.add(transport.newSender());
            }
            final long count = load.perSender() * load.senders();
            final long allocatedBefore = Allocation.bytes();
            sendAll(senders);
            awaitAll(drains, count * load.receivers());
            final long allocated = Allocation.bytes() - allocatedBefore;
            final Histogram all = new Histogram(HIGHEST_NS, DIGITS);
            CloseHelper.closeAll(drains); // their threads have ended: what they noted is seen
            histograms.forEach(all::add);
            result.set(all, allocated / (double) count, hiccups.longestNs());
        } finally {
            drains.forEach(Drain::stop);
            CloseHelper.closeAll(senders);
        }
    }

    private Drain openDrain(final int index) {
        final Histogram histogram = new Histogram(HIGHEST_NS, DIGITS);
        histograms.add(histogram);
        final List<Transport.Receiver> receivers = new ArrayList<>();
        for (int i = index; i < load.receivers(); i += DRAINS) {
            receivers.add(transport.newTail());
        }
        return new Drain(receivers, (buffer, offset, length) -> {
            if (buffer.getLong(offset + MEASURED_OFFSET) != 0) {
                histogram.recordValue(Math.max(0, System.nanoTime() - buffer.getLong(offset + INTENDED_OFFSET)));
            }
        });
    }

    private void awaitAll(final List<Drain> drains, final long expected) {
        final long end = System.nanoTime() + GRACE_NS;
        for (final Drain drain : drains) {
            drain.await(() -> received(drains) >= expected || System.nanoTime() > end);
        }
        if (received(drains) < expected) {
            throw new IllegalStateException("only " + received(drains) + " of " + expected
                + " payloads arrived within 30 seconds of the last");
        }
    }

    private static long received(final List<Drain> drains) {
        long received = 0;
        for (final Drain drain : drains) {
            received += drain.received();
        }
        return received;
    }

    private void sendAll(final List<Transport.Sender> senders) {
        final long start = System.nanoTime();
        if (senders.size() == 1) {
            send(senders.get(0), start);
            return;
        }
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < senders.size(); i++) {
            final Transport.Sender sender = senders.get(i);
            // spread over a period, not all at once
            final long own = start + (long) (load.periodNs() * i / senders.size());
            final Thread thread = new Thread(() -> send(sender, own), "bench-sender-" + i);
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((failed, thrown) -> failure.compareAndSet(null, thrown));
            threads.add(thread);
            thread.start();
        }
        for (final Thread thread : threads) {
            join(thread);
        }
        if (failure.get() != null) {
            throw new IllegalStateException("a sender failed: " + failure.get(), failure.get());
        }
    }

    private static void join(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending", e);
        }
    }

    private void send(final Transport.Sender sender, final long start) {
        final UnsafeBuffer payload = Payload.of(payloadLength);
        final double periodNs = load.periodNs();
        final long settling = load.settling();
        final long count = load.perSender();
        for (long i = 0; i < count; i++) {
            final long intended = start + (long) (i * periodNs);
            if (System.nanoTime() < intended) {
                sender.flush();
                awaitTime(intended);
            }
            payload.putLong(INTENDED_OFFSET, intended);
            payload.putLong(MEASURED_OFFSET, i < settling ? 0 : 1);
            sender.send(payload, payload.capacity());
        }
        sender.flush();
    }

    private void awaitTime(final long intended) {
        while (true) {
            final long left = intended - System.nanoTime();
            if (left <= 0) {
                return;
            }
            if (load.paced()) {
                LockSupport.parkNanos(left);
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
