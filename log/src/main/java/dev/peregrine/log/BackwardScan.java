/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.util.Arrays;

/**
 * Finds the records before a position: frames can only be passed forward, so it passes those behind the last index entry
 * before the position, which are about {@link IndexDescriptor#INTERVAL} bytes, and notes where they start. For one
 * thread; its lists are kept and reused.
 */
final class BackwardScan {
    private static final int INITIAL_CAPACITY = 1 << 10;
    /** Index entries that one look brings: opening the index costs more than reading some more of it. */
    private static final int ENTRIES = 32;
    private static final long NOTHING = Long.MAX_VALUE;

    private final PartitionLog log;
    private final FrameWalker walker;
    private long[] positions = new long[INITIAL_CAPACITY];
    private int count;
    private long start = NOTHING;
    /** Up to here the last scan has seen every record. */
    private long end;
    private long firstNumber;
    /** Entries of which the first so many lie before the last scan's. */
    private IndexDescriptor.Entry[] entries = {};
    private int entriesLeft;

    BackwardScan(final PartitionLog log) {
        this.log = log;
        this.walker = new FrameWalker(log, log.startPosition());
    }

    /**
     * Notes the records of the last stretch before a position, as far as they are committed without a gap.
     *
     * @return how many.
     */
    int scanBefore(final long position) {
        if (position > start && position <= end && start >= log.startPosition()) {
            final int at = Arrays.binarySearch(positions, 0, count, position);
            return at < 0 ? -at - 1 : at;
        }
        final IndexDescriptor.Entry entry = entryBefore(position);
        start = NOTHING; // until it is through
        firstNumber = entry.offset();
        count = 0;
        walker.seek(entry.position());
        try {
            while (walker.endPosition() < position && walker.next() && walker.position() < position) {
                if (walker.isRecord()) {
                    if (count == positions.length) {
                        positions = Arrays.copyOf(positions, 2 * count);
                    }
                    positions[count++] = walker.position();
                }
            }
        } finally {
            walker.close();
        }
        start = entry.position();
        end = Math.min(position, walker.endPosition());
        return count;
    }

    private IndexDescriptor.Entry entryBefore(final long position) {
        if (position != start || entriesLeft == 0 || entries[entriesLeft - 1].position() < log.startPosition()) {
            entries = log.numbers().entriesBefore(position, ENTRIES);
            entriesLeft = entries.length;
        }
        return entries[--entriesLeft];
    }

    /** Position of a record of the last scan, from 0, the oldest. */
    long position(final int index) {
        return positions[index];
    }

    /** Number of a record of the last scan. */
    long number(final int index) {
        return firstNumber + index;
    }

    /** Where the stretch of the last scan starts. */
    long startPosition() {
        return start;
    }
}
