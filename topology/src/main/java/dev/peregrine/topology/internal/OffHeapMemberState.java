/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.state.StateTtl;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A state of many members per key. The key's own entry, the owner, begins a list of its members, which are entries of a
 * second table in the same slab, found by owner and member key. An owner is there as long as it has members; only these
 * are logged. Used by one thread.
 */
abstract class OffHeapMemberState extends OffHeapState {
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    /** An owner's value. */
    private static final int FIRST = 0;
    private static final int LAST = FIRST + BitUtil.SIZE_OF_INT;
    private static final int COUNT = LAST + BitUtil.SIZE_OF_INT;
    private static final int SEQUENCE = COUNT + 2 * BitUtil.SIZE_OF_INT;
    private static final int OWNER_LENGTH = SEQUENCE + BitUtil.SIZE_OF_LONG;

    final EntryTable owners;

    OffHeapMemberState(final String name, final long id, final KeyRouting routing, final StateTtl ttl) {
        this(name, id, routing, ttl, new Slab(name, routing.memory()));
    }

    private OffHeapMemberState(
        final String name, final long id, final KeyRouting routing, final StateTtl ttl, final Slab slab) {
        super(name, id, slab, new EntryTable(name, slab, true, routing, ttl));
        this.owners = new EntryTable(name, slab, false, routing, StateTtl.NEVER);
    }

    final int owner(final DirectBuffer key, final int offset, final int length) {
        return owners.find(EntryTable.NONE, key, offset, length, KeyHash.of(key, offset, length));
    }

    /** The key's owner, which must get a member if it is made. */
    final int ownerOrNew(final DirectBuffer key, final int offset, final int length) {
        final long hash = KeyHash.of(key, offset, length);
        final int owner = owners.find(EntryTable.NONE, key, offset, length, hash);
        return owner != EntryTable.NONE
            ? owner : empty(owners.insert(EntryTable.NONE, key, offset, length, hash, OWNER_LENGTH));
    }

    private int restoredOwner(
        final DirectBuffer key, final int offset, final int length, final long routingHash) {
        final long hash = KeyHash.of(key, offset, length);
        final int owner = owners.find(EntryTable.NONE, key, offset, length, hash);
        return owner != EntryTable.NONE
            ? owner : empty(owners.insert(EntryTable.NONE, key, offset, length, hash, OWNER_LENGTH, routingHash));
    }

    private int empty(final int owner) {
        owners.memory(owner).setMemory(owners.valueAt(owner), OWNER_LENGTH, (byte) 0);
        return owner;
    }

    final int ownerOf(final int member) {
        return table.memory(member).getInt(Slab.offset(member) + StateEntryDescriptor.OWNER_OFFSET);
    }

    final int firstOf(final int owner) {
        return owner == EntryTable.NONE ? EntryTable.NONE : ownerInt(owner, FIRST);
    }

    final int lastOf(final int owner) {
        return ownerInt(owner, LAST);
    }

    /** Number of a key's entries, with expired ones that are not yet taken away. */
    public final int size(final DirectBuffer key, final int keyOffset, final int keyLength) {
        return countOf(owner(key, keyOffset, keyLength));
    }

    /** Number of keys that have entries. */
    public final int keys() {
        return owners.size();
    }

    /** Number of entries of all keys, with expired ones that are not yet taken away. */
    public final int size() {
        return table.size();
    }

    final int countOf(final int owner) {
        return owner == EntryTable.NONE ? 0 : ownerInt(owner, COUNT);
    }

    private int ownerInt(final int owner, final int field) {
        return owners.memory(owner).getInt(owners.valueAt(owner) + field);
    }

    private void ownerInt(final int owner, final int field, final int value) {
        owners.memory(owner).putInt(owners.valueAt(owner) + field, value);
    }

    /** Number of the next member, where members are numbered. */
    final long sequenceOf(final int owner) {
        return owners.memory(owner).getLong(owners.valueAt(owner) + SEQUENCE);
    }

    final void sequence(final int owner, final long next) {
        owners.memory(owner).putLong(owners.valueAt(owner) + SEQUENCE, next);
    }

    final int nextMember(final int member) {
        return table.memory(member).getInt(Slab.offset(member) + StateEntryDescriptor.NEXT_MEMBER_OFFSET);
    }

    private int previousMember(final int member) {
        return table.memory(member).getInt(Slab.offset(member) + StateEntryDescriptor.PREVIOUS_MEMBER_OFFSET);
    }

    final void nextMember(final int owner, final int member, final int next) {
        if (member == EntryTable.NONE) {
            ownerInt(owner, FIRST, next);
        } else {
            table.memory(member).putInt(Slab.offset(member) + StateEntryDescriptor.NEXT_MEMBER_OFFSET, next);
        }
    }

    final void previousMember(final int owner, final int member, final int previous) {
        if (member == EntryTable.NONE) {
            ownerInt(owner, LAST, previous);
        } else {
            table.memory(member).putInt(Slab.offset(member) + StateEntryDescriptor.PREVIOUS_MEMBER_OFFSET, previous);
        }
    }

