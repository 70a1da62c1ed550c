/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

/**
 * Epoch numbers: the run of the topology in the upper bits, a counter in the lower. Numbers of a later run are always
 * higher, so that records of an epoch that was never committed are told from those of the epoch that replaced it.
 */
final class EpochNumbers {
    private static final int COUNTER_BITS = 40;

    private EpochNumbers() {
    }

    /** First epoch of the run after the one that committed the given epoch (-1 if there was none). */
    static long firstOfNextRun(final long lastCommitted) {
        return ((lastCommitted >> COUNTER_BITS) + 1 << COUNTER_BITS) + 1;
    }
}
