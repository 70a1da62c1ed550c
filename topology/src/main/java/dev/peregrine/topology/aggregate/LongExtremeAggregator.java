/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.aggregate;

import dev.peregrine.topology.EventView;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Least or greatest whole number; whether there was one (i64), then the value. */
final class LongExtremeAggregator implements Aggregator {
    private static final long serialVersionUID = 1;
    private static final int SEEN = 0;
    private static final int VALUE = SEEN + Long.BYTES;

    private final LongExtractor value;
    private final boolean max;

    LongExtremeAggregator(final LongExtractor value, final boolean max) {
        this.value = value;
        this.max = max;
    }

    @Override
    public int accumulatorLength() {
        return VALUE + Long.BYTES;
    }

    @Override
    public void add(final EventView event, final MutableDirectBuffer accumulator, final int offset) {
        take(value.valueOf(event), accumulator, offset);
    }

    private void take(final long candidate, final MutableDirectBuffer into, final int offset) {
        if (into.getLong(offset + SEEN) == 0) {
            into.putLong(offset + SEEN, 1);
            into.putLong(offset + VALUE, candidate);
        } else {
            final long before = into.getLong(offset + VALUE);
            into.putLong(offset + VALUE, max ? Math.max(before, candidate) : Math.min(before, candidate));
        }
    }

    @Override
    public void merge(
        final DirectBuffer from, final int fromOffset, final MutableDirectBuffer into, final int offset) {
        if (from.getLong(fromOffset + SEEN) != 0) {
            take(from.getLong(fromOffset + VALUE), into, offset);
        }
    }

    private long none() {
        return max ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    @Override
    public int resultLength() {
        return Long.BYTES;
    }

    @Override
    public void result(
        final DirectBuffer accumulator, final int offset, final MutableDirectBuffer into, final int intoOffset) {
        into.putLong(intoOffset,
            accumulator.getLong(offset + SEEN) == 0 ? none() : accumulator.getLong(offset + VALUE));
    }
}
