/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.state;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A value of any length up to {@link #MAX_VALUE_LENGTH} per key. Used by one thread.
 *
 * <p>Values are read where they lie: after a look-up {@link #buffer()} and {@link #offset()} tell where, until the next
 * call. For values of one fixed length {@link KeyedValueState} is cheaper.
 */
public interface KeyedBytesState extends KeyedState {
    /** Length of the key's value, or {@link #MISSING}. */
    int get(DirectBuffer key, int offset, int length);

    /** The memory in which the value of the last {@link #get} or {@link #claim} lies. */
    MutableDirectBuffer buffer();

    /** Where the value of the last {@link #get} or {@link #claim} begins in {@link #buffer()}. */
    int offset();

    /** Sets the key's value to a copy of bytes, which must not lie in this state. */
    void put(
        DirectBuffer key, int keyOffset, int keyLength, DirectBuffer value, int valueOffset, int valueLength);

    /**
     * Makes room for a value of the key, to be written at {@link #offset()} at once; what it holds is undefined.
     *
     * @return {@link #offset()}.
     */
    int claim(DirectBuffer key, int keyOffset, int keyLength, int valueLength);

    /** Removes a key; returns whether it was there. */
    boolean remove(DirectBuffer key, int offset, int length);

    /** Number of keys, with expired ones that are not yet taken away. */
    int size();

    /** Visits every key, in no particular order. The visitor may remove the key that it was handed, and nothing else. */
    void forEach(BytesVisitor visitor);

    /** Visits every key that was changed since the last epoch and is still there; none must be created or removed. */
    void forEachChanged(BytesVisitor visitor);

    /** Takes a key and its value; both lie in the same buffer. */
    @FunctionalInterface
    interface BytesVisitor {
        /** Called once per key; the buffer is the state's own, valid during the call. */
        void onValue(MutableDirectBuffer buffer, int keyOffset, int keyLength, int valueOffset, int valueLength);
    }
}
