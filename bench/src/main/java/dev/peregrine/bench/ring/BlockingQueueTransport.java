/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.ring;

import dev.peregrine.bench.rig.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The JDK's bounded queue of arrays, a new one per payload: what one writes without a library. */
final class BlockingQueueTransport implements Transport {
    private final ArrayBlockingQueue<byte[]> queue;

    BlockingQueueTransport(final int slots) {
        queue = new ArrayBlockingQueue<>(slots);
    }

    @Override
    public Sender newSender() {
        return new Sender() {
            @Override
            public void send(final DirectBuffer payload, final int length) {
                final byte[] copy = new byte[length];
                payload.getBytes(0, copy);
                while (!queue.offer(copy)) {
                    IDLE.idle();
                }
            }
        };
    }

    @Override
    public Receiver newReceiver() {
        final List<byte[]> taken = new ArrayList<>();
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        return (handler, limit) -> {
            final int work = queue.drainTo(taken, limit);
            for (int i = 0; i < work; i++) {
                final byte[] payload = taken.get(i);
                view.wrap(payload);
                handler.onPayload(view, 0, payload.length);
            }
            taken.clear();
            return work;
        };
    }

    @Override
    public void close() {
        // nothing but memory
    }
}
