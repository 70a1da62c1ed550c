/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.state;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A map of bytes to bytes per key. One key's entries are visited in time proportional to their number; a look-up costs the
 * same however many there are. A time to live counts for each entry by itself. Used by one thread.
 *
 * <p>Values are read where they lie: after a look-up {@link #buffer()} and {@link #offset()} tell where, until the next
 * call.
 */
public interface KeyedMapState extends KeyedState {
    /** Length of the value that a key's map has under a map key, or {@link #MISSING}. */
    int get(DirectBuffer key, int keyOffset, int keyLength, DirectBuffer mapKey, int mapKeyOffset, int mapKeyLength);

    /** The memory in which the value of the last {@link #get} or {@link #claim} lies. */
    MutableDirectBuffer buffer();

    /** Where the value of the last {@link #get} or {@link #claim} begins in {@link #buffer()}. */
    int offset();

    /** Sets the value under a map key to a copy of bytes, which must not lie in this state. */
    void put(
        DirectBuffer key, int keyOffset, int keyLength, DirectBuffer mapKey, int mapKeyOffset, int mapKeyLength,
        DirectBuffer value, int valueOffset, int valueLength);

    /**
     * Makes room for a value under a map key, to be written at {@link #offset()} at once; what it holds is undefined.
     *
     * @return {@link #offset()}.
     */
    int claim(
        DirectBuffer key, int keyOffset, int keyLength, DirectBuffer mapKey, int mapKeyOffset, int mapKeyLength,
        int valueLength);

    /** Removes one entry of a key's map; returns whether it was there. */
    boolean remove(
        DirectBuffer key, int keyOffset, int keyLength, DirectBuffer mapKey, int mapKeyOffset, int mapKeyLength);

    /** Removes a key's whole map; returns how many entries it had, with expired ones that were not yet taken away. */
    int remove(DirectBuffer key, int keyOffset, int keyLength);

    /** Number of a key's entries, with expired ones that are not yet taken away. */
    int size(DirectBuffer key, int keyOffset, int keyLength);

    /** Number of keys that have entries, be they expired and not yet taken away. */
    int keys();

    /** Number of entries of all keys, with expired ones that are not yet taken away. */
    int size();

    /**
     * Visits one key's entries, in no particular order. The visitor may remove the entry that it was handed, and nothing
     * else; it must not create any.
     */
    void forEach(DirectBuffer key, int keyOffset, int keyLength, EntryVisitor visitor);

    /** Visits every entry of every key, in no particular order, under the same terms. */
    void forEach(MapVisitor visitor);

    /** Visits every entry that was changed since the last epoch and is still there; none must be created or removed. */
    void forEachChanged(MapVisitor visitor);

    /** Takes an entry of one key; map key and value lie in the same buffer. */
    @FunctionalInterface
    interface EntryVisitor {
        /** Called once per entry; the buffer is the state's own, valid during the call. */
        void onEntry(MutableDirectBuffer buffer, int mapKeyOffset, int mapKeyLength, int valueOffset, int valueLength);
    }

    /** Takes an entry and its key. */
    @FunctionalInterface
    interface MapVisitor {
        /** Called once per entry; the buffers are the state's own, valid during the call. */
        void onEntry(
            DirectBuffer key, int keyOffset, int keyLength, MutableDirectBuffer buffer, int mapKeyOffset,
            int mapKeyLength, int valueOffset, int valueLength);
    }
}
