/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class FixedRateRigTest {
    private static final int RATE = 10_000;
    private static final long DURATION_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Load LOAD = new Load(RATE, 0, DURATION_NS, 1, 1, false);
    private static final long STALL_NS = TimeUnit.MILLISECONDS.toNanos(50);

    /** A queue whose sender stalls once, half way through. */
    private static final class StallingTransport implements Transport {
        private final ArrayBlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(RATE);
        private final boolean breaks;

        StallingTransport(final boolean breaks) {
            this.breaks = breaks;
        }

        @Override
        public Sender newSender() {
            return new Sender() {
                private int sent;

                @Override
                public void send(final DirectBuffer payload, final int length) {
                    sent++;
                    if (sent == RATE / 20) {
                        final long end = System.nanoTime() + STALL_NS;
                        while (System.nanoTime() < end) {
                            Thread.onSpinWait();
                        }
                    }
                    final byte[] copy = new byte[length];
                    payload.getBytes(0, copy);
                    queue.add(copy);
                }
            };
        }

        @Override
        public Receiver newReceiver() {
            return (handler, limit) -> {
                final byte[] payload = queue.poll();
                if (payload == null) {
                    return 0;
                }
                if (breaks) {
                    throw new IllegalStateException("broken");
                }
                handler.onPayload(new UnsafeBuffer(payload), 0, payload.length);
                return 1;
            };
        }

        @Override
        public void close() {
            // nothing to close
        }
    }

    /** A queue per receiver; what is not measured is counted and makes no figure. */
    private static final class FanOutTransport implements Transport {
        private final List<ConcurrentLinkedQueue<byte[]>> queues = new CopyOnWriteArrayList<>();
        private final AtomicInteger delivered;

        FanOutTransport(final AtomicInteger delivered) {
            this.delivered = delivered;
        }

        @Override
        public Sender newSender() {
            return (payload, length) -> {
                final byte[] copy = new byte[length];
                payload.getBytes(0, copy);
                queues.forEach(queue -> queue.add(copy));
            };
        }

        @Override
        public Receiver newReceiver() {
            final ConcurrentLinkedQueue<byte[]> queue = new ConcurrentLinkedQueue<>();
            queues.add(queue);
            return (handler, limit) -> {
                final byte[] payload = queue.poll();
                if (payload == null) {
                    return 0;
                }
                delivered.incrementAndGet();
                handler.onPayload(new UnsafeBuffer(payload), 0, payload.length);
                return 1;
            };
        }

        @Override
        public void close() {
            // nothing to close
        }
    }

    @Test
    void shouldCountAStallForEveryPayloadThatWasDueMeanwhile() {
        final Latency latency = new Latency();

        FixedRateRig.run(new StallingTransport(false), 64, LOAD, latency);

        // half of all payloads were due in the stall; measured from the send, only one of a thousand would be late
        assertThat(latency.p99Micros).isGreaterThan(TimeUnit.NANOSECONDS.toMicros(STALL_NS) / 2.0);
    }

    @Test
    void shouldMeasureEveryReceiverOfSeveralSendersAndNothingBeforeItSettled() {
        final Latency latency = new Latency();
        final AtomicInteger delivered = new AtomicInteger();
        final Transport transport = new FanOutTransport(delivered);

        FixedRateRig.run(transport, 64, new Load(RATE, DURATION_NS, DURATION_NS, 2, 3, true), latency);

        // half of what is sent is sent before it counts
        assertThat(delivered).hasValue(3 * 2 * RATE / 10);
        assertThat(latency.maxMicros).isGreaterThanOrEqualTo(latency.p50Micros);
        assertThat(latency.hiccupMicros).isPositive();
    }

    @Test
    void shouldSayThatTheReceiverFailed() {
        assertThatThrownBy(
            () -> FixedRateRig.run(new StallingTransport(true), 64, LOAD, new Latency()))
            .hasMessageContaining("the receiver failed").hasMessageContaining("broken");
    }
}
