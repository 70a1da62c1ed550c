/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.StorageException;
import java.io.IOException;
import java.util.List;
import org.agrona.BitUtil;

/**
 * Finds the end of a partition after any stop, and makes its tail fit to append to.
 *
 * <p>From the first segment that is not sealed (from the first of all, if the machine was restarted since), frames are
 * read with their checksums until one is missing or bad. The cut tail is kept in a {@code .torn} file, and its space is
 * zeroed on the disk before anything is appended.
 * <ul>
 * <li>The machine was restarted since: pages that were not forced may be missing in any order. The tail is cut there,
 *     so that what is left is a prefix. What was reported durable lies before it: that part was free of gaps.
 * <li>In the same run of the machine, unfinished claims with valid frames behind them: their publishers died while
 *     others went on. Those frames may have been acknowledged, so the hole becomes padding and reading goes on behind
 *     it. A claim writes its negative length before anything else, so a hole is made of such claims and of zeros.
 * <li>In the same run of the machine, anything else with valid frames behind it: no death of a process leaves that, so
 *     it is damage, refused with file and position.
 * <li>Nothing valid behind it: the tail is cut there.
 * </ul>
 *
 * <p>Compressed segments are not looked at: they were whole, and on the disk, before they had their names.
 *
 * <p>Segments whose header never reached the disk have been set aside by the {@link SegmentDirectory} before.
 *
 * <p>Under {@link Durability#INTERVAL} and {@link Durability#SYNC} what was kept is forced too: a killed process leaves
 * committed frames that no disk has seen, and later forces begin behind them.
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
        long end = directory.firstBase();
        int index = 0;
        int firstScanned = bases.size();
        boolean stopped = false;
        while (!stopped && index < bases.size()) {
            if (directory.isPacked(bases.get(index))) {
                end = bases.get(index) + config.segmentLength(); // it was whole and forced before it had its name
                index++;
                continue;
            }
            final Segment segment = directory.acquire(bases.get(index));
            try {
                final boolean trusted = segment.isSealed()
                    && (segment.bootId() == directory.bootId() || config.durability() != Durability.OS);
                if (trusted) {
                    end = segment.endPosition();
                } else {
                    firstScanned = Math.min(firstScanned, index);
                    end = scan(segment, bases, index);
                }
                stopped = end < segment.endPosition();
            } finally {
                directory.release(segment);
            }
            index++;
        }
        if (machineWasRestarted(bases)) {
            // before anything changes: they may speak of frames that are gone, and no later start would know
            directory.deleteIndexes(firstScanned < bases.size() ? bases.get(firstScanned) : end);
        }
        wipeBehind(end, bases, index - 1);
        if (config.durability() != Durability.OS) {
            for (final long base : bases.subList(firstScanned, bases.size())) {
                force(base, 0, SegmentDescriptor.HEADER_LENGTH + config.segmentLength());
            }
        }
        stampBoot(bases);
        sealWhole(bases.subList(Math.min(firstScanned, bases.size()), bases.size()), end);
        if (directory.setAsideBytes() > 0) {
            cutPosition = cutPosition < 0 ? directory.setAsideFrom() : cutPosition;
            cutBytes += directory.setAsideBytes();
        }
        return new RecoveryReport(end, framesVerified, holesSealed, cutPosition, cutBytes,
            directory.framesRestored(), directory.filesRestored());
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
            if (segment.bootId() != directory.bootId()) {
                return segment.positionAt(offset);
            }
            final int next = endOfHole(segment, offset);
            if (!startsIntact(segment, next)) {
                final boolean inSegment = next < segment.buffer().capacity();
                final boolean intactBehind =
                    nextIntact(segment, next + FrameDescriptor.ALIGNMENT) < segment.buffer().capacity()
                        || laterSegmentHasFrames(bases, index);
                if (!intactBehind) {
                    return segment.positionAt(offset);
                }
                if (inSegment) {
                    throw damaged(segment, next);
                }
                checksum.wrap(segment.mapping());
            }
            sealHole(segment, offset, next - offset);
            offset = next;
        }
        return segment.endPosition();
    }

    private CorruptDataException damaged(final Segment segment, final int offset) {
        return new CorruptDataException("log " + config.name() + " is damaged at position "
            + segment.positionAt(offset) + ": the frame at byte " + offset + " of " + segment.file()
            + " fails its checksum; restore the file from a copy, or see 'peregrine log repair'");
    }

    private boolean startsIntact(final Segment segment, final int offset) {
        if (offset >= segment.buffer().capacity()) {
            return false;
        }
        final int length = segment.buffer().getInt(offset + FrameDescriptor.LENGTH_OFFSET);
        return length > 0 && checksum.isIntact(segment, offset, length);
    }

    /** Walks unfinished claims and zeros; returns the first offset that is neither. */
    static int endOfHole(final Segment segment, final int from) {
        final int capacity = segment.buffer().capacity();
        int offset = from;
        while (offset < capacity) {
            final int length = segment.buffer().getInt(offset + FrameDescriptor.LENGTH_OFFSET);
            final int reach;
            if (length < 0) {
                reach = length > -FrameDescriptor.ALIGNMENT || -(long) length > capacity - offset
                    ? 0 : align(-length);
            } else {
                reach = segment.buffer().getLong(offset) == 0 && segment.buffer().getLong(offset + Long.BYTES) == 0
                    ? FrameDescriptor.ALIGNMENT : 0;
            }
            if (reach == 0) {
                return offset;
            }
            offset += reach;
        }
        return capacity;
    }

    private static int align(final int length) {
        return BitUtil.align(length, FrameDescriptor.ALIGNMENT);
    }

    /** Offset of the next frame that verifies, or the segment's capacity. */
    private int nextIntact(final Segment segment, final int from) {
        final int capacity = segment.buffer().capacity();
        for (int offset = from; offset < capacity; offset += FrameDescriptor.ALIGNMENT) {
            if (startsIntact(segment, offset)) {
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
            if (directory.isPacked(bases.get(index))) {
                if (bases.get(index) >= end) {
                    throw new CorruptDataException("log " + config.name() + " is damaged at position " + end
                        + ": it ends there, but the compressed segment " + directory.file(bases.get(index))
                        + " lies behind; restore the segment before it from a copy");
                }
                continue;
            }
            final Segment segment = directory.acquire(bases.get(index));
            try {
                final int from = segment.offsetOf(Math.max(end, segment.basePosition()));
                final int length = segment.buffer().capacity() - from;
                final int cut = keepNonZero(segment, from, length);
                if (cut > 0) {
                    segment.buffer().setMemory(from, cut, (byte) 0);
                    // at once: a power cut must not bring back old frames behind new ones
                    force(segment.basePosition(), from, cut);
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

    private void force(final long base, final int offset, final int length) {
        final Segment segment = directory.acquire(base);
        try {
            config.files().force(segment.mapping(), offset, length);
        } catch (final IOException e) {
            throw new StorageException("force of " + segment.file() + " failed: " + e.getMessage()
                + "; check the disk and start again", e);
        } finally {
            directory.release(segment);
        }
    }

    private boolean machineWasRestarted(final List<Long> bases) {
        boolean restarted = directory.setAsideBytes() > 0;
        for (final Long base : bases) {
            if (directory.isPacked(base)) {
                continue;
            }
            final Segment segment = directory.acquire(base);
            restarted |= segment.bootId() != directory.bootId();
            directory.release(segment);
        }
        return restarted;
    }

    /** What was read whole need not be read by the next start. */
    private void sealWhole(final List<Long> scanned, final long end) {
        for (final long base : scanned) {
            if (base + config.segmentLength() <= end && !directory.isPacked(base)) {
                final Segment segment = directory.acquire(base);
                segment.seal();
                directory.release(segment);
            }
        }
    }

    private void stampBoot(final List<Long> bases) {
        for (final Long base : bases) {
            if (directory.isPacked(base)) {
                continue;
            }
            final Segment segment = directory.acquire(base);
            if (segment.bootId() != directory.bootId()) {
                segment.bootId(directory.bootId());
            }
            directory.release(segment);
        }
    }
}
