/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

/**
 * Chooses which events the instances of one thread time, and keeps the time of calls within calls apart: with fused
 * instances an event's way through all of them is one nest of calls. Between two samples lie so many calls that the clock
 * takes about a thousandth of the time, and at most {@value #MAX_PERIOD}, a prime, so that instances called in turn all get
 * theirs. Used by one thread.
 */
final class CallSampler {
    private static final int MAX_PERIOD = 1021;
    /** A thousand times what a look at the clock takes, ns, twice. */
    private static final long PERIOD_NS = 65_536;

    private int countdown;
    private int depth;
    private long nestedNs;

    /** Whether the call about to be made is to be timed; all calls within one that is timed are too. */
    boolean isDue() {
        return countdown-- <= 0;
    }

    /** Begins to time a call; returns what {@link #end} needs. */
    long begin() {
        final long outerNs = nestedNs;
        nestedNs = 0;
        depth++;
        return outerNs;
    }

    /** Ends the timing of a call that took so long; returns how much of that was spent in calls within it. */
    long end(final long outerNs, final long tookNs) {
        final long innerNs = nestedNs;
        nestedNs = outerNs + tookNs;
        if (--depth == 0) {
            nestedNs = 0;
            countdown = (int) Math.min(MAX_PERIOD, PERIOD_NS / Math.max(1, tookNs));
        }
        return innerNs;
    }
}
