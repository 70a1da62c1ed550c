/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.thread;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/** How the engine's threads wait. A strategy belongs to one thread. */
public final class IdleStrategies {
    private static final int FEW_CORES = 2;
    private static final long MIN_PARK_NS = 1_000;
    private static final long MAX_PARK_NS = 500_000;

    private IdleStrategies() {
    }

    /**
     * For a thread that may have to wait for long: it spins and yields for some microseconds, hardly at all on a machine of
     * few cores, and then parks, each time twice as long, up to 0.5 ms.
     */
    public static IdleStrategy forLongWaits() {
        return Runtime.getRuntime().availableProcessors() > FEW_CORES
            ? new BackoffIdleStrategy(100, 50, MIN_PARK_NS, MAX_PARK_NS)
            : new BackoffIdleStrategy(10, 5, MIN_PARK_NS, MAX_PARK_NS);
    }
}
