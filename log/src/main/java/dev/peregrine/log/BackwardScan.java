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

    private final PartitionLog log;
    private final FrameWalker walker;
    private long[] positions = new long[INITIAL_CAPACITY];
    private long start;
    private long firstNumber;

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
        final IndexDescriptor.Entry entry = log.numbers().entryBefore(position);
        start = entry.position();
        firstNumber = entry.offset();
        int count = 0;
        walker.seek(start);
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
        return count;
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
