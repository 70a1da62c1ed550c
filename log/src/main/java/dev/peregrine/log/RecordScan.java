/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.util.HashMap;
import java.util.Map;
import org.agrona.BitUtil;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Passes over the records of one segment after the other, a message of several frames being one record at its last frame.
 * For one thread.
 */
final class RecordScan {
    /** What takes the records. */
    @FunctionalInterface
    interface Handler {
        void onRecord(RecordScan record);
    }

    /** The first frame of a message whose last has not come yet. */
    private record Begun(long hash, byte[] key, LongArrayList positions) {
    }

    private final PartitionLog log;
    private final FrameChecksum checksum = new FrameChecksum();
    private final Map<Long, Begun> begun = new HashMap<>();
    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);

    private Segment segment;
    private int frameOffset;
    private int frameLength;
    private int keyLength;
    private long hash;
    private LongArrayList fragments;

    RecordScan(final PartitionLog log) {
        this.log = log;
    }

    /**
     * Hands every record of a segment over whose key is known.
     *
     * @throws dev.peregrine.core.error.CorruptDataException if a frame fails its checksum.
     */
    void scan(final Segment of, final Handler handler) {
        segment = of;
        checksum.wrap(of.mapping());
        frameOffset = SegmentDescriptor.HEADER_LENGTH;
        while (frameOffset < of.buffer().capacity()) {
            frameLength = of.buffer().getIntAcquire(frameOffset + FrameDescriptor.LENGTH_OFFSET);
            if (frameLength <= 0 || !checksum.isIntact(of, frameOffset, frameLength)) {
                throw log.corrupt(of, of.positionAt(frameOffset));
            }
            final int next = frameOffset + BitUtil.align(frameLength, FrameDescriptor.ALIGNMENT);
            if (isRecord()) {
                handler.onRecord(this);
            }
            frameOffset = next;
        }
    }

    private boolean isRecord() {
        final byte flags = segment.buffer().getByte(frameOffset + FrameDescriptor.FLAGS_OFFSET);
        if ((flags & (FrameDescriptor.FLAG_PADDING | FrameDescriptor.FLAG_CONTROL)) != 0) {
            return false;
        }
        fragments = null;
        if ((flags & FrameDescriptor.FLAG_FRAGMENT) == 0 || (flags & FrameDescriptor.FLAG_BEGIN) != 0) {
            hash = segment.buffer().getLong(frameOffset + FrameDescriptor.KEY_HASH_OFFSET);
            final int entry = FrameExtension.find(segment.buffer(), frameOffset, FrameExtension.KEY);
            keyLength = entry < 0 ? -1 : FrameExtension.valueLength(segment.buffer(), entry);
            if (entry < 0) {
                key.wrap(0, 0);
            } else {
                key.wrap(segment.buffer(), FrameExtension.valueOffset(entry), keyLength);
            }
        }
        return (flags & FrameDescriptor.FLAG_FRAGMENT) == 0 || isMessage(flags);
    }

    /** Gathers fragments; true at the last one of a message whose first was seen. */
    private boolean isMessage(final byte flags) {
        if ((flags & FrameDescriptor.FLAG_BEGIN) != 0) {
            final byte[] bytes = keyLength < 0 ? null : new byte[keyLength];
            if (bytes != null) {
                key.getBytes(0, bytes);
            }
            begun.put(position(), new Begun(hash, bytes, new LongArrayList()));
            begun.get(position()).positions.addLong(position());
            return false;
        }
        final long first = FrameExtension.longValue(segment.buffer(), frameOffset, FrameExtension.FIRST_FRAGMENT);
        final boolean last = (flags & FrameDescriptor.FLAG_END) != 0;
        final Begun message = last ? begun.remove(first) : begun.get(first);
        if (message == null) {
            return false; // its beginning was truncated: nobody reads it
        }
        message.positions.addLong(position());
        if (last) {
            hash = message.hash;
            keyLength = message.key == null ? -1 : message.key.length;
            key.wrap(message.key == null ? new byte[0] : message.key);
            fragments = message.positions;
        }
        return last;
    }

    /** Position of the record: of its last frame. */
    long position() {
        return segment.positionAt(frameOffset);
    }

    /** Whether it is a message that began in an earlier segment. */
    boolean isSpanning() {
        return fragments != null && !segment.contains(fragments.getLong(0));
    }

    /** Whether it has a key: a hash of 0 without key bytes is none. */
    boolean hasKey() {
        return hash != 0 || keyLength >= 0;
    }

    long hash() {
        return hash;
    }

    UnsafeBuffer key() {
        return key;
    }

    /** Bytes of the key, or -1 if the record does not carry it. */
    int keyLength() {
        return keyLength;
    }

    boolean isTombstone() {
        return fragments == null && frameLength
            == FrameDescriptor.HEADER_LENGTH + FrameExtension.length(segment.buffer(), frameOffset);
    }

    long timestampNs() {
        return segment.buffer().getLong(frameOffset + FrameDescriptor.TIMESTAMP_OFFSET);
    }

    long producerId() {
        return segment.buffer().getLong(frameOffset + FrameDescriptor.PRODUCER_ID_OFFSET);
    }

    long transactionId() {
        return FrameExtension.longValue(segment.buffer(), frameOffset, FrameExtension.TRANSACTION_ID);
    }

    /** Takes the record away from the segment, which must be a private copy and hold all of it. */
    void remove() {
        if (fragments != null) {
            for (int i = 0; i < fragments.size() - 1; i++) {
                final int offset = segment.offsetOf(fragments.getLong(i));
                blank(offset, segment.buffer().getInt(offset + FrameDescriptor.LENGTH_OFFSET), (byte) 0);
            }
        }
        blank(frameOffset, frameLength, FrameDescriptor.FLAG_COMPACTED);
    }

    private void blank(final int offset, final int length, final byte flag) {
        final int aligned = BitUtil.align(length, FrameDescriptor.ALIGNMENT);
        segment.buffer().setMemory(offset + FrameDescriptor.PADDING_HEADER_LENGTH,
            aligned - FrameDescriptor.PADDING_HEADER_LENGTH, (byte) 0);
        segment.pad(segment.positionAt(offset), aligned, (byte) (FrameDescriptor.FLAG_PADDING | flag));
    }
}
