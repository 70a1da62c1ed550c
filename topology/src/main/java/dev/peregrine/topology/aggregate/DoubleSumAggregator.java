/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.aggregate;

import dev.peregrine.topology.EventView;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Sum and count (f64, i64), for sums and means. Sums of floating-point numbers depend on the order in their last bits. */
final class DoubleSumAggregator implements Aggregator {
    private static final long serialVersionUID = 1;
    private static final int SUM = 0;
    private static final int COUNT = SUM + Double.BYTES;

    private final DoubleExtractor value;
    private final boolean mean;

    DoubleSumAggregator(final DoubleExtractor value, final boolean mean) {
        this.value = value;
        this.mean = mean;
    }

    @Override
    public int accumulatorLength() {
        return COUNT + Long.BYTES;
    }

    @Override
    public void add(final EventView event, final MutableDirectBuffer accumulator, final int offset) {
        accumulator.putDouble(offset + SUM, accumulator.getDouble(offset + SUM) + value.valueOf(event));
        accumulator.putLong(offset + COUNT, accumulator.getLong(offset + COUNT) + 1);
    }

    @Override
    public void merge(
        final DirectBuffer from, final int fromOffset, final MutableDirectBuffer into, final int offset) {
        into.putDouble(offset + SUM, into.getDouble(offset + SUM) + from.getDouble(fromOffset + SUM));
        into.putLong(offset + COUNT, into.getLong(offset + COUNT) + from.getLong(fromOffset + COUNT));
    }

    @Override
    public int resultLength() {
        return Double.BYTES;
    }

    @Override
    public void result(
        final DirectBuffer accumulator, final int offset, final MutableDirectBuffer into, final int intoOffset) {
        final double sum = accumulator.getDouble(offset + SUM);
        into.putDouble(intoOffset, mean ? sum / accumulator.getLong(offset + COUNT) : sum);
    }
}
