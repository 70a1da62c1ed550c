/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A byte-bounded, off-heap cache. Reads take no lock and allocate nothing. Safe for use by many threads.
 */
public interface Cache extends AutoCloseable {
    /** Result of a read that found nothing, or only what has expired. */
    int MISSING = -1;

    /** TTL of an item that does not expire. */
    long NO_TTL = 0;

    /** Name of the cache. */
    String name();

    /**
     * Copies a value into the caller's buffer.
     *
     * @return the value's length in bytes (also if it was longer than the room, and nothing was copied), or
     *     {@link #MISSING}.
     */
    int get(DirectBuffer key, int offset, int length, MutableDirectBuffer into, int intoOffset, int room);

    /** The value as a new array, or null; allocates. */
    byte[] get(String key);

    /** Stores or replaces an item; false if key and value are longer than the cache can hold. */
    boolean put(
        DirectBuffer key, int keyOffset, int keyLength, DirectBuffer value, int valueOffset, int valueLength,
        long ttlMs);

    /** As {@link #put(DirectBuffer, int, int, DirectBuffer, int, int, long)}; allocates. */
    boolean put(String key, byte[] value, long ttlMs);

    /** Removes an item; returns whether it was there. */
    boolean remove(DirectBuffer key, int offset, int length);

    /** What the cache has done so far. */
    CacheStats stats();

    @Override
    void close();
}
