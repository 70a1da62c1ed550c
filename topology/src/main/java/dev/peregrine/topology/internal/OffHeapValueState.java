/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.state.KeyedValueState;
import dev.peregrine.topology.state.StateTtl;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Keyed state with values of one fixed length, changed in place. Used by one thread. */
public final class OffHeapValueState extends OffHeapPlainState implements KeyedValueState {
    private final int maxKeyLength;
    private final int valueLength;
    private final UnsafeBuffer longKey = new UnsafeBuffer(BufferUtil.allocateDirectAligned(8, 8));

    /** A state of values of one fixed length, bytes, that stands alone. */
    public OffHeapValueState(final String name, final long id, final int maxKeyLength, final int valueLength) {
        this(name, id, maxKeyLength, valueLength, new KeyRouting(false, 0, 1), StateTtl.NEVER);
    }

    OffHeapValueState(
        final String name, final long id, final int maxKeyLength, final int valueLength, final KeyRouting routing,
        final StateTtl ttl) {
        super(name, id, routing, ttl);
        this.maxKeyLength = maxKeyLength;
        this.valueLength = valueLength;
    }

    @Override
    boolean fits(final int memberLength, final int length) {
        return memberLength == 0 && length == valueLength;
    }

    @Override
    public MutableDirectBuffer buffer() {
        return view();
    }

    @Override
    public int get(final DirectBuffer key, final int offset, final int length) {
        return shown(find(key, offset, length), length);
    }

    @Override
    public int get(final long key) {
        return shown(table.find(key, KeyHash.ofBytes(key)), Long.BYTES);
    }

    private int shown(final int ref, final int keyLength) {
        if (visible(ref) == EntryTable.NONE) {
            return MISSING;
        }
        show();
        return table.at() + table.valueOffset(keyLength);
    }

    @Override
    public int getOrCreate(final long key) {
        final long hash = KeyHash.ofBytes(key);
        int ref = usable(table.find(key, hash));
        if (ref == EntryTable.NONE) {
            longKey.putLong(0, key);
            ref = create(longKey, 0, Long.BYTES, hash);
        }
        return written(ref, Long.BYTES);
    }

    @Override
    public int getOrCreate(final DirectBuffer key, final int offset, final int length) {
        final long hash = KeyHash.of(key, offset, length);
        final int ref = usable(table.find(EntryTable.NONE, key, offset, length, hash));
        return written(ref == EntryTable.NONE ? create(key, offset, length, hash) : ref, length);
    }

    private int written(final int ref, final int keyLength) {
        table.touch(ref);
        show();
        return table.at() + table.valueOffset(keyLength);
    }

    private int create(final DirectBuffer key, final int offset, final int length, final long hash) {
        if (length > maxKeyLength) {
            throw new IllegalArgumentException("key of " + length + " bytes in state " + name()
                + ", which was declared for at most " + maxKeyLength);
        }
        final int ref = table.insert(EntryTable.NONE, key, offset, length, hash, valueLength);
        table.memory().setMemory(table.at() + table.valueOffset(length), valueLength, (byte) 0);
        return ref;
    }

    @Override
    public void forEachChanged(final EntryVisitor visitor) {
        forEachVisibleChanged(ref -> visit(ref, visitor));
    }

    @Override
    public void forEach(final EntryVisitor visitor) {
        forEachVisible(ref -> visit(ref, visitor));
    }

    private void visit(final int ref, final EntryVisitor visitor) {
        visitor.onEntry(table.memory(ref), table.keyAt(ref), table.keyLength(ref), table.valueAt(ref));
    }
}
