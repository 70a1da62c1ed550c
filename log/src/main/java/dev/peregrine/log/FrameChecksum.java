/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;

/**
 * CRC32C of frames, without allocation: one reusable checksum and one reusable view of a segment. Not thread-safe.
 * The JDK's implementation is an intrinsic (the processor's own instruction).
 */
final class FrameChecksum {
    private final CRC32C crc = new CRC32C();
    private ByteBuffer view;

    /** Takes a view of the whole segment file; call when changing segments. */
    void wrap(final ByteBuffer segmentFile) {
        view = segmentFile.duplicate();
    }

    int compute(final int frameOffset, final int frameLength, final long segmentId, final long position) {
        crc.reset();
        view.limit(frameOffset + frameLength).position(frameOffset + FrameDescriptor.CRC_FROM);
        crc.update(view);
        return (int) crc.getValue() ^ FrameDescriptor.salt(segmentId, position, frameLength);
    }

    /** Whether a committed frame's bytes are what was written; never reads outside the segment's data. */
    boolean isIntact(final Segment segment, final int frameOffset, final int frameLength) {
        final DirectBuffer buffer = segment.buffer();
        if (frameLength < FrameDescriptor.PADDING_HEADER_LENGTH || frameLength > buffer.capacity() - frameOffset) {
            return false;
        }
        final byte flags = buffer.getByte(frameOffset + FrameDescriptor.FLAGS_OFFSET);
        if ((flags & FrameDescriptor.FLAG_PADDING) != 0) {
            return buffer.getInt(frameOffset + FrameDescriptor.CRC_OFFSET, LITTLE_ENDIAN)
                == FrameDescriptor.paddingChecksum(segment.id(), segment.positionAt(frameOffset), frameLength, flags);
        }
        // version and greatest length first: recovery tries many places that hold no frame
        return frameLength >= FrameDescriptor.HEADER_LENGTH && frameLength <= segment.maxFrameLength()
            && buffer.getByte(frameOffset + FrameDescriptor.VERSION_OFFSET) == FrameDescriptor.VERSION
            && buffer.getInt(frameOffset + FrameDescriptor.CRC_OFFSET, LITTLE_ENDIAN)
                == compute(frameOffset, frameLength, segment.id(), segment.positionAt(frameOffset))
            && FrameExtension.isWellFormed(buffer, frameOffset, frameLength);
    }
}
