/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.counters.HistogramBuckets;
import org.HdrHistogram.Histogram;

/**
 * Latencies of one thread's events, handed over interval by interval. The recording thread takes the lock once per
 * epoch, not once per event; a reader holds it only while it swaps two histograms.
 */
final class LatencyRecorder {
    private static final int DIGITS = 3;
    /** Latencies beyond an hour count as an hour. */
    private static final long HIGHEST_NS = 3_600_000_000_000L;

    private Histogram active = new Histogram(HIGHEST_NS, DIGITS);
    private Histogram spare = new Histogram(HIGHEST_NS, DIGITS);
    /** Of all intervals. */
    private final long[] totals = new long[HistogramBuckets.COUNT];

    /** Records the age of each stamp; neighbours with the same stamp, as a batch has, are recorded together. */
    synchronized void record(final long[] stamps, final int count, final long nowNs) {
        final Histogram histogram = active;
        for (int i = 0; i < count;) {
            final int first = i;
            final long stamp = stamps[i];
            do {
                i++;
            } while (i < count && stamps[i] == stamp);
            final long ageNs = Math.min(HIGHEST_NS, Math.max(0, nowNs - stamp));
            histogram.recordValueWithCount(ageNs, i - first);
            totals[HistogramBuckets.of(ageNs)] += i - first;
        }
    }

    /** Adds what was recorded since the start, by the buckets of {@link HistogramBuckets}. */
    synchronized void addTotals(final long[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] += totals[i];
        }
    }

    /** Adds what was recorded since the last call. Used by one reader at a time. */
    void addTo(final Histogram into) {
        final Histogram taken;
        synchronized (this) {
            taken = active;
            active = spare;
        }
        into.add(taken);
        taken.reset();
        spare = taken;
    }
}
