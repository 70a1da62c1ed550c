/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.state.KeyedCounter;
import dev.peregrine.topology.state.StateTtl;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/** A number per key. Used by one thread. */
public final class OffHeapCounter extends OffHeapPlainState implements KeyedCounter {
    private final UnsafeBuffer longKey = new UnsafeBuffer(BufferUtil.allocateDirectAligned(8, 8));

    /** A state that stands alone. */
    public OffHeapCounter(final String name, final long id) {
        this(name, id, new KeyRouting(false, 0, 1), StateTtl.NEVER);
    }

    OffHeapCounter(final String name, final long id, final KeyRouting routing, final StateTtl ttl) {
        super(name, id, routing, ttl);
    }

    @Override
    boolean fits(final int memberLength, final int valueLength) {
        return memberLength == 0 && valueLength == Long.BYTES;
    }

    @Override
    public long get(final DirectBuffer key, final int offset, final int length) {
        return value(visible(find(key, offset, length)), length);
    }

    @Override
    public long get(final long key) {
        return value(visible(table.find(key, KeyHash.ofBytes(key))), Long.BYTES);
    }

    private long value(final int ref, final int keyLength) {
        return ref == EntryTable.NONE ? 0 : UnsafeApi.getLong(table.valueAddress(keyLength));
    }

    @Override
    public long add(final DirectBuffer key, final int offset, final int length, final long delta) {
        final long hash = KeyHash.of(key, offset, length);
        final int ref = usable(table.find(EntryTable.NONE, key, offset, length, hash));
        return ref == EntryTable.NONE
            ? create(key, offset, length, hash, delta) : put(ref, length, value(ref, length) + delta);
    }

    @Override
    public long add(final long key, final long delta) {
        final long hash = KeyHash.ofBytes(key);
        final int ref = usable(table.find(key, hash));
        if (ref == EntryTable.NONE) {
            longKey.putLong(0, key);
            return create(longKey, 0, Long.BYTES, hash, delta);
        }
        return put(ref, Long.BYTES, value(ref, Long.BYTES) + delta);
    }

    @Override
    public void set(final DirectBuffer key, final int offset, final int length, final long value) {
        final long hash = KeyHash.of(key, offset, length);
        final int ref = usable(table.find(EntryTable.NONE, key, offset, length, hash));
        if (ref == EntryTable.NONE) {
            create(key, offset, length, hash, value);
        } else {
            put(ref, length, value);
        }
    }

    private long create(
        final DirectBuffer key, final int offset, final int length, final long hash, final long value) {
        return put(table.insert(EntryTable.NONE, key, offset, length, hash, Long.BYTES), length, value);
    }

    private long put(final int ref, final int keyLength, final long value) {
        table.touch(ref);
        UnsafeApi.putLong(table.valueAddress(keyLength), value);
        return value;
    }

    @Override
    public boolean contains(final DirectBuffer key, final int offset, final int length) {
        return visible(find(key, offset, length)) != EntryTable.NONE;
    }

    @Override
    public void forEach(final CounterVisitor visitor) {
        forEachVisible(ref -> visit(ref, visitor));
    }

    @Override
    public void forEachChanged(final CounterVisitor visitor) {
        forEachVisibleChanged(ref -> visit(ref, visitor));
    }

    private void visit(final int ref, final CounterVisitor visitor) {
        final UnsafeBuffer memory = table.memory(ref);
        visitor.onCounter(memory, table.keyAt(ref), table.keyLength(ref), memory.getLong(table.valueAt(ref)));
    }
}
