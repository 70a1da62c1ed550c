/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.aggregate;

import dev.peregrine.topology.KeySelector;

/** The aggregators that come with the engine. */
public final class Aggregators {
    private static final int DEFAULT_PRECISION = 11;
    private static final double DEFAULT_ACCURACY = 0.01;
    private static final int DEFAULT_BINS = 512;
    private static final int COUNTERS_PER_RANK = 4;

    private Aggregators() {
    }

    /** Number of events. Result: i64. */
    public static Aggregator count() {
        return new CountAggregator();
    }

    /** Sum of whole numbers, which must fit a long. Result: i64. */
    public static Aggregator sum(final LongExtractor value) {
        return new LongSumAggregator(value);
    }

    /** Sum. Result: f64. */
    public static Aggregator sumDouble(final DoubleExtractor value) {
        return new DoubleSumAggregator(value, false);
    }

    /** Arithmetic mean. Result: f64, NaN if there was no event. */
    public static Aggregator mean(final DoubleExtractor value) {
        return new DoubleSumAggregator(value, true);
    }

    /** Least whole number. Result: i64, {@link Long#MAX_VALUE} if there was no event. */
    public static Aggregator min(final LongExtractor value) {
        return new LongExtremeAggregator(value, false);
    }

    /** Greatest whole number. Result: i64, {@link Long#MIN_VALUE} if there was no event. */
    public static Aggregator max(final LongExtractor value) {
        return new LongExtremeAggregator(value, true);
    }

    /** Least number. Result: f64, NaN if there was no event or a NaN. */
    public static Aggregator minDouble(final DoubleExtractor value) {
        return new DoubleExtremeAggregator(value, false);
    }

    /** Greatest number. Result: f64, NaN if there was no event or a NaN. */
    public static Aggregator maxDouble(final DoubleExtractor value) {
        return new DoubleExtremeAggregator(value, true);
    }

    /** Number of distinct items, estimated with a standard error of 2.3 % in 2 KiB. Result: i64. */
    public static Aggregator distinct(final KeySelector item) {
        return distinct(item, DEFAULT_PRECISION);
    }

    /**
     * Number of distinct items, estimated by HyperLogLog in 2^precision bytes, with a standard error of 1.04 /
     * sqrt(2^precision). Result: i64.
     *
     * @param precision 4 to 16.
     */
    public static Aggregator distinct(final KeySelector item, final int precision) {
        return new DistinctAggregator(item, precision);
    }

    /** Quantiles of numbers of 0 and more, each exact to 1 %, in 4 KiB. Result: an f64 for each. */
    public static Aggregator quantiles(final DoubleExtractor value, final double... ranks) {
        return quantiles(value, DEFAULT_ACCURACY, DEFAULT_BINS, ranks);
    }

    /**
     * Quantiles of numbers of 0 and more. Result: an f64 for each rank, NaN if there was no event.
     *
     * @param accuracy relative error of a result, e.g. 0.01.
     * @param bins     eight bytes each: with many bins less accuracy is lost at the low end where values differ by a factor
     *                 of more than exp(2 * accuracy * bins).
     * @param ranks    0 to 1, e.g. 0.5 for the median.
     */
    public static Aggregator quantiles(
        final DoubleExtractor value, final double accuracy, final int bins, final double... ranks) {
        return new QuantilesAggregator(value, accuracy, bins, ranks);
    }

    /** The most frequent items, in four counters a rank: see {@link #topK(KeySelector, int, int, int)}. */
    public static Aggregator topK(final KeySelector item, final int ranks, final int maxItemLength) {
        return topK(item, ranks, maxItemLength, ranks * COUNTERS_PER_RANK);
    }

    /**
     * The most frequent items by Space-Saving: each item that makes up more than a share of 1 / counters is among them. An
     * event costs a walk over the counters. Result: for each rank, by falling count, {@link TopKDescriptor}; the count is
     * too high by the error at most, and an unused rank has count 0.
     *
     * @param maxItemLength bytes; of a longer item only so many count.
     */
    public static Aggregator topK(
        final KeySelector item, final int ranks, final int maxItemLength, final int counters) {
        return new TopKAggregator(item, ranks, maxItemLength, counters);
    }

    /** Several aggregators at once; accumulators and results lie one behind the other. */
    public static Aggregator all(final Aggregator... parts) {
        return new CompositeAggregator(parts);
    }
}
