/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The memory of a {@link PaneTable}: blocks one behind the other, walked by their lengths. They never move; what is given
 * back is used again for blocks of its length. Used by one thread.
 *
 * <pre>
 *  block: the owner's (i64) | length and flags (i32) | the owner's (i32) | next free block while it is free (i32) | ...
 * </pre>
 */
final class PaneMemory {
    /** Where a block's length stands, whose lowest bits are the owner's flags: they are 0 while the block is free. */
    static final int BLOCK = BitUtil.SIZE_OF_LONG;
    static final int FLAGS = 7;
    private static final int NEXT_FREE = BLOCK + 2 * BitUtil.SIZE_OF_INT;

    /** Where blocks begin: 0 stands for none. */
    private static final int BEGIN = BitUtil.CACHE_LINE_LENGTH;
    private static final int INITIAL_LENGTH = 4096;
    private static final int EXACT_CLASSES = 128;
    private static final int CLASSES = 512;
    private static final int MAX_LENGTH = Integer.MAX_VALUE - 64;

    private final String name;
    private final MemoryBudget budget;
    private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(INITIAL_LENGTH));
    private int[] free = {};
    private int end = BEGIN;

    /** Memory of a state by its name, taken from a budget. */
    PaneMemory(final String name, final MemoryBudget budget) {
        this.name = name;
        this.budget = budget;
        budget.take(buffer.capacity(), name);
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    /** The first block. */
    int begin() {
        return BEGIN;
    }

    /** Behind the last block. */
    int end() {
        return end;
    }

    /** The block behind a block. */
    int next(final int block) {
        return block + (buffer.getInt(block + BLOCK) & ~FLAGS);
    }

    /** Class of a length in units of eight bytes: exact up to 1 KiB, then in steps of an eighth. */
    private static int classOf(final int units) {
        if (units < EXACT_CLASSES) {
            return units;
        }
        final int shift = Integer.SIZE - Integer.numberOfLeadingZeros(units) - 4;
        return EXACT_CLASSES + shift * 16 + (units + (1 << shift) - 1 >>> shift);
    }

    private static int unitsOf(final int units) {
        if (units < EXACT_CLASSES) {
            return units;
        }
        final int shift = Integer.SIZE - Integer.numberOfLeadingZeros(units) - 4;
        return units + (1 << shift) - 1 >>> shift << shift;
    }

    /** A block of a length, which is a multiple of eight, without flags; else what it holds is undefined. */
    int allocate(final int length) {
        final int units = unitsOf(length >>> 3);
        if (free.length > 0) {
            final int sizeClass = classOf(units);
            final int found = free[sizeClass];
            if (found != 0) {
                free[sizeClass] = buffer.getInt(found + NEXT_FREE);
                return found;
            }
        }
        final int bytes = units << 3;
        if (bytes > buffer.capacity() - end) {
            grow(bytes);
        }
        final int block = end;
        end += bytes;
        buffer.putInt(block + BLOCK, bytes);
        return block;
    }

    private void grow(final int bytes) {
        final long wanted = Math.max((long) end + bytes, Math.min(2L * buffer.capacity(), MAX_LENGTH));
        if (wanted > MAX_LENGTH) {
            throw new IllegalStateException(name
                + " would need more than 2 GiB in one instance: raise the component's parallelism");
        }
        budget.take(wanted, name);
        final ByteBuffer old = buffer.byteBuffer();
        final UnsafeBuffer from = new UnsafeBuffer(old);
        buffer.wrap(ByteBuffer.allocateDirect((int) wanted));
        buffer.putBytes(0, from, 0, end);
        budget.giveBack(old.capacity());
        BufferUtil.free(old);
    }

    /** Gives a block back. */
    void free(final int block) {
        if (free.length == 0) {
            free = new int[CLASSES];
        }
        final int length = buffer.getInt(block + BLOCK) & ~FLAGS;
        buffer.putInt(block + BLOCK, length);
        final int sizeClass = classOf(length >>> 3);
        buffer.putInt(block + NEXT_FREE, free[sizeClass]);
        free[sizeClass] = block;
    }

    /** Gives all blocks back; the memory stays. */
    void reset() {
        end = BEGIN;
        Arrays.fill(free, 0);
    }

    void close() {
        budget.giveBack(buffer.capacity());
        BufferUtil.free(buffer.byteBuffer());
        buffer.wrap(0, 0);
    }
}
