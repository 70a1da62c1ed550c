/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.state;

/**
 * What all keyed states have in common: memory outside the heap, kept by the epochs, found again under its name after a
 * restart. Used by the instance's thread alone. It grows a few entries at a time, never in one copy, and allocates nothing
 * on the heap in steady state. Memory that removed entries leave is used again, and given back when the topology ends.
 */
public interface KeyedState {
    /** Result of a look-up that found nothing. */
    int MISSING = -1;

    /** Longest key, bytes. */
    int MAX_KEY_LENGTH = 64 << 10;

    /** Longest value where values are of variable length, bytes. */
    int MAX_VALUE_LENGTH = 1 << 20;

    /** Bytes of memory in use, with its index. */
    long bytes();

    /**
     * A hash of keys and values that does not depend on the order in which they came, nor on where they lie: two states
     * of one kind that hold the same have the same. Walks everything.
     */
    long stateHash();
}
