/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

/** Time that stands still until it is moved. Used by one thread. */
final class ManualClock {
    private long wallNs;
    /** The monotonic side runs ahead of the other: epochs end by it. */
    private long monotonicNs;

    ManualClock(final long startNs) {
        wallNs = startNs;
    }

    long wallNs() {
        return wallNs;
    }

    long monotonicNs() {
        return monotonicNs;
    }

    /** A process begins, and with it the monotonic clock. */
    void restart() {
        monotonicNs = 0;
    }

    void advance(final long durationNs) {
        wallNs += durationNs;
        monotonicNs += durationNs;
    }

    void advanceMonotonic(final long durationNs) {
        monotonicNs += durationNs;
    }
}
