/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.counters;

import org.agrona.BitUtil;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/** A histogram in the counters file. One thread at a time records; any thread may read. */
public final class CountedHistogram {
    private final AtomicBuffer buffer;
    private final int offset;
    private final int number;
    /** Leads readers to it. */
    private final AtomicCounter counter;

    CountedHistogram(final AtomicBuffer buffer, final int offset, final int number, final AtomicCounter counter) {
        this.buffer = buffer;
        this.offset = offset;
        this.number = number;
        this.counter = counter;
    }

    int number() {
        return number;
    }

    AtomicCounter counter() {
        return counter;
    }

    /** Says how many values were counted in each bucket. */
    public void set(final long[] counts) {
        for (int i = 0; i < HistogramBuckets.COUNT; i++) {
            buffer.putLongRelease(offset + i * BitUtil.SIZE_OF_LONG, counts[i]);
        }
    }

    /** The counts of all buckets, see {@link HistogramBuckets}, added to those given. */
    public void addTo(final long[] counts) {
        for (int i = 0; i < HistogramBuckets.COUNT; i++) {
            counts[i] += buffer.getLongAcquire(offset + i * BitUtil.SIZE_OF_LONG);
        }
    }
}
