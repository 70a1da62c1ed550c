/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import org.HdrHistogram.Histogram;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Percentiles of one iteration, handed to JMH as counters of that iteration. The names of the fields are what
 * {@link dev.peregrine.bench.cli.Figures} looks for.
 */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class Latency {
    private static final double NS_PER_MICRO = 1e3;

    /** Median, microseconds. */
    public double p50Micros;
    /** 99th percentile, microseconds. */
    public double p99Micros;
    /** 99.9th percentile, microseconds. */
    public double p999Micros;
    /** 99.99th percentile, microseconds; not a number where it was not measured. */
    public double p9999Micros;
    /** Longest, microseconds; not a number where it was not measured. */
    public double maxMicros;
    /** Longest hiccup of the machine meanwhile, microseconds; not a number where it was not measured. */
    public double hiccupMicros;
    /** Records a second that a reader of old records took meanwhile; not a number where there was none. */
    public double catchUpPerSecond;
    /** Heap bytes that all threads allocated per event while events were sent. */
    public double allocatedBytesPerEvent;

    /** Takes percentiles and heap bytes per event from whoever measured them. */
    public void set(final double p50, final double p99, final double p999, final double bytesPerEvent) {
        p50Micros = p50;
        p99Micros = p99;
        p999Micros = p999;
        p9999Micros = Double.NaN;
        maxMicros = Double.NaN;
        hiccupMicros = Double.NaN;
        catchUpPerSecond = Double.NaN;
        allocatedBytesPerEvent = bytesPerEvent;
    }

    /** Takes the rate of a reader of old records. */
    public void setCatchUp(final double perSecond) {
        catchUpPerSecond = perSecond;
    }

    /** Takes the percentiles of a histogram of nanoseconds, what was allocated and what the machine did meanwhile. */
    void set(final Histogram histogram, final double bytesPerEvent, final long hiccupNs) {
        set(histogram.getValueAtPercentile(50) / NS_PER_MICRO, histogram.getValueAtPercentile(99) / NS_PER_MICRO,
            histogram.getValueAtPercentile(99.9) / NS_PER_MICRO, bytesPerEvent);
        p9999Micros = histogram.getValueAtPercentile(99.99) / NS_PER_MICRO;
        maxMicros = histogram.getMaxValue() / NS_PER_MICRO;
        hiccupMicros = hiccupNs / NS_PER_MICRO;
    }
}
