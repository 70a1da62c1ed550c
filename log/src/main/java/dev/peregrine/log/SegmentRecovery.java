/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.CorruptDataException;
import java.util.List;

/**
 * Finds the end of a partition after any stop, and makes its tail fit to append to.
 *
 * <p>From the first segment that is not sealed (from the first of all, if the machine was restarted since), frames are
 * read with their checksums until one is missing or bad:
 * <ul>
 * <li>Nothing valid behind it: the tail is cut there, its bytes are kept in a {@code .torn} file, the space is zeroed.
 * <li>An unfinished claim with valid frames behind it: its publisher died while others went on. Those frames may have
 *     been acknowledged, so the hole becomes padding and reading goes on behind it.
 * <li>A committed frame that fails its checksum with valid frames behind it: the same machine run cannot have caused
 *     that, so it is damage, refused with file and position. After a restart of the machine it is what a power cut
 *     leaves of pages that were not forced, and the tail is cut there.
 * </ul>
 */
final class SegmentRecovery {
    private final PartitionConfig config;
    private final SegmentDirectory directory;
    private final FrameChecksum checksum = new FrameChecksum();

    private long framesVerified;
    private int holesSealed;
    private long cutPosition = -1;
    private long cutBytes;

    SegmentRecovery(final PartitionConfig config, final SegmentDirectory directory) {
        this.config = config;
        this.directory = directory;
    }

    RecoveryReport recover() {
        final List<Long> bases = directory.bases();
        long end = bases.isEmpty() ? 0 : bases.get(0);
        int index = 0;
        boolean stopped = false;
        while (!stopped && index < bases.size()) {
            final Segment segment = directory.acquire(bases.get(index));
            try {
                final boolean trusted = segment.isSealed()
                    && (segment.bootId() == directory.bootId() || config.durability() != Durability.OS);
                end = trusted ? segment.endPosition() : scan(segment, bases, index);
                stopped = end < segment.endPosition();
            } finally {
                directory.release(segment);
            }
            index++;
        }
        wipeBehind(end, bases, index - 1);
        stampBoot(bases);
        return new RecoveryReport(end, framesVerified, holesSealed, cutPosition, cutBytes);
    }

    /** Reads one segment; returns its end position, or where the tail must be cut. */
    private long scan(final Segment segment, final List<Long> bases, final int index) {
        checksum.wrap(segment.mapping());
        int offset = SegmentDescriptor.HEADER_LENGTH;
        while (offset < segment.buffer().capacity()) {
            final int length = segment.buffer().getIntAcquire(offset + FrameDescriptor.LENGTH_OFFSET);
            if (length > 0 && checksum.isIntact(segment, offset, length)) {
                offset += align(length);
                framesVerified++;
                continue;
            }
            final int next = nextIntact(segment, offset + FrameDescriptor.ALIGNMENT);
            final boolean intactBehind = next < segment.buffer().capacity() || laterSegmentHasFrames(bases, index);
            if (!intactBehind) {
                return segment.positionAt(offset);
            }
            if (length > 0) {
                if (segment.bootId() == directory.bootId()) {
                    throw new CorruptDataException("log " + config.name() + " is damaged at position "
                        + segment.positionAt(offset) + ": the frame at byte " + offset + " of " + segment.file()
                        + " fails its checksum; restore the file from a copy");
                }
                return segment.positionAt(offset);
            }
            checksum.wrap(segment.mapping());
            sealHole(segment, offset, next - offset);
            offset = next;
        }
        return segment.endPosition();
    }

    private static int align(final int length) {
        return org.agrona.BitUtil.align(length, FrameDescriptor.ALIGNMENT);
    }

    /** Offset of the next frame that verifies, or the segment's capacity. */
    private int nextIntact(final Segment segment, final int from) {
        final int capacity = segment.buffer().capacity();
        for (int offset = from; offset < capacity; offset += FrameDescriptor.ALIGNMENT) {
            final int length = segment.buffer().getInt(offset + FrameDescriptor.LENGTH_OFFSET);
            if (length > 0 && checksum.isIntact(segment, offset, length)) {
                return offset;
            }
        }
        return capacity;
    }

    private boolean laterSegmentHasFrames(final List<Long> bases, final int index) {
        for (int later = index + 1; later < bases.size(); later++) {
            final Segment segment = directory.acquire(bases.get(later));
            try {
                checksum.wrap(segment.mapping());
                if (nextIntact(segment, SegmentDescriptor.HEADER_LENGTH) < segment.buffer().capacity()) {
                    return true;
                }
            } finally {
                directory.release(segment);
            }
        }
        return false;
    }

    private void sealHole(final Segment segment, final int offset, final int length) {
        keepNonZero(segment, offset, length);
        segment.pad(segment.positionAt(offset), length);
        holesSealed++;
    }

    /** Zeroes everything behind the end, so that no old byte is ever taken for a frame. */
    private void wipeBehind(final long end, final List<Long> bases, final int lastRead) {
        for (int index = Math.max(lastRead, 0); index < bases.size(); index++) {
            final Segment segment = directory.acquire(bases.get(index));
            try {
                final int from = segment.offsetOf(Math.max(end, segment.basePosition()));
                final int length = segment.buffer().capacity() - from;
                final int cut = keepNonZero(segment, from, length);
                if (cut > 0) {
                    segment.buffer().setMemory(from, cut, (byte) 0);
                    cutPosition = cutPosition < 0 ? segment.positionAt(from) : cutPosition;
                    cutBytes += cut;
                }
            } finally {
                directory.release(segment);
            }
        }
    }

    private int keepNonZero(final Segment segment, final int offset, final int length) {
        int last = offset + length - Long.BYTES;
        while (last >= offset && segment.buffer().getLong(last) == 0) {
            last -= Long.BYTES;
        }
        final int used = last < offset ? 0 : last + Long.BYTES - offset;
        if (used > 0) {
            directory.keepTorn(segment, offset, used);
        }
        return used;
    }

    private void stampBoot(final List<Long> bases) {
        for (final Long base : bases) {
            final Segment segment = directory.acquire(base);
            if (segment.bootId() != directory.bootId()) {
                segment.bootId(directory.bootId());
            }
            directory.release(segment);
        }
    }
}
