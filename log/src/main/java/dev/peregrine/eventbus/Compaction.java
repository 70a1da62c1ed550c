/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ConfigurationException;

/**
 * Whether of each key only the latest record is kept. Works on sealed segments, in the background.
 *
 * @param enabled whether it is done.
 * @param minLagMs records younger than this are left alone.
 * @param tombstonesMs how long a record with an empty payload, which deletes its key, can still be read.
 */
public record Compaction(boolean enabled, long minLagMs, long tombstonesMs) {
    private static final long DAY_MS = 24L * 60 * 60 * 1000;

    /** No compaction. */
    public static final Compaction OFF = new Compaction(false, 0, DAY_MS);

    /** Checks the numbers. */
    public Compaction {
        if (minLagMs < 0 || tombstonesMs < 0) {
            throw new ConfigurationException(
                "times of compaction must not be negative: min-lag " + minLagMs + ", tombstones " + tombstonesMs);
        }
    }
}
