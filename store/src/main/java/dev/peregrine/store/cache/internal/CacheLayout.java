/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.store.CacheConfig;
import org.agrona.BitUtil;

/**
 * How a cache's bytes are divided: shards, each with a control block (recycle sequence, segment headers, index buckets)
 * and its segments.
 *
 * @param shards number of shards, a power of two.
 * @param segmentsPerShard segments of each shard.
 * @param segmentLength bytes of a segment; need not be a power of two.
 * @param bucketsPerShard index buckets of each shard.
 */
public record CacheLayout(int shards, int segmentsPerShard, int segmentLength, int bucketsPerShard) {
    /** Room for the recycle sequence, alone on its cache lines. */
    static final int SEQUENCE_LENGTH = 128;
    /** Allocations are moved up to a cache line: what that may cost. */
    static final int ALIGNMENT = 64;
    /** What the heap objects of a cache and of a shard are counted at. */
    static final int HEAP_PER_CACHE = 16 * 1024;
    static final int HEAP_PER_SHARD = 2 * 1024;

    private static final long LARGE_CACHE = 64L << 20;
    private static final int LARGE_SEGMENT = (1 << 20) + 4096;
    private static final int SMALLEST_SEGMENT = 16 * 1024;
    private static final int SEGMENTS_WANTED = 64;
    private static final int FEWEST_SEGMENTS_PER_SHARD = 24;
    private static final int SHARDS_PER_CORE = 4;
    private static final int MOST_SHARDS = 4096;
    private static final long LARGEST_SHARD = 8L << 30;
    /** Keeps a shard's control block within one buffer. */
    private static final long LARGEST_INDEX = 1L << 30;
    /** Share of the index that is expected to be full. */
    private static final double INDEX_LOAD = 0.875;

    /** Checks that locations have enough bits and one segment can be kept in reserve. */
    public CacheLayout {
        if (!BitUtil.isPowerOfTwo(shards) || segmentsPerShard < 3 || bucketsPerShard < 1
            || (long) segmentsPerShard << offsetBits(segmentLength) > IndexDescriptor.LOCATION_MASK) {
            throw new ConfigurationException("impossible cache layout of " + shards + " shards with "
                + segmentsPerShard + " segments of " + segmentLength + " bytes; choose another size");
        }
    }

    /** The layout for a configured cache on a machine with so many cores. */
    public static CacheLayout of(final CacheConfig config, final int cores) {
        final long capacity = config.capacityBytes();
        final int segmentLength = capacity >= LARGE_CACHE
            ? LARGE_SEGMENT // one value of 1 MiB with its key fits
            : (int) Math.max(SMALLEST_SEGMENT, Long.highestOneBit(capacity / SEGMENTS_WANTED));
        final long useful = Math.max(1, capacity / ((long) FEWEST_SEGMENTS_PER_SHARD * segmentLength));
        final long wanted = Math.min(useful, BitUtil.findNextPositivePowerOfTwo(cores * SHARDS_PER_CORE));
        final double itemBytes = ItemDescriptor.HEADER_LENGTH + (double) config.itemBytesHint();
        final double indexBytes = IndexDescriptor.ENTRY_LENGTH / INDEX_LOAD;
        final double segmentShare = itemBytes / (itemBytes + indexBytes);
        final long largest = (long) Math.min(LARGEST_SHARD, LARGEST_INDEX / (1 - segmentShare) / 2);
        long shards = Long.highestOneBit(wanted);
        while (capacity / shards > largest) {
            shards *= 2;
        }
        if (shards > MOST_SHARDS) {
            throw new ConfigurationException("cache " + config.name() + ": " + capacity
                + " bytes are more than one cache can hold; at most " + MOST_SHARDS * largest);
        }
        final long budget = (capacity - HEAP_PER_CACHE) / shards - HEAP_PER_SHARD - SEQUENCE_LENGTH;
        final int perSegment = segmentLength + SegmentDescriptor.LENGTH;
        final int segments = (int) (budget * segmentShare / perSegment);
        // What whole segments leave over goes to the index, except for the slack of aligned allocations.
        final long slack = (1L + chunks(segments, segmentLength)) * ALIGNMENT;
        final long rest = budget - slack - (long) segments * perSegment;
        return new CacheLayout(
            (int) shards, segments, segmentLength, (int) (rest / IndexDescriptor.BUCKET_LENGTH));
    }

    private static int offsetBits(final int segmentLength) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(segmentLength - 1);
    }

    private static int chunkShift(final int segmentLength) {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros((1 << 30) / segmentLength);
    }

    private static int chunks(final int segments, final int segmentLength) {
        final int shift = chunkShift(segmentLength);
        return segments + (1 << shift) - 1 >>> shift;
    }

    /** Bits of a location that are the offset in the segment. */
    int offsetBits() {
        return offsetBits(segmentLength);
    }

    /** Log2 of the number of segments that share one allocation of at most 1 GiB. */
    int chunkShift() {
        return chunkShift(segmentLength);
    }

    /** Number of allocations that hold a shard's segments. */
    int chunks() {
        return chunks(segmentsPerShard, segmentLength);
    }

    /** Length in bytes of a shard's n-th allocation for segments. */
    int chunkLength(final int chunk) {
        final int perChunk = 1 << chunkShift();
        return Math.min(perChunk, segmentsPerShard - chunk * perChunk) * segmentLength;
    }

    /** Offset of the index in a shard's control block. */
    int indexOffset() {
        return SEQUENCE_LENGTH + segmentsPerShard * SegmentDescriptor.LENGTH;
    }

    /** Length of a shard's control block. */
    int controlLength() {
        return indexOffset() + bucketsPerShard * IndexDescriptor.BUCKET_LENGTH;
    }

    /** All bytes of the cache, heap and alignment included. */
    long totalBytes() {
        final long perShard = HEAP_PER_SHARD + controlLength() + (long) segmentsPerShard * segmentLength
            + (1L + chunks()) * ALIGNMENT;
        return HEAP_PER_CACHE + shards * perShard;
    }
}
