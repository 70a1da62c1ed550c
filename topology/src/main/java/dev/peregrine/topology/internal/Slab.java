/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import java.util.Arrays;
import org.agrona.BitUtil;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Blocks of memory outside the heap, named by references of 32 bits in units of eight bytes, so up to 32 GiB. Blocks never
 * move. They come in sizes that are multiples of eight bytes up to 512, then in eight steps per doubling; a freed block is
 * used again for its size. Chunks are neither zeroed nor touched ahead: a block's first use pays for its pages, so that
 * growing never takes long at once. Used by one thread.
 */
final class Slab {
    /** No block. */
    static final int NULL = 0;
    static final int CHUNK_SHIFT = 22;
    static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;
    static final int UNIT_SHIFT = 3;

    private static final int CHUNK_UNITS = 1 << CHUNK_SHIFT;
    private static final int MAX_CHUNKS = 1 << (Integer.SIZE - CHUNK_SHIFT);
    private static final int STEP_UNITS = MemoryBudget.STEP >> UNIT_SHIFT;
    private static final int MIN_UNITS = 4;
    private static final int LINEAR = 64;
    private static final int LINEAR_BITS = 6;
    private static final int STEP_BITS = 3;
    private static final int STEPS = 1 << STEP_BITS;
    private static final int CLASSES = LINEAR + (CHUNK_SHIFT - LINEAR_BITS) * STEPS + 1;
    private static final int FREE_NEXT_OFFSET = 0;

    private final String name;
    private final MemoryBudget memory;
    private final int[] free = new int[CLASSES];
    private long[] addresses = new long[4];
    /** Where blocks count from, read by the tables on their hot path. */
    private long[] bases = new long[4];
    private UnsafeBuffer[] chunks = new UnsafeBuffer[4];
    private int chunkCount;
    /** First unit of the last chunk that was never used. */
    private int tail = CHUNK_UNITS;
    /** Units of the last chunk that are taken from the budget: the others are addresses without memory. */
    private int taken = CHUNK_UNITS;
    private long usedUnits;

    Slab(final String name) {
        this(name, MemoryBudget.UNLIMITED);
    }

    Slab(final String name, final MemoryBudget memory) {
        this.name = name;
        this.memory = memory;
    }

    /** Size class of a block of at least so many bytes. */
    static int classOf(final int length) {
        final int units = Math.max(MIN_UNITS, length + (1 << UNIT_SHIFT) - 1 >>> UNIT_SHIFT);
        if (units < LINEAR) {
            return units;
        }
        final int shift = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(units) - STEP_BITS;
        final int steps = units + (1 << shift) - 1 >>> shift;
        return LINEAR + (shift + STEP_BITS - LINEAR_BITS) * STEPS + steps - STEPS;
    }

    /** Bytes of a block of a size class. */
    static int lengthOf(final int sizeClass) {
        return unitsOf(sizeClass) << UNIT_SHIFT;
    }

    private static int unitsOf(final int sizeClass) {
        if (sizeClass < LINEAR) {
            return sizeClass;
        }
        final int step = sizeClass - LINEAR;
        return STEPS + step % STEPS << step / STEPS + LINEAR_BITS - STEP_BITS;
    }

    /** Reference of a block of a size class; what it holds is undefined. */
    int allocate(final int sizeClass) {
        final int reused = free[sizeClass];
        if (reused != NULL) {
            usedUnits += unitsOf(sizeClass);
            free[sizeClass] = memory(reused).getInt(offset(reused) + FREE_NEXT_OFFSET);
            return reused;
        }
        final int units = unitsOf(sizeClass);
        if (tail + units > taken) {
            takeRoom(units);
        }
        final int unit = tail;
        tail += units;
        usedUnits += units;
        return (chunkCount - 1 << CHUNK_SHIFT) + unit;
    }

    /** Makes room for units behind the tail. */
    private void takeRoom(final int units) {
        if (tail + units > CHUNK_UNITS) {
            take(CHUNK_UNITS - taken);
            freeRest();
            addChunk();
        }
        if (tail + units > taken) {
            take(Math.min(CHUNK_UNITS - taken, Math.max(STEP_UNITS, tail + units - taken)));
        }
    }

    private void take(final int units) {
        if (units > 0) {
            memory.take((long) units << UNIT_SHIFT, "state " + name);
            taken += units;
        }
    }

    void free(final int ref, final int sizeClass) {
        usedUnits -= unitsOf(sizeClass);
        push(ref, sizeClass);
    }

    private void push(final int ref, final int sizeClass) {
        memory(ref).putInt(offset(ref) + FREE_NEXT_OFFSET, free[sizeClass]);
        free[sizeClass] = ref;
    }

    /** Makes blocks of what the last chunk has left. */
    private void freeRest() {
        while (chunkCount > 0 && CHUNK_UNITS - tail >= MIN_UNITS) {
            int sizeClass = classOf(CHUNK_UNITS - tail << UNIT_SHIFT);
            if (unitsOf(sizeClass) > CHUNK_UNITS - tail) {
                sizeClass--;
            }
            push((chunkCount - 1 << CHUNK_SHIFT) + tail, sizeClass);
            tail += unitsOf(sizeClass);
        }
    }

    private void addChunk() {
        if (chunkCount == MAX_CHUNKS) {
            throw new IllegalStateException("state " + name + " would need more than 32 GiB in one instance: raise the"
                + " component's parallelism");
        }
        if (chunkCount == chunks.length) {
            chunks = Arrays.copyOf(chunks, chunkCount * 2);
            addresses = Arrays.copyOf(addresses, chunkCount * 2);
            bases = Arrays.copyOf(bases, chunkCount * 2);
        }
        final int length = CHUNK_UNITS << UNIT_SHIFT;
        final long address = UnsafeApi.allocateMemory(length + BitUtil.CACHE_LINE_LENGTH);
        addresses[chunkCount] = address;
        bases[chunkCount] = BitUtil.align(address, BitUtil.CACHE_LINE_LENGTH);
        chunks[chunkCount] = new UnsafeBuffer(bases[chunkCount], length);
        // the first block of all does not stand at 0, which is no reference; those of a cache line stay on one
        tail = chunkCount == 0 ? BitUtil.CACHE_LINE_LENGTH >> UNIT_SHIFT : 0;
        taken = 0;
        chunkCount++;
    }

    /** The memory in which a block lies. */
    UnsafeBuffer memory(final int ref) {
        return chunks[ref >>> CHUNK_SHIFT];
    }

    /**
     * Address of a block. Reading through it spares the tables what an access to a buffer costs beside the memory: the
     * chain of fields and the check of bounds.
     */
    long address(final int ref) {
        return bases[ref >>> CHUNK_SHIFT] + ((ref & CHUNK_MASK) << UNIT_SHIFT);
    }

    /** Where a block begins in its memory. */
    static int offset(final int ref) {
        return (ref & CHUNK_MASK) << UNIT_SHIFT;
    }

    /** Bytes of blocks in use. */
    long usedBytes() {
        return usedUnits << UNIT_SHIFT;
    }

    /** Bytes that were ever in use, which is what the slab keeps. */
    long bytes() {
        return chunkCount == 0 ? 0 : ((long) (chunkCount - 1) * CHUNK_UNITS + tail) << UNIT_SHIFT;
    }

    void close() {
        for (int i = 0; i < chunkCount; i++) {
            UnsafeApi.freeMemory(addresses[i]);
        }
        chunkCount = 0;
        tail = CHUNK_UNITS;
        taken = CHUNK_UNITS;
        chunks = new UnsafeBuffer[0];
        bases = new long[0];
    }
}
