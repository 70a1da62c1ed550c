/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.state;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The entries of one pane of a {@link PaneState}: values by key, several under the same key where the state is one of
 * lists. An entry is named by the offset of its value in {@link #buffer()}, which holds until the entry is removed. Used by
 * one thread.
 */
public interface Pane {
    /** No such entry. */
    int MISSING = -1;

    /** What the pane is found by: usually the time at which it begins. */
    long id();

    /** Number of entries. */
    int size();

    /** The memory of all keys and values. */
    MutableDirectBuffer buffer();

    /** The key's entry, of several the one made last, or {@link #MISSING}. */
    int get(DirectBuffer key, int offset, int length);

    /** The key's entry, made as zeros if it was not there; marks it as changed. Not for states of lists. */
    int getOrCreate(DirectBuffer key, int offset, int length);

    /** As {@link #getOrCreate(DirectBuffer, int, int)} under a routing hash that is not that of the event at work. */
    int getOrCreate(DirectBuffer key, int offset, int length, long keyHash);

    /** As {@link #getOrCreate(DirectBuffer, int, int)} for a key that is known not to be there. */
    int create(DirectBuffer key, int offset, int length);

    /**
     * Adds an entry to those of the key, with a value of zeros. Only for states of lists.
     *
     * @param id tells it from the key's other ones and orders it among them; it must be higher than theirs.
     */
    int append(DirectBuffer key, int offset, int length, long id, int valueLength);

    /** An entry's id among those of its key. Only for states of lists. */
    long idOf(int entry);

    /** The entry of the same key that was made before this one, or {@link #MISSING}. */
    int previous(int entry);

    /** Marks an entry as changed in this epoch. To be called whenever a value that was looked up is changed. */
    void changed(int entry);

    /** Removes an entry. */
    void remove(int entry);

    /** The first entry in the order of memory, or {@link #MISSING}. */
    int first();

    /**
     * The entry that follows in the order of memory, which is that of their making unless entries were removed, or
     * {@link #MISSING}. The entry at hand may have been removed meanwhile.
     */
    int next(int entry);

    /** Offset of an entry's key in {@link #buffer()}. */
    int keyOffset(int entry);

    /** Bytes of an entry's key. */
    int keyLength(int entry);

    /** Bytes of an entry's value. */
    int valueLength(int entry);

    /** Routing hash of the event for which the entry was made. */
    long keyHash(int entry);
}
