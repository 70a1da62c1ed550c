/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.peregrine.core.error.CorruptDataException;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Passes over the committed frames of a partition in order, padding and control frames too, and looks at their headers
 * only: for whoever counts records or wants the end of the gap-free part. Frames of an earlier process are verified.
 * For one thread; allocates nothing but at the border of a segment.
 */
final class FrameWalker implements AutoCloseable {
    private final PartitionLog log;
    private final long recoveredEnd;
    private final FrameChecksum checksum = new FrameChecksum();

    private Segment segment;
    /** Whether every frame of the segment was seen, from its first. */
    private boolean fromBase;
    private UnsafeBuffer buffer;
    private int frameOffset;
    private long position;
    private long end;

    FrameWalker(final PartitionLog log, final long position) {
        this.log = log;
        this.recoveredEnd = log.recovery().endPosition();
        this.position = position;
        this.end = position;
    }

    /**
     * Moves to the next frame.
     *
     * @return false if none is committed there yet; the walker stays where it is.
     * @throws CorruptDataException if it fails its checksum.
     */
    boolean next() {
        if ((segment == null || end >= segment.endPosition()) && !nextSegment()) {
            return false;
        }
        final int offset = segment.offsetOf(end);
        // acquire: pairs with the release store of the length that commits the frame
        final int length = buffer.getIntAcquire(offset + FrameDescriptor.LENGTH_OFFSET);
        if (log.isReadOnly()) {
            if (length <= 0 || !checksum.isIntact(segment, offset, length)) {
                return false; // not there yet, or torn: the reader says which
            }
        } else if (end < recoveredEnd) {
            if (!checksum.isIntact(segment, offset, length)) {
                throw log.corrupt(segment, end); // a length of zero too: recovery left no gap
            }
        } else if (length <= 0) {
            return false;
        }
        frameOffset = offset;
        position = end;
        end = position + BitUtil.align(length, FrameDescriptor.ALIGNMENT);
        return true;
    }

    /** Where the frame starts. */
    long position() {
        return position;
    }

    /** The memory of the segment that holds the frame. */
    UnsafeBuffer buffer() {
        return buffer;
    }

    /** Where the frame starts in {@link #buffer()}. */
    int frameOffset() {
        return frameOffset;
    }

    /** Bytes of the frame, unaligned. */
    int frameLength() {
        return buffer.getInt(frameOffset + FrameDescriptor.LENGTH_OFFSET);
    }

    /** Where the next frame starts, or will start. */
    long endPosition() {
        return end;
    }

    /** Whether the frame has a number; what compaction took away has one, a time of 0 and no transaction. */
    boolean isRecord() {
        return FrameDescriptor.countsAsRecord(flags());
    }

    byte flags() {
        return buffer.getByte(frameOffset + FrameDescriptor.FLAGS_OFFSET);
    }

    long timestampNs() {
        return buffer.getLong(frameOffset + FrameDescriptor.TIMESTAMP_OFFSET, LITTLE_ENDIAN);
    }

    /** The user's transaction id, or {@link FrameExtension#NO_TRANSACTION_ID}. */
    long transactionId() {
        return (flags() & FrameDescriptor.FLAG_PADDING) != 0 ? FrameExtension.NO_TRANSACTION_ID
            : FrameExtension.longValue(buffer, frameOffset, FrameExtension.TRANSACTION_ID);
    }

    /** Position of the first fragment of the frame's message; -1 if the frame is that, or a message of its own. */
    long firstFragment() {
        return (flags() & FrameDescriptor.FLAG_FRAGMENT) == 0 || (flags() & FrameDescriptor.FLAG_PADDING) != 0 ? -1
            : FrameExtension.longValue(buffer, frameOffset, FrameExtension.FIRST_FRAGMENT);
    }

    /** Goes to a position at which a frame starts (or will start). */
    void seek(final long to) {
        position = to;
        end = to;
        fromBase = false;
        if (segment != null && !segment.contains(to)) {
            close();
        }
    }

    private boolean nextSegment() {
        Segment next = log.segments().acquire(end);
        if (next == null) {
            final long start = log.startPosition();
            if (end >= start) {
                return false;
            }
            end = start; // what lay before was truncated
            next = log.segments().acquire(end);
            if (next == null) {
                return false;
            }
        }
        if (segment != null && fromBase) {
            log.onSegmentRead(segment); // every frame of it was committed: we passed all of them
        }
        close();
        segment = next;
        fromBase = end == next.basePosition();
        buffer = next.buffer();
        checksum.wrap(next.mapping());
        return true;
    }

    /** Gives the mapped segment back; the walker may go on afterwards. */
    @Override
    public void close() {
        if (segment != null) {
            log.segments().release(segment);
            segment = null;
        }
    }
}
