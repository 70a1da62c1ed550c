/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.state.KeyedBytesState;
import dev.peregrine.topology.state.StateTtl;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** A value of any length per key. Used by one thread. */
public final class OffHeapBytesState extends OffHeapPlainState implements KeyedBytesState {
    private int offset;

    /** A state that stands alone. */
    public OffHeapBytesState(final String name, final long id) {
        this(name, id, new KeyRouting(false, 0, 1), StateTtl.NEVER);
    }

    OffHeapBytesState(final String name, final long id, final KeyRouting routing, final StateTtl ttl) {
        super(name, id, routing, ttl);
    }

    @Override
    boolean fits(final int memberLength, final int valueLength) {
        return memberLength == 0;
    }

    @Override
    public int get(final DirectBuffer key, final int keyOffset, final int length) {
        final int ref = visible(find(key, keyOffset, length));
        if (ref == EntryTable.NONE) {
            return MISSING;
        }
        show();
        offset = table.at() + table.valueOffset(length);
        return table.valueLength(ref);
    }

    @Override
    public MutableDirectBuffer buffer() {
        return view();
    }

    @Override
    public int offset() {
        return offset;
    }

    @Override
    public void put(
        final DirectBuffer key, final int keyOffset, final int keyLength, final DirectBuffer value,
        final int valueOffset, final int valueLength) {
        final int at = claim(key, keyOffset, keyLength, valueLength);
        table.memory().putBytes(at, value, valueOffset, valueLength);
    }

    @Override
    public int claim(final DirectBuffer key, final int keyOffset, final int keyLength, final int valueLength) {
        final long hash = KeyHash.of(key, keyOffset, keyLength);
        final int found = usable(table.find(EntryTable.NONE, key, keyOffset, keyLength, hash));
        final int ref = found == EntryTable.NONE
            ? table.insert(EntryTable.NONE, key, keyOffset, keyLength, hash, valueLength)
            : table.resize(found, valueLength);
        table.touch(ref);
        show();
        offset = table.at() + table.valueOffset(keyLength);
        return offset;
    }

    @Override
    public void forEach(final BytesVisitor visitor) {
        forEachVisible(ref -> visit(ref, visitor));
    }

    @Override
    public void forEachChanged(final BytesVisitor visitor) {
        forEachVisibleChanged(ref -> visit(ref, visitor));
    }

    private void visit(final int ref, final BytesVisitor visitor) {
        visitor.onValue(table.memory(ref), table.keyAt(ref), table.keyLength(ref), table.valueAt(ref),
            table.valueLength(ref));
    }
}
