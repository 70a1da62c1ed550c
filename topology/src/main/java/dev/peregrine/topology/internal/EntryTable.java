/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.topology.state.KeyedState;
import dev.peregrine.topology.state.StateTtl;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.collections.IntArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The core of all keyed states: entries in a {@link Slab}, found by key over {@link BucketHeads} with about two buckets an
 * entry. Entries never move, so that a reference holds until its entry is removed or changes its length. Each new entry
 * splits two buckets at most: that is all that growing costs. Used by one thread.
 *
 * <p>{@link #find} and what makes entries leave their finding in {@link #memory()} and {@link #at()}.
 */
final class EntryTable {
    static final int NONE = Slab.NULL;
    /** Expiry of what was written before time began. */
    private static final long BEFORE_TIME = Long.MIN_VALUE;
    private static final int SPLITS = 2;

    private final String name;
    private final Slab slab;
    private final boolean ofMembers;
    private final KeyRouting routing;
    private final StateTtl ttl;
    private final long ttlNs;
    private final int expiryOffset;
    private final int keyOffset;
    private final BucketHeads heads;
    /** References of the entries that were changed in this epoch. */
    private final IntArrayList changed = new IntArrayList();

    /** The entry that was found or made last. */
    private int current;
    private int size;
    private long nowNs = BEFORE_TIME;
    private long beganNs = BEFORE_TIME;

    /** A table of members, which are found by owner and key, or of plain entries. */
    EntryTable(
        final String name, final Slab slab, final boolean ofMembers, final KeyRouting routing, final StateTtl ttl) {
        this.name = name;
        this.slab = slab;
        this.ofMembers = ofMembers;
        this.routing = routing;
        this.heads = new BucketHeads(name, routing.memory());
        this.ttl = ttl;
        this.ttlNs = ttl.durationNs();
        this.expiryOffset =
            ofMembers ? StateEntryDescriptor.MEMBER_HEADER_LENGTH : StateEntryDescriptor.HEADER_LENGTH;
        this.keyOffset = expiryOffset + (ttlNs > 0 ? Long.BYTES : 0);
    }

    /** The memory in which the entry lies that was found or made last. */
    UnsafeBuffer memory() {
        return slab.memory(current);
    }

    /** Number of that memory. */
    int chunk() {
        return current >>> Slab.CHUNK_SHIFT;
    }

    /** Where it begins there. */
    int at() {
        return Slab.offset(current);
    }

    /** Address of the value of the entry that was found or made last. */
    long valueAddress(final int keyLength) {
        return slab.address(current) + valueOffset(keyLength);
    }

    /** Offset of the key from an entry's begin. */
    int keyOffset() {
        return keyOffset;
    }

    /** Offset of the value from an entry's begin. */
    int valueOffset(final int keyLength) {
        return keyOffset + align(keyLength);
    }

    private static int align(final int length) {
        return length + Long.BYTES - 1 & -Long.BYTES;
    }

    int size() {
        return size;
    }

    /** Looks an entry up, be it expired; {@link #NONE} if it is not there. */
    int find(final int owner, final DirectBuffer key, final int offset, final int length, final long hash) {
        int ref = heads.get(heads.of(hash));
        while (ref != NONE) {
            final long entry = slab.address(ref);
            if (UnsafeApi.getLong(entry + StateEntryDescriptor.HASH_OFFSET) == hash
                && StateEntryDescriptor.keyLength(UnsafeApi.getInt(entry + StateEntryDescriptor.KEY_WORD_OFFSET)) == length
                && (!ofMembers || UnsafeApi.getInt(entry + StateEntryDescriptor.OWNER_OFFSET) == owner)
                && sameKey(entry + keyOffset, key, offset, length)) {
                current = ref;
                return ref;
            }
            ref = UnsafeApi.getInt(entry + StateEntryDescriptor.NEXT_OFFSET);
        }
        return NONE;
    }

    /** As {@link #find} for a plain key of eight bytes. */
    int find(final long key, final long hash) {
        int ref = heads.get(heads.of(hash));
        while (ref != NONE) {
            final long entry = slab.address(ref);
            if (StateEntryDescriptor.keyLength(UnsafeApi.getInt(entry + StateEntryDescriptor.KEY_WORD_OFFSET))
                == Long.BYTES && UnsafeApi.getLong(entry + keyOffset) == key) {
                current = ref;
                return ref;
            }
            ref = UnsafeApi.getInt(entry + StateEntryDescriptor.NEXT_OFFSET);
        }
        return NONE;
    }

    private static boolean sameKey(final long stored, final DirectBuffer key, final int offset, final int length) {
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            if (UnsafeApi.getLong(stored + i) != key.getLong(offset + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (UnsafeApi.getByte(stored + i) != key.getByte(offset + i)) {
                return false;
            }
        }
        return true;
    }

    /** Makes an entry that is not there and of which the log does not know. Its value is undefined. */
    int insert(
        final int owner, final DirectBuffer key, final int offset, final int length, final long hash,
        final int valueLength) {
        final int ref = insert(owner, key, offset, length, hash, valueLength, routing.hash());
        UnsafeApi.putInt(slab.address(ref) + StateEntryDescriptor.CHANGED_OFFSET, StateEntryDescriptor.NEW);
        return ref;
    }

    /** As without a routing hash, for what the log may know. */
    int insert(
        final int owner, final DirectBuffer key, final int offset, final int length, final long hash,
        final int valueLength, final long routingHash) {
        check(length, valueLength);
        final int sizeClass = Slab.classOf(valueOffset(length) + valueLength);
        grow();
        final int ref = slab.allocate(sizeClass);
        final int bucket = heads.of(hash);
        current = ref;
        final UnsafeBuffer memory = slab.memory(ref);
        final int at = Slab.offset(ref);
        memory.putInt(at + StateEntryDescriptor.NEXT_OFFSET, heads.get(bucket));
        memory.putInt(at + StateEntryDescriptor.CHANGED_OFFSET, 0);
        memory.putLong(at + StateEntryDescriptor.HASH_OFFSET, hash);
        memory.putLong(at + StateEntryDescriptor.ROUTING_HASH_OFFSET, routingHash);
        memory.putInt(at + StateEntryDescriptor.KEY_WORD_OFFSET, StateEntryDescriptor.keyWord(length, sizeClass));
        memory.putInt(at + StateEntryDescriptor.VALUE_LENGTH_OFFSET, valueLength);
        if (ofMembers) {
            memory.putInt(at + StateEntryDescriptor.OWNER_OFFSET, owner);
        }
        if (ttlNs > 0) {
            memory.putLong(at + expiryOffset, BEFORE_TIME);
        }
        memory.putBytes(at + keyOffset, key, offset, length);
        heads.set(bucket, ref);
        size++;
        return ref;
    }

    /** Refuses what is too long. */
    void check(final int keyLength, final int valueLength) {
        if (keyLength > KeyedState.MAX_KEY_LENGTH) {
            throw new IllegalArgumentException("key of " + keyLength + " bytes in state " + name + ": the longest has "
                + KeyedState.MAX_KEY_LENGTH);
        }
        if (valueLength > KeyedState.MAX_VALUE_LENGTH) {
            throw new IllegalArgumentException("value of " + valueLength + " bytes in state " + name
                + ": the longest has " + KeyedState.MAX_VALUE_LENGTH);
        }
    }

    private void grow() {
        for (int i = 0; i < SPLITS && heads.count() < 2L * size && heads.mayGrow(); i++) {
            split();
        }
        if (size == Integer.MAX_VALUE) {
            throw new PeregrineException("state " + name + " has as many entries as one instance can hold: raise the"
                + " component's parallelism");
        }
    }

    private void split() {
        final int bucket = heads.splitting();
        int staying = NONE;
        int moving = NONE;
        int ref = heads.get(bucket);
        while (ref != NONE) {
            final long entry = slab.address(ref);
            final long next = entry + StateEntryDescriptor.NEXT_OFFSET;
            final int following = UnsafeApi.getInt(next);
            if (heads.moves(UnsafeApi.getLong(entry + StateEntryDescriptor.HASH_OFFSET))) {
                UnsafeApi.putInt(next, moving);
                moving = ref;
            } else {
                UnsafeApi.putInt(next, staying);
                staying = ref;
            }
            ref = following;
        }
        heads.set(bucket, staying);
        heads.add(moving);
    }

    /** Points {@link #memory()} and {@link #at()} to an entry. */
    void open(final int ref) {
        current = ref;
    }

    UnsafeBuffer memory(final int ref) {
        return slab.memory(ref);
    }

    int keyLength(final int ref) {
        return StateEntryDescriptor.keyLength(
            UnsafeApi.getInt(slab.address(ref) + StateEntryDescriptor.KEY_WORD_OFFSET));
    }

    /** Where an entry's key stands in its memory. */
    int keyAt(final int ref) {
        return Slab.offset(ref) + keyOffset;
    }

    /** Where an entry's value stands in its memory. */
    int valueAt(final int ref) {
        return Slab.offset(ref) + valueOffset(keyLength(ref));
    }

    int valueLength(final int ref) {
        return UnsafeApi.getInt(slab.address(ref) + StateEntryDescriptor.VALUE_LENGTH_OFFSET);
    }

    long routingHash(final int ref) {
        return UnsafeApi.getLong(slab.address(ref) + StateEntryDescriptor.ROUTING_HASH_OFFSET);
    }

    long hash(final int ref) {
        return UnsafeApi.getLong(slab.address(ref) + StateEntryDescriptor.HASH_OFFSET);
    }

    /**
     * Gives an entry room for a value of another length; what it holds is undefined.
     *
     * @return the entry's reference from now on.
     */
    int resize(final int ref, final int valueLength) {
        check(0, valueLength);
        current = ref;
        final UnsafeBuffer from = slab.memory(ref);
        final int fromAt = Slab.offset(ref);
        final int keyWord = from.getInt(fromAt + StateEntryDescriptor.KEY_WORD_OFFSET);
        final int keyLength = StateEntryDescriptor.keyLength(keyWord);
        final int sizeClass = StateEntryDescriptor.sizeClass(keyWord);
        final int needed = valueOffset(keyLength) + valueLength;
        final int room = Slab.lengthOf(sizeClass);
        if (needed <= room && needed >= room >> 2) {
            from.putInt(fromAt + StateEntryDescriptor.VALUE_LENGTH_OFFSET, valueLength);
            return ref;
        }
        final int newClass = Slab.classOf(needed);
        if (newClass == sizeClass) {
            from.putInt(fromAt + StateEntryDescriptor.VALUE_LENGTH_OFFSET, valueLength);
            return ref;
        }
        final int moved = slab.allocate(newClass);
        current = moved;
        final UnsafeBuffer memory = slab.memory(moved);
        final int at = Slab.offset(moved);
        memory.putBytes(at, from, fromAt, keyOffset + keyLength);
        memory.putInt(at + StateEntryDescriptor.KEY_WORD_OFFSET, StateEntryDescriptor.keyWord(keyLength, newClass));
        memory.putInt(at + StateEntryDescriptor.VALUE_LENGTH_OFFSET, valueLength);
        relink(ref, memory.getLong(at + StateEntryDescriptor.HASH_OFFSET), moved);
        final int place = StateEntryDescriptor.place(memory.getInt(at + StateEntryDescriptor.CHANGED_OFFSET));
        if (place > 0) {
            changed.setInt(place - 1, moved);
        }
        slab.free(ref, sizeClass);
        return moved;
    }

    /** Removes an entry. */
    void remove(final int ref) {
        final UnsafeBuffer entry = slab.memory(ref);
        final int start = Slab.offset(ref);
        relink(ref, entry.getLong(start + StateEntryDescriptor.HASH_OFFSET),
            entry.getInt(start + StateEntryDescriptor.NEXT_OFFSET));
        final int place = StateEntryDescriptor.place(entry.getInt(start + StateEntryDescriptor.CHANGED_OFFSET));
        if (place > 0) {
            final int last = changed.removeAt(changed.size() - 1);
            if (last != ref) {
                changed.setInt(place - 1, last);
                final long lastAt = slab.address(last) + StateEntryDescriptor.CHANGED_OFFSET;
                UnsafeApi.putInt(lastAt, UnsafeApi.getInt(lastAt) & StateEntryDescriptor.NEW | place);
            }
        }
        slab.free(ref, StateEntryDescriptor.sizeClass(entry.getInt(start + StateEntryDescriptor.KEY_WORD_OFFSET)));
        size--;
    }

    /** Lets the chain of an entry lead to another one in its place. */
    private void relink(final int ref, final long hash, final int instead) {
        final int bucket = heads.of(hash);
        int before = heads.get(bucket);
        if (before == ref) {
            heads.set(bucket, instead);
            return;
        }
        while (true) {
            final UnsafeBuffer entry = slab.memory(before);
            final int next = Slab.offset(before) + StateEntryDescriptor.NEXT_OFFSET;
            final int following = entry.getInt(next);
            if (following == ref) {
                entry.putInt(next, instead);
                return;
            }
            before = following;
        }
    }

    /** Notes that the entry that was found or made last is written now: it has changed and its time begins anew. */
    void touch(final int ref) {
        final long at = slab.address(ref) + StateEntryDescriptor.CHANGED_OFFSET;
        final int word = UnsafeApi.getInt(at);
        if (StateEntryDescriptor.place(word) == 0) {
            changed.addInt(ref);
            UnsafeApi.putInt(at, word | changed.size());
        }
        if (ttlNs > 0) {
            final long now = now();
            UnsafeApi.putLong(slab.address(ref) + expiryOffset, now == BEFORE_TIME ? BEFORE_TIME : after(now));
        }
    }

    private long after(final long timeNs) {
        final long end = timeNs + ttlNs;
        return end < timeNs ? Long.MAX_VALUE : end;
    }

    boolean hasTtl() {
        return ttlNs > 0;
    }

    /** The time by the state's clock, which never steps back. */
    long now() {
        final long read = ttl.clock().nanoTime();
        if (read > nowNs) {
            advance(read, read);
        }
        return nowNs;
    }

    private void advance(final long toNs, final long beganAtNs) {
        if (beganNs == BEFORE_TIME) {
            beganNs = beganAtNs;
        }
        nowNs = Math.max(nowNs, toNs);
    }

    /** When time began for this state; {@link Long#MIN_VALUE} if it has not. */
    long began() {
        return beganNs;
    }

    /** Takes the time from the log. */
    void restoreClock(final long toNs, final long beganAtNs) {
        if (toNs != BEFORE_TIME) {
            advance(toNs, beganAtNs);
        }
    }

    /** When an entry expires; 0 without TTL. */
    long expiry(final int ref) {
        return ttlNs > 0 ? UnsafeApi.getLong(slab.address(ref) + expiryOffset) : 0;
    }

    /** Gives the entry that was found or made last its expiry from the log, 0 if it was written without TTL. */
    void restoreExpiry(final long expiryNs) {
        if (ttlNs > 0) {
            UnsafeApi.putLong(slab.address(current) + expiryOffset, expiryNs == 0 ? BEFORE_TIME : expiryNs);
        }
    }

    /** Whether an entry has expired by now. */
    boolean isExpired(final int ref) {
        return ttlNs > 0 && isExpired(ref, now());
    }

    /** Whether an entry of a state with TTL has expired by a time. */
    boolean isExpired(final int ref, final long now) {
        final long expiryNs = expiry(ref);
        if (expiryNs == BEFORE_TIME) {
            return beganNs != BEFORE_TIME && after(beganNs) <= now;
        }
        return expiryNs <= now;
    }

    int changedCount() {
        return changed.size();
    }

    int changed(final int index) {
        return changed.getInt(index);
    }

    boolean isChanged(final int ref) {
        return StateEntryDescriptor.place(UnsafeApi.getInt(slab.address(ref) + StateEntryDescriptor.CHANGED_OFFSET)) > 0;
    }

    /** Whether an entry was made in this epoch, so that the log knows nothing of it. */
    boolean isNew(final int ref) {
        return (UnsafeApi.getInt(slab.address(ref) + StateEntryDescriptor.CHANGED_OFFSET) & StateEntryDescriptor.NEW) != 0;
    }

    void clearChanged() {
        for (int i = 0; i < changed.size(); i++) {
            final int ref = changed.getInt(i);
            UnsafeApi.putInt(slab.address(ref) + StateEntryDescriptor.CHANGED_OFFSET, 0);
        }
        changed.clear();
    }

    int buckets() {
        return heads.count();
    }

    /** First entry of a bucket. */
    int first(final int bucket) {
        return heads.get(bucket);
    }

    /** The entry behind an entry in its bucket. */
    int next(final int ref) {
        return UnsafeApi.getInt(slab.address(ref) + StateEntryDescriptor.NEXT_OFFSET);
    }

    long indexBytes() {
        return heads.bytes();
    }

    void close() {
        heads.close();
    }
}
