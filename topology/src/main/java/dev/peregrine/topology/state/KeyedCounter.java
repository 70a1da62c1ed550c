/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.state;

import org.agrona.DirectBuffer;

/** A number per key. A key that was never added to, was removed or has expired counts 0. Used by one thread. */
public interface KeyedCounter extends KeyedState {
    /** The key's number; 0 if it has none. */
    long get(DirectBuffer key, int offset, int length);

    /** As {@link #get(DirectBuffer, int, int)} with the eight bytes of a number as key. */
    long get(long key);

    /** Adds to the key's number, wrapping around; returns the sum. */
    long add(DirectBuffer key, int offset, int length, long delta);

    /** As {@link #add(DirectBuffer, int, int, long)} with the eight bytes of a number as key. */
    long add(long key, long delta);

    /** Sets the key's number. */
    void set(DirectBuffer key, int offset, int length, long value);

    /** Whether the key has a number, be it 0. */
    boolean contains(DirectBuffer key, int offset, int length);

    /** Removes a key; returns whether it was there. */
    boolean remove(DirectBuffer key, int offset, int length);

    /** Number of keys, with expired ones that are not yet taken away. */
    int size();

    /** Visits every key, in no particular order. The visitor may remove the key that it was handed, and nothing else. */
    void forEach(CounterVisitor visitor);

    /** Visits every key that was changed since the last epoch and is still there; none must be created or removed. */
    void forEachChanged(CounterVisitor visitor);

    /** Takes a key and its number. */
    @FunctionalInterface
    interface CounterVisitor {
        /** Called once per key; the buffer is the state's own, valid during the call. */
        void onCounter(DirectBuffer buffer, int keyOffset, int keyLength, long value);
    }
}
