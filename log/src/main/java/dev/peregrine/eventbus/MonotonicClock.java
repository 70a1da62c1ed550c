/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.util.concurrent.locks.LockSupport;

/** The time that limits and time-outs go by. */
interface MonotonicClock {
    /** The clock of the system. */
    MonotonicClock SYSTEM = System::nanoTime;

    /** Monotonic nanoseconds. */
    long nanoTime();

    /** Waits about so long, less if the thread is interrupted. */
    default void park(final long ns) {
        LockSupport.parkNanos(ns);
    }
}
