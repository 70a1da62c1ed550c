/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

/**
 * Groups TTLs so that the items of one segment run out at about the same time. Bucket 0 holds items without TTL; the
 * others divide 1 s to about 4 years by powers of two (up to two buckets each), shorter TTLs belong to bucket 1, longer
 * ones are cut to the longest.
 *
 * <p>An item's deadline is exact to the bucket's unit: at most 1/32768 of the bucket's longest TTL early, never late.
 * Immutable.
 */
final class TtlBuckets {
    /** Bucket of the items that do not expire. */
    static final int NO_TTL_BUCKET = 0;

    private static final int LOWEST_OCTAVE = 10;
    private static final int HIGHEST_OCTAVE = 37;
    /** Half octaves in the range: as many buckets as there can be. */
    private static final int STEPS = (HIGHEST_OCTAVE - LOWEST_OCTAVE) * 2;
    private static final int FEWEST = 8;

    private final int[] bucketOfStep = new int[STEPS];
    private final long[] longestTtl;
    private final int[] shift;

    /** Buckets for a shard; the fewer its segments the wider they are, as each in use keeps one or two open. */
    TtlBuckets(final int segments) {
        final int buckets = Math.min(STEPS, Math.max(FEWEST, segments / 4));
        longestTtl = new long[buckets + 1];
        shift = new int[buckets + 1];
        for (int step = 0; step < STEPS; step++) {
            final int bucket = 1 + step * buckets / STEPS;
            bucketOfStep[step] = bucket;
            longestTtl[bucket] = lowerEdge(step + 1);
        }
        for (int bucket = 1; bucket <= buckets; bucket++) {
            // A segment takes items for as long as its longest TTL, so twice that must fit into the deadline's bits.
            while ((2 * longestTtl[bucket] >>> shift[bucket]) + 2 > ItemDescriptor.MAX_DEADLINE) {
                shift[bucket]++;
            }
        }
    }

    private static long lowerEdge(final int step) {
        final long octave = 1L << LOWEST_OCTAVE + step / 2;
        return (step & 1) == 0 ? octave : octave + octave / 2;
    }

    /** Number of buckets, the one without TTL included. */
    int count() {
        return longestTtl.length;
    }

    /** Bucket of a TTL in milliseconds; 0 means none. */
    int bucketOf(final long ttlMs) {
        if (ttlMs == 0) {
            return NO_TTL_BUCKET;
        }
        if (ttlMs < 1L << LOWEST_OCTAVE) {
            return 1;
        }
        final int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(ttlMs);
        if (octave >= HIGHEST_OCTAVE) {
            return longestTtl.length - 1;
        }
        return bucketOfStep[(octave - LOWEST_OCTAVE) * 2 + (int) (ttlMs >>> octave - 1 & 1)];
    }

    /** Longest TTL of a bucket in milliseconds; also how long a segment of it takes new items. */
    long longestTtl(final int bucket) {
        return longestTtl[bucket];
    }

    /** Log2 of the unit, in milliseconds, in which deadlines of this bucket are kept. */
    int shift(final int bucket) {
        return shift[bucket];
    }
}
