/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.time;

import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.OffsetEpochNanoClock;

/**
 * The one clock of the process for timestamps in nanoseconds since 1970. Two instances of
 * {@link OffsetEpochNanoClock} differ by up to a millisecond, since each finds its own offset between the system's wall
 * clock and its monotonic one; a latency is right only if both its ends come from the same. Safe for use by many threads.
 */
public final class EngineClock {
    /** The clock. */
    public static final EpochNanoClock INSTANCE = new OffsetEpochNanoClock();

    private EngineClock() {
    }
}
