/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.state.Pane;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.IntArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Entries by key that are walked in the order of memory and dropped as a whole. An index, {@link PaneSlots}, leads to
 * entries that lie one behind the other in a {@link PaneMemory}; it has 32 bits of the hash beside the entry's offset, so
 * that a probe does not touch other entries and growing touches none. Entries never move; removed ones leave room for
 * others of the same length. Used by one thread.
 *
 * <pre>
 *  entry: routing hash (i64) | block length and flags (i32) | key length (i32) | previous of key (i32) |
 *         value length (i32) | [in lists: id (i64)] | value (padded to 8) | key (padded to 8)
 * </pre>
 */
final class PaneTable implements Pane {
    private static final int ROUTING = 0;
    private static final int BLOCK = PaneMemory.BLOCK;
    private static final int KEY_LENGTH = BLOCK + BitUtil.SIZE_OF_INT;
    private static final int PREVIOUS = KEY_LENGTH + BitUtil.SIZE_OF_INT;
    private static final int VALUE_LENGTH = PREVIOUS + BitUtil.SIZE_OF_INT;
    private static final int HEADER_LENGTH = VALUE_LENGTH + BitUtil.SIZE_OF_INT;

    private static final int LIVE = 1;
    private static final int CHANGED = 2;
    private static final int LOGGED = 4;

    private final String name;
    private final int fixedLength;
    private final boolean lists;
    private final int valueOffset;
    private final KeyRouting routing;
    private final PaneMemory memory;
    private final UnsafeBuffer entries;
    private final PaneSlots slots;
    private final IntArrayList changed = new IntArrayList();
    private int size;
    private boolean logged;
    private long id;
    private Removals removals;

    /** Hears of the removal of entries that the log holds, while they are still there. */
    @FunctionalInterface
    interface Removals {
        void removing(PaneTable table, int entry);
    }

    /** A table of values of a fixed length, or, if that is negative, of lists of values of any length. */
    PaneTable(final String name, final int fixedLength, final KeyRouting routing) {
        this.name = name;
        final String owner = "a pane of state " + name;
        this.memory = new PaneMemory(owner, routing.memory());
        this.slots = new PaneSlots(owner, routing.memory());
        this.entries = memory.buffer();
        this.fixedLength = fixedLength;
        this.lists = fixedLength < 0;
        this.valueOffset = HEADER_LENGTH + (lists ? Long.BYTES : 0);
        this.routing = routing;
    }

    @Override
    public long id() {
        return id;
    }

    void id(final long value) {
        id = value;
    }

