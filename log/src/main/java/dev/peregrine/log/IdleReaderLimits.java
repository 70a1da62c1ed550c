/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.ConfigurationException;

/**
 * When housekeeping speaks up about a reader that cannot get records that are there.
 *
 * @param warnAfterNs a warning after this time, once.
 * @param errorAfterNs an error after this time, and again each time it has passed once more.
 */
public record IdleReaderLimits(long warnAfterNs, long errorAfterNs) {
    /** A warning after 10 s, an error each 60 s. */
    public static final IdleReaderLimits DEFAULT = new IdleReaderLimits(10_000_000_000L, 60_000_000_000L);

    /** Checks the order. */
    public IdleReaderLimits {
        if (warnAfterNs <= 0 || errorAfterNs < warnAfterNs) {
            throw new ConfigurationException("idle readers: a warning after " + warnAfterNs + " ns and an error after "
                + errorAfterNs + " ns: both must be positive, the error not before the warning");
        }
    }
}
