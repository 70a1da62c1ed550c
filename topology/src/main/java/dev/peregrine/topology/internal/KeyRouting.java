/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.KeyHash;

/**
 * Tells which state belongs to an instance. Every entry remembers the routing hash of the event for which it was made;
 * where all inputs are grouped by key, that is the event's key hash, so that entries go where their events go when the
 * number of instances changes. Elsewhere it is the instance's number. With it goes the memory budget that an instance's
 * states take from. Used by the instance's thread.
 */
final class KeyRouting {
    private final boolean byKey;
    private final int task;
    private final int parallelism;
    private final MemoryBudget memory;
    private long hash;

    KeyRouting(final boolean byKey, final int task, final int parallelism) {
        this(byKey, task, parallelism, MemoryBudget.UNLIMITED);
    }

    KeyRouting(final boolean byKey, final int task, final int parallelism, final MemoryBudget memory) {
        this.byKey = byKey;
        this.memory = memory;
        this.task = task;
        this.parallelism = parallelism;
        // made before any event: the least hash that is routed here
        this.hash = byKey ? (((long) task << 32) + parallelism - 1) / parallelism << 32 : task;
    }

    /** An event or timer is in work; entries made from now on are its. */
    void working(final long keyHash) {
        if (byKey) {
            hash = keyHash;
        }
    }

    MemoryBudget memory() {
        return memory;
    }

    /** Routing hash of entries that are made now. */
    long hash() {
        return hash;
    }

    /** Whether an entry with this routing hash is kept by the instance. */
    boolean owns(final long routingHash) {
        return byKey ? KeyHash.bucket(routingHash, parallelism) == task : routingHash == task;
    }
}
