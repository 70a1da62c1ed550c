/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.aggregate;

import dev.peregrine.topology.EventView;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Sums whole numbers; throws {@link ArithmeticException} where a long does not hold the sum. */
final class LongSumAggregator implements Aggregator {
    private static final long serialVersionUID = 1;

    private final LongExtractor value;

    LongSumAggregator(final LongExtractor value) {
        this.value = value;
    }

    @Override
    public int accumulatorLength() {
        return Long.BYTES;
    }

    @Override
    public void add(final EventView event, final MutableDirectBuffer accumulator, final int offset) {
        accumulator.putLong(offset, Math.addExact(accumulator.getLong(offset), value.valueOf(event)));
    }

    @Override
    public void merge(
        final DirectBuffer from, final int fromOffset, final MutableDirectBuffer into, final int offset) {
        into.putLong(offset, Math.addExact(into.getLong(offset), from.getLong(fromOffset)));
    }

    @Override
    public int resultLength() {
        return Long.BYTES;
    }

    @Override
    public void result(
        final DirectBuffer accumulator, final int offset, final MutableDirectBuffer into, final int intoOffset) {
        into.putLong(intoOffset, accumulator.getLong(offset));
    }
}