    /** Owners that come and go at one place in memory have members of different hashes in turn: no harm. */
    static long memberHash(final int owner, final long keyHash) {
        return KeyHash.of(keyHash + owner * SPREAD);
    }

    final int member(final int owner, final DirectBuffer key, final int offset, final int length) {
        return owner == EntryTable.NONE ? EntryTable.NONE
            : table.find(owner, key, offset, length, memberHash(owner, KeyHash.of(key, offset, length)));
    }

    /** Makes a member that is not there, as the owner's last; its value is undefined. */
    final int add(
        final int owner, final DirectBuffer key, final int offset, final int length, final int valueLength) {
        final int member = table.insert(owner, key, offset, length,
            memberHash(owner, KeyHash.of(key, offset, length)), valueLength, owners.routingHash(owner));
        final int last = lastOf(owner);
        nextMember(owner, member, EntryTable.NONE);
        previousMember(owner, member, last);
        nextMember(owner, last, member);
        ownerInt(owner, LAST, member);
        ownerInt(owner, COUNT, countOf(owner) + 1);
        return member;
    }

    /** Gives a member room for a value of another length; returns its reference from now on. */
    final int resizeMember(final int member, final int valueLength) {
        final int moved = table.resize(member, valueLength);
        if (moved != member) {
            final int owner = ownerOf(moved);
            nextMember(owner, previousMember(moved), moved);
            previousMember(owner, nextMember(moved), moved);
        }
        return moved;
    }

    @Override
    final void drop(final int member) {
        final int owner = ownerOf(member);
        final int previous = previousMember(member);
        final int next = nextMember(member);
        nextMember(owner, previous, next);
        previousMember(owner, next, previous);
        table.remove(member);
        final int left = countOf(owner) - 1;
        ownerInt(owner, COUNT, left);
        if (left == 0) {
            owners.remove(owner);
        }
    }

    private int dropAll(final int owner) {
        final int count = countOf(owner);
        int member = firstOf(owner);
        for (int i = 0; i < count; i++) {
            final int next = nextMember(member);
            drop(member);
            member = next;
        }
        return count;
    }

    /** Removes a member and logs it. */
    final void removeMember(final int member) {
        final StateLog log = removalLog();
        if (log != null) {
            begin(log, StateEntryDescriptor.REMOVED, member, 0);
            log.commit(table.routingHash(member));
        }
        drop(member);
    }

    /** Removes all members of a key and logs it; returns how many. */
    final int removeAll(final DirectBuffer key, final int offset, final int length) {
        final int owner = owner(key, offset, length);
        if (owner == EntryTable.NONE) {
            return 0;
        }
        final StateLog log = removalLog();
        if (log != null) {
            log.begin(id(), StateEntryDescriptor.CLEARED, length, 0, 0, 0);
            log.put(key, offset, length);
            log.commit(owners.routingHash(owner));
        }
        return dropAll(owner);
    }

    private void begin(final StateLog log, final int kind, final int member, final int valueLength) {
        final int owner = ownerOf(member);
        final int keyLength = owners.keyLength(owner);
        final int memberLength = table.keyLength(member);
        log.begin(id(), kind, keyLength, memberLength, valueLength, table.expiry(member));
        log.put(owners.memory(owner), owners.keyAt(owner), keyLength);
        log.put(table.memory(member), table.keyAt(member), memberLength);
    }

    @Override
    final void logEntry(final StateLog log, final int member) {
        final int valueLength = table.valueLength(member);
        begin(log, StateEntryDescriptor.PUT, member, valueLength);
        log.put(table.memory(member), table.valueAt(member), valueLength);
        log.commit(table.routingHash(member));
    }

    @Override
    final void restoreEntry(
        final long routingHash, final DirectBuffer record, final int keyAt, final int keyLength,
        final int memberLength, final int valueLength, final long expiryNs) {
        final int owner = restoredOwner(record, keyAt, keyLength, routingHash);
        final int memberAt = keyAt + keyLength;
        final int found = member(owner, record, memberAt, memberLength);
        final int member = found == EntryTable.NONE
            ? add(owner, record, memberAt, memberLength, valueLength) : resizeMember(found, valueLength);
        table.open(member);
        table.restoreExpiry(expiryNs);
        table.memory().putBytes(table.valueAt(member), record, memberAt + memberLength, valueLength);
        restoredMember(owner, member);
    }

    /** A member was taken back; it may have been there before. */
    void restoredMember(final int owner, final int member) {
    }

    @Override
    final void restoreRemoval(
        final DirectBuffer record, final int keyAt, final int keyLength, final int memberLength) {
        final int owner = owner(record, keyAt, keyLength);
        if (owner == EntryTable.NONE) {
            return;
        }
        if (memberLength < 0) {
            dropAll(owner);
            return;
        }
        final int member = member(owner, record, keyAt + keyLength, memberLength);
        if (member != EntryTable.NONE) {
            drop(member);
        }
    }

    final UnsafeBuffer keyMemory(final int owner) {
        return owners.memory(owner);
    }

    @Override
    public final long bytes() {
        return super.bytes() + owners.indexBytes();
    }

    @Override
    public final void close() {
        owners.close();
        super.close();
    }
}
