/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.state;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Keys of up to a declared length, each with a value of one fixed length that is changed in place.
 *
 * <p>Used by one thread. A returned offset is valid until the next call: it belongs to {@link #buffer()} as that call left
 * it.
 */
public interface KeyedValueState extends KeyedState {
    /** The memory in which the value that was found or created last lies. */
    MutableDirectBuffer buffer();

    /** Offset in {@link #buffer()} of the key's value, or {@link #MISSING}. */
    int get(DirectBuffer key, int offset, int length);

    /** As {@link #get(DirectBuffer, int, int)} with the eight bytes of a number as key. */
    int get(long key);

    /** Offset of the key's value, created as zeros if it was not there; marks it as changed in this epoch. */
    int getOrCreate(DirectBuffer key, int offset, int length);

    /** As {@link #getOrCreate(DirectBuffer, int, int)} with the eight bytes of a number as key. */
    int getOrCreate(long key);

    /** Removes a key; returns whether it was there. */
    boolean remove(DirectBuffer key, int offset, int length);

    /** Number of keys, with expired ones that are not yet taken away. */
    int size();

    /** Visits every entry that was changed since the last epoch. Entries must not be created or removed meanwhile. */
    void forEachChanged(EntryVisitor visitor);

    /**
     * Visits every entry, in no particular order. None must be created meanwhile; the visitor may remove the one that it
     * was handed.
     */
    void forEach(EntryVisitor visitor);

    /** Takes an entry: key bytes and value bytes lie in the same buffer. */
    @FunctionalInterface
    interface EntryVisitor {
        /** Called once per entry; the buffer is the state's own, valid during the call. */
        void onEntry(MutableDirectBuffer buffer, int keyOffset, int keyLength, int valueOffset);
    }
}
