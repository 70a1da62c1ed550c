/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.counters;

/**
 * The buckets of a histogram of nanoseconds: sixteen for each power of two, so that a value is known to within 6.25 %, up
 * to 73 minutes; what is longer counts as that.
 */
public final class HistogramBuckets {
    private static final int SUB_BITS = 4;
    private static final int SUB = 1 << SUB_BITS;
    private static final int HIGHEST_BIT = 41;

    /** Number of buckets. */
    public static final int COUNT = (HIGHEST_BIT - SUB_BITS + 2) * SUB;

    private HistogramBuckets() {
    }

    /** The bucket of a value; negative ones count as 0. */
    public static int of(final long valueNs) {
        if (valueNs < SUB) {
            return (int) Math.max(0, valueNs);
        }
        final int bit = Long.SIZE - 1 - Long.numberOfLeadingZeros(valueNs);
        return bit > HIGHEST_BIT ? COUNT - 1
            : (bit - SUB_BITS + 1) * SUB + (int) (valueNs >>> bit - SUB_BITS) - SUB;
    }

    /** The highest value of a bucket, ns. */
    public static long highest(final int bucket) {
        if (bucket < SUB) {
            return bucket;
        }
        final int shift = bucket / SUB - 1;
        return (((long) SUB + bucket % SUB + 1) << shift) - 1;
    }

    /** How many values the buckets have counted. */
    public static long total(final long[] counts) {
        long total = 0;
        for (final long count : counts) {
            total += count;
        }
        return total;
    }

    /** The value that the given share of all values does not exceed, ns; 0 where nothing was counted. */
    public static long atPercentile(final long[] counts, final double percentile) {
        final long rank = (long) Math.ceil(total(counts) * percentile / 100);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank && seen > 0) {
                return highest(i);
            }
        }
        return 0;
    }
}
