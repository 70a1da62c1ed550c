/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The event of random topologies: four numbers.
 *
 * @param id      different for each event of a stream; negative for those that only close windows.
 * @param key     what it is grouped by.
 * @param value   something to add up.
 * @param timeNs  event time.
 */
record Item(long id, long key, long value, long timeNs) {
    static final int ID_OFFSET = 0;
    static final int KEY_OFFSET = 8;
    static final int VALUE_OFFSET = 16;
    static final int TIME_OFFSET = 24;
    static final int LENGTH = 32;
    /** Time of the events that close windows. */
    static final long CLOSING_TIME_NS = 1L << 50;

    static Item read(final DirectBuffer buffer, final int offset) {
        return new Item(buffer.getLong(offset + ID_OFFSET), buffer.getLong(offset + KEY_OFFSET),
            buffer.getLong(offset + VALUE_OFFSET), buffer.getLong(offset + TIME_OFFSET));
    }

    void write(final MutableDirectBuffer buffer, final int offset) {
        buffer.putLong(offset + ID_OFFSET, id);
        buffer.putLong(offset + KEY_OFFSET, key);
        buffer.putLong(offset + VALUE_OFFSET, value);
        buffer.putLong(offset + TIME_OFFSET, timeNs);
    }

    void emit(final Emitter out) {
        write(out.buffer(), out.claim(LENGTH));
        out.commit(KeyHash.of(key), timeNs, 0, 0);
    }

    /** One that closes windows, of a key that nothing else has. */
    static Item closing(final long key) {
        return new Item(-1 - key, (1L << 40) + key, 0, CLOSING_TIME_NS);
    }

    boolean isClosing() {
        return id < 0;
    }

    /** A number that is never negative, made of others. */
    static long mix(final long first, final long second) {
        long mixed = (first + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L + second;
        mixed = (mixed ^ mixed >>> 29) * 0x94D049BB133111EBL;
        return (mixed ^ mixed >>> 32) & Long.MAX_VALUE;
    }
}
