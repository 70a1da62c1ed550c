/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.ring;

import dev.peregrine.bench.rig.Transport;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** Agrona's byte ring, with room for as many payloads as the others have slots. */
final class AgronaRingTransport implements Transport {
    private static final int TYPE = 1;

    private final OneToOneRingBuffer ring;

    AgronaRingTransport(final int slots, final int payloadLength) {
        final int length = BitUtil.findNextPositivePowerOfTwo(
            slots * BitUtil.align(payloadLength + RecordDescriptor.HEADER_LENGTH, RecordDescriptor.ALIGNMENT));
        ring = new OneToOneRingBuffer(new UnsafeBuffer(BufferUtil.allocateDirectAligned(
            length + RingBufferDescriptor.TRAILER_LENGTH, BitUtil.CACHE_LINE_LENGTH)));
    }

    @Override
    public Sender newSender() {
        return new Sender() {
            @Override
            public void send(final DirectBuffer payload, final int length) {
                while (!ring.write(TYPE, payload, 0, length)) {
                    IDLE.idle();
                }
            }
        };
    }

    @Override
    public Receiver newReceiver() {
        return new Receiver() {
            private Payloads to;
            private final MessageHandler messages =
                (type, buffer, index, length) -> to.onPayload(buffer, index, length);

            @Override
            public int poll(final Payloads handler, final int limit) {
                to = handler;
                return ring.read(messages, limit);
            }
        };
    }

    @Override
    public void close() {
        // nothing but memory
    }
}
