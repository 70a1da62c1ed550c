/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.aggregate;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.EventView;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * DDSketch (Masson, Rim, Lee: a fast and fully-mergeable quantile sketch with relative-error guarantees, VLDB 2019): counts
 * in bins that grow by a constant factor. A fixed number of bins moves up with the highest value; what is below them counts
 * in the lowest one. The result does not depend on the order. Own code for the reason given at {@link DistinctAggregator}.
 *
 * <pre>
 *  count (i64) | of these 0 (i64) | least (f64) | greatest (f64) | index of the lowest bin (i64) | bins (i64 each)
 * </pre>
 */
final class QuantilesAggregator implements Aggregator {
    private static final long serialVersionUID = 1;
    private static final int COUNT = 0;
    private static final int ZEROS = COUNT + Long.BYTES;
    private static final int LEAST = ZEROS + Long.BYTES;
    private static final int GREATEST = LEAST + Double.BYTES;
    private static final int LOWEST = GREATEST + Double.BYTES;
    private static final int BINS = LOWEST + Long.BYTES;

    private final DoubleExtractor value;
    private final int bins;
    private final double[] ranks;
    private final double gamma;
    private final double logGamma;

    QuantilesAggregator(final DoubleExtractor value, final double accuracy, final int bins, final double[] ranks) {
        if (!(accuracy > 0 && accuracy < 1) || bins < 1 || ranks.length == 0) {
            throw new ConfigurationException(
                "quantiles need an accuracy between 0 and 1, at least one bin and at least one rank");
        }
        for (final double rank : ranks) {
            if (!(rank >= 0 && rank <= 1)) {
                throw new ConfigurationException("the rank of a quantile must be 0 to 1, not " + rank);
            }
        }
        this.value = value;
        this.bins = bins;
        this.ranks = ranks.clone();
        this.gamma = (1 + accuracy) / (1 - accuracy);
        this.logGamma = Math.log(gamma);
    }

    @Override
    public int accumulatorLength() {
        return BINS + bins * Long.BYTES;
    }

    @Override
    public void add(final EventView event, final MutableDirectBuffer accumulator, final int offset) {
        final double number = value.valueOf(event);
        if (!(number >= 0) || number == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("quantiles are of finite numbers of 0 and more, not of " + number);
        }
        bounds(accumulator, offset, number, number);
        accumulator.putLong(offset + COUNT, accumulator.getLong(offset + COUNT) + 1);
        if (number < Double.MIN_NORMAL) {
            accumulator.putLong(offset + ZEROS, accumulator.getLong(offset + ZEROS) + 1);
        } else {
            count(accumulator, offset, (long) Math.ceil(Math.log(number) / logGamma), 1);
        }
    }

    private static void bounds(
        final MutableDirectBuffer into, final int offset, final double least, final double greatest) {
        final boolean first = into.getLong(offset + COUNT) == 0;
        into.putDouble(offset + LEAST, first ? least : Math.min(least, into.getDouble(offset + LEAST)));
        into.putDouble(offset + GREATEST, first ? greatest : Math.max(greatest, into.getDouble(offset + GREATEST)));
    }

    private void count(final MutableDirectBuffer into, final int offset, final long index, final long times) {
        final boolean empty = into.getLong(offset + COUNT) - into.getLong(offset + ZEROS) <= times && isEmpty(into, offset);
        if (empty) {
            into.putLong(offset + LOWEST, index - bins + 1);
        }
        final long lowest = into.getLong(offset + LOWEST);
        final long above = index - (lowest + bins - 1);
        if (above > 0) {
            moveUp(into, offset, above);
        }
        final int bin = (int) Math.max(0, index - into.getLong(offset + LOWEST));
        final int at = offset + BINS + bin * Long.BYTES;
        into.putLong(at, into.getLong(at) + times);
    }

    private boolean isEmpty(final MutableDirectBuffer into, final int offset) {
        for (int i = 0; i < bins; i++) {
            if (into.getLong(offset + BINS + i * Long.BYTES) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Makes the bins begin later; what was in those that go counts in the lowest. */
    private void moveUp(final MutableDirectBuffer into, final int offset, final long by) {
        final int base = offset + BINS;
        long collapsed = 0;
        final int going = (int) Math.min(by, bins);
        for (int i = 0; i < going; i++) {
            collapsed += into.getLong(base + i * Long.BYTES);
        }
        for (int i = 0; i < bins; i++) {
            into.putLong(base + i * Long.BYTES, i + going < bins ? into.getLong(base + (i + going) * Long.BYTES) : 0);
        }
        into.putLong(base, into.getLong(base) + collapsed);
        into.putLong(offset + LOWEST, into.getLong(offset + LOWEST) + by);
    }

    @Override
    public void merge(
        final DirectBuffer from, final int fromOffset, final MutableDirectBuffer into, final int offset) {
        final long count = from.getLong(fromOffset + COUNT);
        if (count == 0) {
            return;
        }
        bounds(into, offset, from.getDouble(fromOffset + LEAST), from.getDouble(fromOffset + GREATEST));
        for (int i = bins - 1; i >= 0; i--) {
            final long times = from.getLong(fromOffset + BINS + i * Long.BYTES);
            if (times != 0) {
                count(into, offset, from.getLong(fromOffset + LOWEST) + i, times);
            }
        }
        into.putLong(offset + COUNT, into.getLong(offset + COUNT) + count);
        into.putLong(offset + ZEROS, into.getLong(offset + ZEROS) + from.getLong(fromOffset + ZEROS));
    }

    @Override
    public int resultLength() {
        return ranks.length * Double.BYTES;
    }

    @Override
    public void result(
        final DirectBuffer accumulator, final int offset, final MutableDirectBuffer into, final int intoOffset) {
        for (int i = 0; i < ranks.length; i++) {
            into.putDouble(intoOffset + i * Double.BYTES, quantile(accumulator, offset, ranks[i]));
        }
    }

    private double quantile(final DirectBuffer accumulator, final int offset, final double rank) {
        final long count = accumulator.getLong(offset + COUNT);
        if (count == 0) {
            return Double.NaN;
        }
        final double wanted = rank * (count - 1);
        long before = accumulator.getLong(offset + ZEROS);
        if (before > wanted) {
            return 0;
        }
        final double greatest = accumulator.getDouble(offset + GREATEST);
        for (int i = 0; i < bins; i++) {
            before += accumulator.getLong(offset + BINS + i * Long.BYTES);
            if (before > wanted) {
                final double middle = 2 * Math.pow(gamma, accumulator.getLong(offset + LOWEST) + i) / (gamma + 1);
                return Math.max(accumulator.getDouble(offset + LEAST), Math.min(greatest, middle));
            }
        }
        return greatest;
    }
}
