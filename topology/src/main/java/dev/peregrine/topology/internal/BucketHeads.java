/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import java.util.Arrays;
import org.agrona.UnsafeApi;

/**
 * The buckets of linear hashing (Litwin, VLDB 1980; in memory: Larson, CACM 1988): their number grows by one at a time, the
 * next bucket in turn handing about half of its entries to a new one. Each bucket is the reference of the first entry of
 * its chain. Memory comes in segments, so that nothing is ever copied.
 */
final class BucketHeads {
    private static final int SEGMENT_SHIFT = 14;
    private static final int SEGMENT_HEADS = 1 << SEGMENT_SHIFT;
    private static final int SEGMENT_MASK = SEGMENT_HEADS - 1;
    private static final int INITIAL_BUCKETS = 1024;
    private static final int MAX_BUCKETS = 1 << 30;

    private final String name;
    private final MemoryBudget memory;
    private long[] addresses = new long[4];
    private int segmentCount;
    private int buckets = INITIAL_BUCKETS;
    /** Buckets at the start of this doubling. */
    private int base = INITIAL_BUCKETS;

    /** Heads of a state, by its name in messages. */
    BucketHeads(final String name, final MemoryBudget memory) {
        this.name = name;
        this.memory = memory;
        addSegment();
        UnsafeApi.setMemory(addresses[0], INITIAL_BUCKETS * Integer.BYTES, (byte) 0);
    }

    private void addSegment() {
        if (segmentCount == addresses.length) {
            addresses = Arrays.copyOf(addresses, segmentCount * 2);
        }
        memory.take(SEGMENT_HEADS * Integer.BYTES, "the index of state " + name);
        addresses[segmentCount] = UnsafeApi.allocateMemory(SEGMENT_HEADS * Integer.BYTES);
        segmentCount++;
    }

    int count() {
        return buckets;
    }

    /** The bucket in which entries of a hash are. */
    int of(final long hash) {
        final int bucket = (int) hash & (base << 1) - 1;
        return bucket & (base - 1 | bucket - buckets >> 31); // no branch: nobody could predict it
    }

    int get(final int bucket) {
        return UnsafeApi.getInt(address(bucket));
    }

    void set(final int bucket, final int ref) {
        UnsafeApi.putInt(address(bucket), ref);
    }

    private long address(final int bucket) {
        return addresses[bucket >>> SEGMENT_SHIFT] + ((bucket & SEGMENT_MASK) << 2);
    }

    /** Whether another bucket may be added. */
    boolean mayGrow() {
        return buckets < MAX_BUCKETS;
    }

    /** The bucket whose turn it is to be split. */
    int splitting() {
        return buckets - base;
    }

    /** Whether an entry of the bucket that is split belongs into the new one. */
    boolean moves(final long hash) {
        return ((int) hash & base) != 0;
    }

    /** Adds the new bucket of a split. */
    void add(final int ref) {
        final int bucket = buckets;
        if (bucket >>> SEGMENT_SHIFT == segmentCount) {
            addSegment();
        }
        set(bucket, ref);
        buckets++;
        if (buckets == base << 1) {
            base = buckets;
        }
    }

    long bytes() {
        return (long) segmentCount * SEGMENT_HEADS * Integer.BYTES;
    }

    void close() {
        for (int i = 0; i < segmentCount; i++) {
            UnsafeApi.freeMemory(addresses[i]);
        }
        segmentCount = 0;
        addresses = new long[0];
    }
}
