/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.operators;

import dev.peregrine.bench.rig.Payload;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.EventView;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** An event of 64 bytes that begins with its key and a value, eight bytes each. Used by one thread. */
final class BenchEvent implements EventView {
    static final int KEY = 0;
    static final int VALUE = Long.BYTES;
    private static final int LENGTH = 64;

    private final UnsafeBuffer payload = Payload.of(LENGTH);
    private long keyHash;
    private long timestampNs;

    /** Makes it another event. */
    BenchEvent set(final long key, final long value, final long timeNs) {
        payload.putLong(KEY, key);
        payload.putLong(VALUE, value);
        keyHash = KeyHash.of(key);
        timestampNs = timeNs;
        return this;
    }

    static long key(final EventView event) {
        return event.buffer().getLong(event.offset() + KEY);
    }

    static long value(final EventView event) {
        return event.buffer().getLong(event.offset() + VALUE);
    }

    @Override
    public DirectBuffer buffer() {
        return payload;
    }

    @Override
    public int offset() {
        return 0;
    }

    @Override
    public int length() {
        return LENGTH;
    }

    @Override
    public long keyHash() {
        return keyHash;
    }

    @Override
    public long timestampNs() {
        return timestampNs;
    }

    @Override
    public int schemaId() {
        return 0;
    }

    @Override
    public int templateId() {
        return 0;
    }
}
