/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.time.EngineClock;
import java.util.concurrent.TimeUnit;

/** By how much event time is behind the clock. */
final class WatermarkLag {
    private static final long NONE = -1;

    private WatermarkLag() {
    }

    /** Milliseconds; -1 where there is no watermark, or one that stands for the end of all time. */
    static long ms(final long watermarkNs) {
        if (watermarkNs == Long.MIN_VALUE || watermarkNs == Long.MAX_VALUE) {
            return NONE;
        }
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(EngineClock.INSTANCE.nanoTime() - watermarkNs));
    }
}
