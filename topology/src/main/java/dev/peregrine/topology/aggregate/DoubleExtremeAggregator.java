/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.aggregate;

import dev.peregrine.topology.EventView;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Least or greatest number; whether there was one (i64), then the value. */
final class DoubleExtremeAggregator implements Aggregator {
    private static final long serialVersionUID = 1;
    private static final int SEEN = 0;
    private static final int VALUE = SEEN + Long.BYTES;

    private final DoubleExtractor value;
    private final boolean max;

    DoubleExtremeAggregator(final DoubleExtractor value, final boolean max) {
        this.value = value;
        this.max = max;
    }

    @Override
    public int accumulatorLength() {
        return VALUE + Double.BYTES;
    }

    @Override
    public void add(final EventView event, final MutableDirectBuffer accumulator, final int offset) {
        take(value.valueOf(event), accumulator, offset);
    }

    private void take(final double candidate, final MutableDirectBuffer into, final int offset) {
        if (into.getLong(offset + SEEN) == 0) {
            into.putLong(offset + SEEN, 1);
            into.putDouble(offset + VALUE, candidate);
        } else {
            final double before = into.getDouble(offset + VALUE);
            into.putDouble(offset + VALUE, max ? Math.max(before, candidate) : Math.min(before, candidate));
        }
    }

    @Override
    public void merge(
        final DirectBuffer from, final int fromOffset, final MutableDirectBuffer into, final int offset) {
        if (from.getLong(fromOffset + SEEN) != 0) {
            take(from.getDouble(fromOffset + VALUE), into, offset);
        }
    }

    @Override
    public int resultLength() {
        return Double.BYTES;
    }

    @Override
    public void result(
        final DirectBuffer accumulator, final int offset, final MutableDirectBuffer into, final int intoOffset) {
        into.putDouble(intoOffset,
            accumulator.getLong(offset + SEEN) == 0 ? Double.NaN : accumulator.getDouble(offset + VALUE));
    }
}
