/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.aggregate;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.KeyView;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * HyperLogLog (Flajolet et al., AofA 2007) with a byte a register, so that an accumulator of zeros is an empty sketch, and
 * Ertl's estimator (New cardinality estimation algorithms for HyperLogLog sketches, 2017, algorithm 6), which needs neither
 * tables nor a switch between ranges.
 *
 * <p>Own code, since the sketches of Apache DataSketches cannot live in state: wrapping one over memory off the heap
 * allocates about 136 bytes for every event, and their memory library refuses JDK 25.
 */
final class DistinctAggregator implements Aggregator {
    private static final long serialVersionUID = 1;
    private static final int MIN_PRECISION = 4;
    private static final int MAX_PRECISION = 16;
    /** 1 / (2 ln 2). */
    private static final double ALPHA = 0.5 / Math.log(2);

    private final KeySelector item;
    private final int precision;
    private final transient KeyView key = new KeyView();
    private final transient int[] histogram;

    DistinctAggregator(final KeySelector item, final int precision) {
        if (precision < MIN_PRECISION || precision > MAX_PRECISION) {
            throw new ConfigurationException("the precision of distinct must be " + MIN_PRECISION + " to "
                + MAX_PRECISION + ", not " + precision);
        }
        this.item = item;
        this.precision = precision;
        this.histogram = new int[Long.SIZE - precision + 2];
    }

    @Override
    public Aggregator forInstance() {
        return new DistinctAggregator(item, precision);
    }

    private Object readResolve() {
        return forInstance();
    }

    @Override
    public int accumulatorLength() {
        return 1 << precision;
    }

    @Override
    public void add(final EventView event, final MutableDirectBuffer accumulator, final int offset) {
        item.select(event, key);
        final long hash = KeyHash.of(key.buffer(), key.offset(), key.length());
        final int register = offset + (int) (hash >>> Long.SIZE - precision);
        final int rank = Long.numberOfLeadingZeros(hash << precision | 1L << precision - 1) + 1;
        if (rank > accumulator.getByte(register)) {
            accumulator.putByte(register, (byte) rank);
        }
    }

    @Override
    public void merge(
        final DirectBuffer from, final int fromOffset, final MutableDirectBuffer into, final int offset) {
        for (int i = 0; i < 1 << precision; i++) {
            final byte rank = from.getByte(fromOffset + i);
            if (rank > into.getByte(offset + i)) {
                into.putByte(offset + i, rank);
            }
        }
    }

    @Override
    public int resultLength() {
        return Long.BYTES;
    }

    @Override
    public void result(
        final DirectBuffer accumulator, final int offset, final MutableDirectBuffer into, final int intoOffset) {
        java.util.Arrays.fill(histogram, 0);
        final int registers = 1 << precision;
        for (int i = 0; i < registers; i++) {
            histogram[accumulator.getByte(offset + i)]++;
        }
        final int highest = Long.SIZE - precision;
        double z = registers * tau((double) (registers - histogram[highest + 1]) / registers);
        for (int rank = highest; rank >= 1; rank--) {
            z = 0.5 * (z + histogram[rank]);
        }
        z += registers * sigma((double) histogram[0] / registers);
        into.putLong(intoOffset, Math.round(ALPHA * registers * registers / z));
    }

    private static double sigma(final double share) {
        if (share == 1) {
            return Double.POSITIVE_INFINITY;
        }
        double x = share;
        double y = 1;
        double z = x;
        double before;
        do {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        } while (z != before);
        return z;
    }

    private static double tau(final double share) {
        if (share == 0 || share == 1) {
            return 0;
        }
        double x = share;
        double y = 1;
        double z = 1 - x;
        double before;
        do {
            x = Math.sqrt(x);
            before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        } while (z != before);
        return z / 3;
    }
}
