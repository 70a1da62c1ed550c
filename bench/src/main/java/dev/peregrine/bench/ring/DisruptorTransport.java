/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.ring;

import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.YieldingWaitStrategy;
import dev.peregrine.bench.rig.Payload;
import dev.peregrine.bench.rig.Transport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A plain Disruptor of preallocated buffers, polled. */
final class DisruptorTransport implements Transport {
    private final RingBuffer<UnsafeBuffer> ring;
    private final Sequence consumed = new Sequence();
    private final int batch;

    DisruptorTransport(final int slots, final int payloadLength, final int batch) {
        this.batch = batch;
        ring = RingBuffer.createSingleProducer(() -> Payload.of(payloadLength), slots, new YieldingWaitStrategy());
        ring.addGatingSequences(consumed);
    }

    @Override
    public Sender newSender() {
        return new Sender() {
            private long published = ring.getCursor();
            private long claimed = published;

            @Override
            public void send(final DirectBuffer payload, final int length) {
                while (!ring.hasAvailableCapacity(1)) {
                    flush();
                    IDLE.idle();
                }
                claimed = ring.next();
                ring.get(claimed).putBytes(0, payload, 0, length);
                if (claimed - published >= batch) {
                    flush();
                }
            }

            @Override
            public void flush() {
                if (claimed > published) {
                    ring.publish(published + 1, claimed);
                    published = claimed;
                }
            }
        };
    }

    @Override
    public Receiver newReceiver() {
        return (handler, limit) -> {
            final long first = consumed.get() + 1;
            final long last = Math.min(ring.getCursor(), first + limit - 1);
            for (long next = first; next <= last; next++) {
                final UnsafeBuffer payload = ring.get(next);
                handler.onPayload(payload, 0, payload.capacity());
            }
            if (last >= first) {
                consumed.set(last);
            }
            return (int) (last - first + 1);
        };
    }

    @Override
    public void close() {
        // nothing but memory
    }
}
