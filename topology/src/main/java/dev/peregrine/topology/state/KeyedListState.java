/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.state;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A list of values of any length up to {@link #MAX_VALUE_LENGTH} per key, in the order in which they were appended. A time
 * to live counts for each value by itself. Used by one thread.
 */
public interface KeyedListState extends KeyedState {
    /** Appends a copy of bytes to the key's list, in constant time; they must not lie in this state. */
    void append(
        DirectBuffer key, int keyOffset, int keyLength, DirectBuffer value, int valueOffset, int valueLength);

    /** Visits the key's values in their order. The visitor must not change this state. */
    void forEach(DirectBuffer key, int keyOffset, int keyLength, ValueVisitor visitor);

    /** Removes the key's oldest value that has not expired, and the expired ones before it; whether there was one. */
    boolean removeFirst(DirectBuffer key, int keyOffset, int keyLength);

    /** Removes a key's list; returns how many values it had, with expired ones that were not yet taken away. */
    int clear(DirectBuffer key, int keyOffset, int keyLength);

    /** Number of a key's values, with expired ones that are not yet taken away. */
    int size(DirectBuffer key, int keyOffset, int keyLength);

    /** Number of keys that have values, be they expired and not yet taken away. */
    int keys();

    /** Number of values of all keys, with expired ones that are not yet taken away. */
    int size();

    /**
     * Visits all lists: those of different keys in no particular order, each in its own. The visitor must not change
     * this state.
     */
    void forEach(ListVisitor visitor);

    /** Visits every value that was appended since the last epoch and is still there; this state must not be changed. */
    void forEachChanged(ListVisitor visitor);

    /** Takes a value of one key. */
    @FunctionalInterface
    interface ValueVisitor {
        /** Called once per value; the buffer is the state's own, valid during the call. */
        void onValue(MutableDirectBuffer buffer, int offset, int length);
    }

    /** Takes a value and its key. */
    @FunctionalInterface
    interface ListVisitor {
        /** Called once per value; the buffers are the state's own, valid during the call. */
        void onValue(
            DirectBuffer key, int keyOffset, int keyLength, MutableDirectBuffer buffer, int offset, int length);
    }
}
