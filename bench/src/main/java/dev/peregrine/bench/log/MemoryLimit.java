/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.Transport;
import dev.peregrine.log.FrameDescriptor;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What the machine can do at most: copying a payload to where its frame would lie and computing the frame's checksum, in
 * memory that is there already and is each thread's own. Nothing is kept and nobody can read it.
 */
final class MemoryLimit implements Transport {
    private static final int LENGTH = 64 << 20;
    private static final ThreadLocal<ByteBuffer> MEMORY = ThreadLocal.withInitial(MemoryLimit::touched);

    private static ByteBuffer touched() {
        final ByteBuffer memory = BufferUtil.allocateDirectAligned(LENGTH, BitUtil.CACHE_LINE_LENGTH);
        new UnsafeBuffer(memory).setMemory(0, LENGTH, (byte) 1);
        return memory;
    }

    @Override
    public Sender newSender() {
        final ByteBuffer memory = MEMORY.get();
        final UnsafeBuffer buffer = new UnsafeBuffer(memory);
        final ByteBuffer view = memory.duplicate();
        final CRC32C crc = new CRC32C();
        return new Sender() {
            private int offset;

            @Override
            public void send(final DirectBuffer payload, final int length) {
                final int aligned = FrameDescriptor.alignedLength(length);
                if (offset + aligned > LENGTH) {
                    offset = 0;
                }
                buffer.putBytes(offset + FrameDescriptor.HEADER_LENGTH, payload, 0, length);
                crc.reset();
                view.limit(offset + FrameDescriptor.HEADER_LENGTH + length)
                    .position(offset + FrameDescriptor.CRC_FROM);
                crc.update(view);
                buffer.putInt(offset + FrameDescriptor.CRC_OFFSET, (int) crc.getValue());
                buffer.putIntRelease(offset + FrameDescriptor.LENGTH_OFFSET, length);
                offset += aligned;
            }
        };
    }

    @Override
    public Receiver newReceiver() {
        throw new UnsupportedOperationException("memory keeps nothing to be read");
    }

    @Override
    public void close() {
        // the memory stays for the next iteration
    }
}
