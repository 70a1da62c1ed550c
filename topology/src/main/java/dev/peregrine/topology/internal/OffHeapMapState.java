/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.state.KeyedMapState;
import dev.peregrine.topology.state.StateTtl;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** A map per key. Used by one thread. */
public final class OffHeapMapState extends OffHeapMemberState implements KeyedMapState {
    private int offset;

    /** A state that stands alone. */
    public OffHeapMapState(final String name, final long id) {
        this(name, id, new KeyRouting(false, 0, 1), StateTtl.NEVER);
    }

    OffHeapMapState(final String name, final long id, final KeyRouting routing, final StateTtl ttl) {
        super(name, id, routing, ttl);
    }

    @Override
    boolean fits(final int memberLength, final int valueLength) {
        return true;
    }

    @Override
    public int get(
        final DirectBuffer key, final int keyOffset, final int keyLength, final DirectBuffer mapKey,
        final int mapKeyOffset, final int mapKeyLength) {
        final int ref = visible(member(owner(key, keyOffset, keyLength), mapKey, mapKeyOffset, mapKeyLength));
        if (ref == EntryTable.NONE) {
            return MISSING;
        }
        show();
        offset = table.at() + table.valueOffset(mapKeyLength);
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
        final DirectBuffer key, final int keyOffset, final int keyLength, final DirectBuffer mapKey,
        final int mapKeyOffset, final int mapKeyLength, final DirectBuffer value, final int valueOffset,
        final int valueLength) {
        final int at = claim(key, keyOffset, keyLength, mapKey, mapKeyOffset, mapKeyLength, valueLength);
        table.memory().putBytes(at, value, valueOffset, valueLength);
    }

    @Override
    public int claim(
        final DirectBuffer key, final int keyOffset, final int keyLength, final DirectBuffer mapKey,
        final int mapKeyOffset, final int mapKeyLength, final int valueLength) {
        table.check(mapKeyLength, valueLength); // before an owner is made
        final int found =
            usable(member(owner(key, keyOffset, keyLength), mapKey, mapKeyOffset, mapKeyLength));
        final int ref = found == EntryTable.NONE
            ? add(ownerOrNew(key, keyOffset, keyLength), mapKey, mapKeyOffset, mapKeyLength, valueLength)
            : resizeMember(found, valueLength);
        table.open(ref);
        table.touch(ref);
        show();
        offset = table.at() + table.valueOffset(mapKeyLength);
        return offset;
    }

    @Override
    public boolean remove(
        final DirectBuffer key, final int keyOffset, final int keyLength, final DirectBuffer mapKey,
        final int mapKeyOffset, final int mapKeyLength) {
        final int ref = usable(member(owner(key, keyOffset, keyLength), mapKey, mapKeyOffset, mapKeyLength));
        if (ref == EntryTable.NONE) {
            return false;
        }
        removeMember(ref);
        return true;
    }

    @Override
    public int remove(final DirectBuffer key, final int keyOffset, final int keyLength) {
        return removeAll(key, keyOffset, keyLength);
    }

    @Override
    public void forEach(
        final DirectBuffer key, final int keyOffset, final int keyLength, final EntryVisitor visitor) {
        int ref = firstOf(owner(key, keyOffset, keyLength));
        while (ref != EntryTable.NONE) {
            final int next = nextMember(ref);
            if (!table.isExpired(ref)) {
                visitor.onEntry(table.memory(ref), table.keyAt(ref), table.keyLength(ref), table.valueAt(ref),
                    table.valueLength(ref));
            }
            ref = next;
        }
    }

    @Override
    public void forEach(final MapVisitor visitor) {
        forEachVisible(ref -> visit(ref, visitor));
    }

    @Override
    public void forEachChanged(final MapVisitor visitor) {
        forEachVisibleChanged(ref -> visit(ref, visitor));
    }

    private void visit(final int ref, final MapVisitor visitor) {
        final int owner = ownerOf(ref);
        visitor.onEntry(keyMemory(owner), owners.keyAt(owner), owners.keyLength(owner), table.memory(ref),
            table.keyAt(ref), table.keyLength(ref), table.valueAt(ref), table.valueLength(ref));
    }

    @Override
    public long stateHash() {
        long sum = 0;
        for (int bucket = 0; bucket < table.buckets(); bucket++) {
            int ref = table.first(bucket);
            while (ref != EntryTable.NONE) {
                if (!table.isExpired(ref)) {
                    final long mapKey = KeyHash.of(table.memory(ref), table.keyAt(ref), table.keyLength(ref));
                    final long value = KeyHash.of(table.memory(ref), table.valueAt(ref), table.valueLength(ref));
                    sum += KeyHash.of(KeyHash.of(KeyHash.of(owners.hash(ownerOf(ref))) + mapKey) + value);
                }
                ref = table.next(ref);
            }
        }
        return sum;
    }
}
