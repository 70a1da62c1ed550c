/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Writes frames of any flags into a log, one at a time, beside its appenders. */
final class RawFrames {
    private final PartitionLog log;
    private final UnsafeBuffer payload = new UnsafeBuffer(new byte[8 << 10]);

    RawFrames(final PartitionLog log) {
        this.log = log;
    }

    /**
     * Appends a fragment whose payload bytes all have one value; returns its position.
     *
     * @param first position of the message's first fragment; negative for the first itself.
     */
    long fragment(final long producer, final long sequence, final int flags, final long first, final int length,
        final byte value) {
        payload.setMemory(0, length, value);
        return append(producer, sequence, FrameDescriptor.FLAG_FRAGMENT | flags, first, length);
    }

    private long append(
        final long producer, final long sequence, final int flags, final long first, final int length) {
        final int extension = first < 0 ? 0 : FrameExtension.LONG_ENTRY_LENGTH;
        final int frameLength = FrameDescriptor.HEADER_LENGTH + extension + length;
        final long position = claim(BitUtil.align(frameLength, FrameDescriptor.ALIGNMENT));
        final Segment segment = log.acquireForWrite(position);
        final int offset = segment.offsetOf(position);
        final UnsafeBuffer buffer = segment.buffer();
        buffer.putLong(offset + FrameDescriptor.VERSION_OFFSET,
            FrameDescriptor.VERSION | (long) flags << 8 | (long) (extension >> 3) << 16 | 7L << 32 | 9L << 48);
        buffer.putLong(offset + FrameDescriptor.TIMESTAMP_OFFSET, sequence);
        buffer.putLong(offset + FrameDescriptor.KEY_HASH_OFFSET, producer ^ sequence);
        buffer.putLong(offset + FrameDescriptor.PRODUCER_ID_OFFSET, producer);
        buffer.putLong(offset + FrameDescriptor.SEQUENCE_OFFSET, sequence);
        if (extension > 0) {
            FrameExtension.putLong(
                buffer, offset + FrameDescriptor.HEADER_LENGTH, FrameExtension.FIRST_FRAGMENT, first);
        }
        buffer.putBytes(offset + FrameDescriptor.HEADER_LENGTH + extension, payload, 0, length);
        final FrameChecksum checksum = new FrameChecksum();
        checksum.wrap(segment.mapping());
        buffer.putInt(offset + FrameDescriptor.CRC_OFFSET,
            checksum.compute(offset, frameLength, segment.id(), position));
        buffer.putIntRelease(offset + FrameDescriptor.LENGTH_OFFSET, frameLength);
        log.segments().release(segment);
        return position;
    }

    private long claim(final int alignedLength) {
        final int segmentLength = log.config().segmentLength();
        while (true) {
            log.awaitAllocated(segmentLength);
            final long position = log.claim(alignedLength);
            final int left = (int) (segmentLength - (position & segmentLength - 1));
            if (alignedLength <= left) {
                return position;
            }
            pad(position, left);
            pad(position + left, alignedLength - left);
        }
    }

    private void pad(final long position, final int length) {
        final Segment segment = log.acquireForWrite(position);
        segment.pad(position, length);
        log.segments().release(segment);
    }
}
