/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The index of a {@link PaneTable}: open addressing with linear probing (Knuth, TAOCP 3, 6.4), eight bytes a slot. Used by
 * one thread.
 *
 * <pre>
 *  slot: entry (i32, 0 if free) | 32 bits of the key's hash (i32)
 * </pre>
 */
final class PaneSlots {
    private static final int INITIAL_SLOTS = 64;

    private final UnsafeBuffer slots = new UnsafeBuffer(ByteBuffer.allocateDirect(INITIAL_SLOTS * BitUtil.SIZE_OF_LONG));
    private final String name;
    private final MemoryBudget budget;
    private int mask = INITIAL_SLOTS - 1;
    private int keys;

    /** Slots of a state by its name, whose memory is taken from a budget. */
    PaneSlots(final String name, final MemoryBudget budget) {
        this.name = name;
        this.budget = budget;
        budget.take(slots.capacity(), name);
    }

    long bytes() {
        return slots.capacity();
    }

    /** The first slot to look into. */
    int home(final int hash) {
        return hash & mask;
    }

    /** The slot to look into after a slot. */
    int after(final int slot) {
        return slot + 1 & mask;
    }

    /** What a slot holds; 0 if it is free. */
    long word(final int slot) {
        return slots.getLong(slot << 3);
    }

    static int hashOf(final long word) {
        return (int) (word >>> Integer.SIZE);
    }

    static int entryOf(final long word) {
        return (int) word;
    }

    int entryIn(final int slot) {
        return slots.getInt(slot << 3);
    }

    /** Lets a slot in use lead to another entry of the same key. */
    void entryIn(final int slot, final int entry) {
        slots.putInt(slot << 3, entry);
    }

    /** Lets a free slot, at which the search for the key has ended, lead to its entry. */
    void add(final int freeSlot, final int hash, final int entry) {
        int slot = freeSlot;
        if (keys >= (mask + 1 >>> 3) * 5) {
            grow();
            slot = freeSlotOf(hash);
        }
        slots.putLong(slot << 3, (long) hash << Integer.SIZE | entry);
        keys++;
    }

    private void grow() {
        budget.take(2L * slots.capacity(), name);
        final ByteBuffer old = slots.byteBuffer();
        final UnsafeBuffer from = new UnsafeBuffer(old);
        slots.wrap(ByteBuffer.allocateDirect(Math.multiplyExact(old.capacity(), 2)));
        mask = mask << 1 | 1;
        for (int at = 0; at < from.capacity(); at += Long.BYTES) {
            final long word = from.getLong(at);
            if (word != 0) {
                slots.putLong(freeSlotOf(hashOf(word)) << 3, word);
            }
        }
        budget.giveBack(old.capacity());
        BufferUtil.free(old);
    }

    private int freeSlotOf(final int hash) {
        int slot = hash & mask;
        while (slots.getLong(slot << 3) != 0) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /** Frees a slot and moves the rest of its probe chain back. */
    void free(final int freed) {
        int hole = freed;
        int slot = freed;
        while (true) {
            slot = slot + 1 & mask;
            final long word = slots.getLong(slot << 3);
            if (word == 0) {
                break;
            }
            final int home = hashOf(word) & mask;
            if ((slot - home & mask) >= (slot - hole & mask)) {
                slots.putLong(hole << 3, word);
                hole = slot;
            }
        }
        slots.putLong(hole << 3, 0);
        keys--;
    }

    /** Frees all slots; the memory stays. */
    void reset() {
        slots.setMemory(0, slots.capacity(), (byte) 0);
        keys = 0;
    }

    void close() {
        budget.giveBack(slots.capacity());
        BufferUtil.free(slots.byteBuffer());
        slots.wrap(0, 0);
    }
}
