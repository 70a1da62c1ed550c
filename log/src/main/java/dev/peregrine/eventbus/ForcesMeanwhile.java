/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.PeregrineException;

/**
 * Forces what is due in all partitions while housekeeping makes a segment for one of them, which can take long. By the
 * housekeeping thread.
 */
final class ForcesMeanwhile implements Runnable {
    /** Between two rounds: with many partitions one takes longer than a block of a segment. */
    private static final long PAUSE_NS = 1_000_000;

    private final Streams streams;
    private long lastNs = System.nanoTime();
    private RuntimeException failure;

    ForcesMeanwhile(final Streams streams) {
        this.streams = streams;
    }

    @Override
    public void run() {
        if (System.nanoTime() - lastNs < PAUSE_NS) {
            return;
        }
        for (final Stream stream : streams.opened()) {
            try {
                stream.doForces();
            } catch (final PeregrineException e) {
                failure = failure == null ? e : failure; // the segment is made all the same
            }
        }
        lastNs = System.nanoTime();
    }

    /** The first failure since this was asked last; null if there was none. */
    RuntimeException takeFailure() {
        final RuntimeException taken = failure;
        failure = null;
        return taken;
    }
}
