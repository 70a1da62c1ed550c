/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.state.KeyedListState;
import dev.peregrine.topology.state.StateTtl;
import java.util.stream.IntStream;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A list per key: its values are members under their numbers, so that each is logged once and written anew by itself. Used
 * by one thread.
 */
public final class OffHeapListState extends OffHeapMemberState implements KeyedListState {
    private final UnsafeBuffer number = new UnsafeBuffer(BufferUtil.allocateDirectAligned(8, 8));
    /** While restoring: whether values came in another order than that of their numbers. */
    private boolean unordered;

    /** A state that stands alone. */
    public OffHeapListState(final String name, final long id) {
        this(name, id, new KeyRouting(false, 0, 1), StateTtl.NEVER);
    }

    OffHeapListState(final String name, final long id, final KeyRouting routing, final StateTtl ttl) {
        super(name, id, routing, ttl);
    }

    @Override
    boolean fits(final int memberLength, final int valueLength) {
        return memberLength == Long.BYTES;
    }

    @Override
    public void append(
        final DirectBuffer key, final int keyOffset, final int keyLength, final DirectBuffer value,
        final int valueOffset, final int valueLength) {
        table.check(Long.BYTES, valueLength); // before an owner is made
        final int owner = ownerOrNew(key, keyOffset, keyLength);
        final long sequence = sequenceOf(owner);
        sequence(owner, sequence + 1);
        number.putLong(0, sequence);
        final int ref = add(owner, number, 0, Long.BYTES, valueLength);
        table.touch(ref);
        table.memory().putBytes(table.at() + table.valueOffset(Long.BYTES), value, valueOffset, valueLength);
    }

    @Override
    public void forEach(
        final DirectBuffer key, final int keyOffset, final int keyLength, final ValueVisitor visitor) {
        int ref = firstOf(owner(key, keyOffset, keyLength));
        while (ref != EntryTable.NONE) {
            if (!table.isExpired(ref)) {
                visitor.onValue(table.memory(ref), table.valueAt(ref), table.valueLength(ref));
            }
            ref = nextMember(ref);
        }
    }

    @Override
    public boolean removeFirst(final DirectBuffer key, final int keyOffset, final int keyLength) {
        int ref = firstOf(owner(key, keyOffset, keyLength));
        while (ref != EntryTable.NONE) {
            final int next = nextMember(ref);
            if (!table.isExpired(ref)) {
                removeMember(ref);
                return true;
            }
            drop(ref);
            ref = next;
        }
        return false;
    }

    @Override
    public int clear(final DirectBuffer key, final int keyOffset, final int keyLength) {
        return removeAll(key, keyOffset, keyLength);
    }

    @Override
    public void forEach(final ListVisitor visitor) {
        for (int bucket = 0; bucket < owners.buckets(); bucket++) {
            int owner = owners.first(bucket);
            while (owner != EntryTable.NONE) {
                int ref = firstOf(owner);
                while (ref != EntryTable.NONE) {
                    if (!table.isExpired(ref)) {
                        visit(owner, ref, visitor);
                    }
                    ref = nextMember(ref);
                }
                owner = owners.next(owner);
            }
        }
    }

    @Override
    public void forEachChanged(final ListVisitor visitor) {
        forEachVisibleChanged(ref -> visit(ownerOf(ref), ref, visitor));
    }

    private void visit(final int owner, final int ref, final ListVisitor visitor) {
        visitor.onValue(keyMemory(owner), owners.keyAt(owner), owners.keyLength(owner), table.memory(ref),
            table.valueAt(ref), table.valueLength(ref));
    }

    @Override
    public long stateHash() {
        long sum = 0;
        for (int bucket = 0; bucket < owners.buckets(); bucket++) {
            int owner = owners.first(bucket);
            while (owner != EntryTable.NONE) {
                sum += listHash(owner);
                owner = owners.next(owner);
            }
        }
        return sum;
    }

    private long listHash(final int owner) {
        long hash = owners.hash(owner);
        boolean empty = true;
        int ref = firstOf(owner);
        while (ref != EntryTable.NONE) {
            if (!table.isExpired(ref)) {
                empty = false;
                hash = KeyHash.of(
                    KeyHash.of(hash) + KeyHash.of(table.memory(ref), table.valueAt(ref), table.valueLength(ref)));
            }
            ref = nextMember(ref);
        }
        return empty ? 0 : hash;
    }

    private long numberOf(final int ref) {
        return table.memory(ref).getLong(table.keyAt(ref));
    }

    @Override
    void restoredMember(final int owner, final int member) {
        final long sequence = numberOf(member);
        if (sequence < sequenceOf(owner)) {
            unordered = true;
        } else {
            sequence(owner, sequence + 1);
        }
    }

    @Override
    public void restored() {
        super.restored();
        if (unordered) {
            for (int bucket = 0; bucket < owners.buckets(); bucket++) {
                int owner = owners.first(bucket);
                while (owner != EntryTable.NONE) {
                    order(owner);
                    owner = owners.next(owner);
                }
            }
        }
        unordered = false;
    }

    /** Puts an owner's values into the order of their numbers. Allocates; only after a restart. */
    private void order(final int owner) {
        final int[] refs = IntStream.iterate(firstOf(owner), ref -> ref != EntryTable.NONE, this::nextMember)
            .boxed().sorted((a, b) -> Long.compare(numberOf(a), numberOf(b))).mapToInt(Integer::intValue).toArray();
        int previous = EntryTable.NONE;
        for (int i = 0; i < refs.length; i++) {
            nextMember(owner, previous, refs[i]);
            previousMember(owner, refs[i], previous);
            previous = refs[i];
        }
        nextMember(owner, previous, EntryTable.NONE);
        previousMember(owner, EntryTable.NONE, previous);
    }
}