    void removals(final Removals value) {
        removals = value;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public MutableDirectBuffer buffer() {
        return entries;
    }

    long bytes() {
        return entries.capacity() + slots.bytes();
    }

    /** Whether the log holds an entry of this pane. */
    boolean isLogged() {
        return logged;
    }

    @Override
    public int get(final DirectBuffer key, final int offset, final int length) {
        final int slot = find(key, offset, length, (int) KeyHash.of(key, offset, length));
        return slot < 0 ? MISSING : slots.entryIn(slot) + valueOffset;
    }

    @Override
    public int getOrCreate(final DirectBuffer key, final int offset, final int length) {
        return getOrCreate(key, offset, length, routing.hash());
    }

    @Override
    public int getOrCreate(final DirectBuffer key, final int offset, final int length, final long keyHash) {
        final int hash = (int) KeyHash.of(key, offset, length);
        final int slot = find(key, offset, length, hash);
        if (slot < 0) {
            return touch(insert(~slot, key, offset, length, hash, fixedLength, keyHash));
        }
        return touch(slots.entryIn(slot));
    }

    @Override
    public int create(final DirectBuffer key, final int offset, final int length) {
        final int hash = (int) KeyHash.of(key, offset, length);
        final int slot = find(key, offset, length, hash);
        if (slot >= 0) {
            throw new IllegalStateException("the key is already in state " + name);
        }
        return touch(insert(~slot, key, offset, length, hash, fixedLength, routing.hash()));
    }

    @Override
    public int append(
        final DirectBuffer key, final int offset, final int length, final long entryId, final int valueLength) {
        return touch(add(key, offset, length, entryId, valueLength, routing.hash()));
    }

    private int add(
        final DirectBuffer key, final int offset, final int length, final long entryId, final int valueLength,
        final long routingHash) {
        final int hash = (int) KeyHash.of(key, offset, length);
        final int slot = find(key, offset, length, hash);
        final int entry;
        if (slot < 0) {
            entry = insert(~slot, key, offset, length, hash, valueLength, routingHash);
        } else {
            entry = write(key, offset, length, valueLength, routingHash);
            chain(slot, entry, entryId);
        }
        entries.putLong(entry + HEADER_LENGTH, entryId);
        return entry;
    }

    /** Puts an entry before those of its key with a lower id: at the front, but for entries that come back from the log. */
    private void chain(final int slot, final int entry, final long entryId) {
        int after = 0;
        int before = slots.entryIn(slot);
        while (before != 0 && entries.getLong(before + HEADER_LENGTH) > entryId) {
            after = before;
            before = entries.getInt(before + PREVIOUS);
        }
        entries.putInt(entry + PREVIOUS, before);
        if (after == 0) {
            slots.entryIn(slot, entry);
        } else {
            entries.putInt(after + PREVIOUS, entry);
        }
    }

    /** The slot of a key, or the complement of the free one where it belongs. */
    private int find(final DirectBuffer key, final int offset, final int length, final int hash) {
        int slot = slots.home(hash);
        while (true) {
            final long word = slots.word(slot);
            if (word == 0) {
                return ~slot;
            }
            if (PaneSlots.hashOf(word) == hash) {
                final int entry = PaneSlots.entryOf(word);
                if (entries.getInt(entry + KEY_LENGTH) == length && sameKey(keyAt(entry), key, offset, length)) {
                    return slot;
                }
            }
            slot = slots.after(slot);
        }
    }

    private int keyAt(final int entry) {
        return entry + valueOffset + align(lists ? entries.getInt(entry + VALUE_LENGTH) : fixedLength);
    }

    private boolean sameKey(final int at, final DirectBuffer key, final int offset, final int length) {
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            if (entries.getLong(at + i) != key.getLong(offset + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (entries.getByte(at + i) != key.getByte(offset + i)) {
                return false;
            }
        }
        return true;
    }

    private int insert(
        final int freeSlot, final DirectBuffer key, final int offset, final int length, final int hash,
        final int valueLength, final long routingHash) {
        final int entry = write(key, offset, length, valueLength, routingHash);
        slots.add(freeSlot, hash, entry);
        return entry;
    }

    /** Writes an entry that no slot leads to yet. */
    private int write(
        final DirectBuffer key, final int offset, final int length, final int valueLength, final long routingHash) {
        if (length < 0 || valueLength < 0) {
            throw new IllegalArgumentException(
                "key of " + length + " and value of " + valueLength + " bytes in state " + name);
        }
        final int entry = memory.allocate(valueOffset + align(valueLength) + align(length));
        entries.putLong(entry + ROUTING, routingHash);
        entries.putInt(entry + BLOCK, entries.getInt(entry + BLOCK) | LIVE);
        entries.putInt(entry + KEY_LENGTH, length);
        entries.putInt(entry + PREVIOUS, 0);
        entries.putInt(entry + VALUE_LENGTH, valueLength);
        entries.setMemory(entry + valueOffset, align(valueLength), (byte) 0);
        entries.putBytes(keyAt(entry), key, offset, length);
        size++;
        return entry;
    }

    private static int align(final int length) {
        return length + Long.BYTES - 1 & -Long.BYTES;
    }

    private int touch(final int entry) {
        final int block = entries.getInt(entry + BLOCK);
        if ((block & CHANGED) == 0) {
            entries.putInt(entry + BLOCK, block | CHANGED);
            changed.addInt(entry);
        }
        return entry + valueOffset;
    }

    @Override
    public void changed(final int entry) {
        touch(entry - valueOffset);
    }

    @Override
    public long idOf(final int entry) {
        return lists ? entries.getLong(entry - valueOffset + HEADER_LENGTH) : 0;
    }

    @Override
    public int previous(final int entry) {
        final int found = entries.getInt(entry - valueOffset + PREVIOUS);
        return found == 0 ? MISSING : found + valueOffset;
    }

    @Override
    public int keyOffset(final int entry) {
        return keyAt(entry - valueOffset);
    }

    @Override
    public int keyLength(final int entry) {
        return entries.getInt(entry - valueOffset + KEY_LENGTH);
    }

    @Override
    public int valueLength(final int entry) {
        return entries.getInt(entry - valueOffset + VALUE_LENGTH);
    }

    @Override
    public long keyHash(final int entry) {
        return entries.getLong(entry - valueOffset + ROUTING);
    }

    @Override
    public int first() {
        return liveFrom(memory.begin());
    }

    @Override
    public int next(final int entry) {
        return liveFrom(memory.next(entry - valueOffset));
    }

    /** The entry, or the next one if it has been removed. */
    int from(final int entry) {
        return liveFrom(entry - valueOffset);
    }

    private int liveFrom(final int from) {
        int at = from;
        while (at < memory.end()) {
            if ((entries.getInt(at + BLOCK) & LIVE) != 0) {
                return at + valueOffset;
            }
            at = memory.next(at);
        }
        return MISSING;
    }

    @Override
    public void remove(final int value) {
        final int entry = value - valueOffset;
        final int block = entries.getInt(entry + BLOCK);
        if ((block & LIVE) == 0) {
            throw new IllegalStateException("the entry was removed from state " + name + " before");
        }
        if ((block & LOGGED) != 0 && removals != null) {
            removals.removing(this, value);
        }
        unlink(entry);
        memory.free(entry);
        size--;
    }

    private void unlink(final int entry) {
        final int keyAt = keyAt(entry);
        final int keyLength = entries.getInt(entry + KEY_LENGTH);
        final int slot = find(entries, keyAt, keyLength, (int) KeyHash.of(entries, keyAt, keyLength));
        final int previous = entries.getInt(entry + PREVIOUS);
        if (slots.entryIn(slot) != entry) {
            int after = slots.entryIn(slot);
            while (entries.getInt(after + PREVIOUS) != entry) {
                after = entries.getInt(after + PREVIOUS);
            }
            entries.putInt(after + PREVIOUS, previous);
        } else if (previous != 0) {
            slots.entryIn(slot, previous);
        } else {
            slots.free(slot);
        }
    }

    /** Whether the log holds an entry. */
    boolean isLogged(final int entry) {
        return (entries.getInt(entry - valueOffset + BLOCK) & LOGGED) != 0;
    }

    int changedCount() {
        return changed.size();
    }

    /** An entry that was changed in this epoch and is there; {@link #MISSING} if it has gone. It then counts as logged. */
    int takeChanged(final int index) {
        final int entry = changed.getInt(index);
        final int block = entries.getInt(entry + BLOCK);
        if ((block & (LIVE | CHANGED)) != (LIVE | CHANGED)) {
            return MISSING;
        }
        entries.putInt(entry + BLOCK, block & ~CHANGED | LOGGED);
        logged = true;
        return entry + valueOffset;
    }

    /** Starts the next epoch: nothing counts as changed. */
    void clearChanged() {
        for (int i = 0; i < changed.size(); i++) {
            final int entry = changed.getInt(i);
            entries.putInt(entry + BLOCK, entries.getInt(entry + BLOCK) & ~CHANGED);
        }
        changed.clear();
    }

    /** Takes an entry back from the log; returns where its value belongs. */
    int restore(
        final DirectBuffer key, final int offset, final int length, final long entryId, final int valueLength,
        final long routingHash) {
        int value = find(key, offset, length, entryId);
        if (value != MISSING && valueLength(value) != valueLength) {
            forget(value);
            value = MISSING;
        }
        final int entry;
        if (value != MISSING) {
            entry = value - valueOffset;
        } else if (lists) {
            entry = add(key, offset, length, entryId, valueLength, routingHash);
        } else {
            final int hash = (int) KeyHash.of(key, offset, length);
            entry = insert(~find(key, offset, length, hash), key, offset, length, hash, valueLength, routingHash);
        }
        entries.putInt(entry + BLOCK, entries.getInt(entry + BLOCK) | LOGGED);
        logged = true;
        return entry + valueOffset;
    }

    /** The entry of a key and, in lists, of an id. */
    int find(final DirectBuffer key, final int offset, final int length, final long entryId) {
        int value = get(key, offset, length);
        while (lists && value != MISSING && idOf(value) != entryId) {
            value = previous(value);
        }
        return value;
    }

    /** Removes an entry while the log is read: nothing is logged. */
    void forget(final int entry) {
        final int at = entry - valueOffset;
        entries.putInt(at + BLOCK, entries.getInt(at + BLOCK) & ~LOGGED);
        remove(entry);
    }

    /** Drops all entries; the memory stays. */
    void reset() {
        memory.reset();
        slots.reset();
        changed.clear();
        size = 0;
        logged = false;
    }

    void close() {
        memory.close();
        slots.close();
    }
}
