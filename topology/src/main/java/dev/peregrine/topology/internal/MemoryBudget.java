/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.error.MemoryBudgetException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that a topology may use. Whoever wants more takes it here first: states in steps of {@link #STEP}, so that the
 * way of an event does not lead here. Safe for use by many threads.
 */
final class MemoryBudget {
    /** Without a limit. */
    static final MemoryBudget UNLIMITED = new MemoryBudget("", 0);
    /** By how much states grow at least, bytes. */
    static final int STEP = 256 << 10;

    private final String topology;
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /** A budget of so many bytes; 0 sets no limit. */
    MemoryBudget(final String topology, final long limit) {
        this.topology = topology;
        this.limit = limit;
    }

    /**
     * Refuses a topology that needs more than it may have, as far as that is certain; otherwise takes what it needs apart
     * from its states, which take it themselves.
     *
     * @throws MemoryBudgetException if it does.
     */
    void begin(final MemoryNeed need) {
        if (limit > 0 && need.certain() > limit) {
            throw new MemoryBudgetException("topology " + topology + " needs " + MemoryNeed.text(need.certain())
                + " of memory, but memoryBudgetBytes (memory-budget) is " + MemoryNeed.text(limit) + ": "
                + need.describe() + "; raise it" + (need.rings() > 0 ? ", or set threads = 1, which needs no rings" : ""));
        }
        used.addAndGet(need.ringBytes() + need.instanceBytes());
    }

    /**
     * Takes memory before it is allocated.
     *
     * @param what for what, e.g. the name of a state.
     * @throws MemoryBudgetException if there is not so much.
     */
    void take(final long bytes, final String what) {
        final long before = used.getAndAdd(bytes);
        if (limit > 0 && before + bytes > limit) {
            used.addAndGet(-bytes);
            throw new MemoryBudgetException("topology " + topology + ": " + what + " needs " + MemoryNeed.text(bytes)
                + " more memory, but " + MemoryNeed.text(before) + " of memoryBudgetBytes (memory-budget) = "
                + MemoryNeed.text(limit) + " are in use: raise it, or let the state forget by a time to live");
        }
    }

    void giveBack(final long bytes) {
        used.addAndGet(-bytes);
    }

    /** Bytes taken. */
    long used() {
        return used.get();
    }
}
