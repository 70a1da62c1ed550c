/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Payloads that are longer than a slot of their ring: the slot refers to them. A ring of bytes, in which each payload lies
 * in one piece; room is given back in the order in which it was taken, as the slots are. Memory comes with the first such
 * payload, and is replaced by more, while it is empty, for one of which it would not hold two.
 *
 * <p>One thread claims, another one releases; what was written before a slot's publication is visible to who polls it.
 */
final class LargeEvents {
    /** There is no room now. */
    static final long NO_ROOM = -1;
    private static final int MIN_CAPACITY = 1 << 20;
    private static final VarHandle RELEASED;

    static {
        try {
            RELEASED = MethodHandles.lookup().findVarHandle(LargeEvents.class, "released", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MemoryBudget budget;
    private final String name;
    private UnsafeBuffer memory = new UnsafeBuffer(0, 0);
    private ByteBuffer block;
    private long claimed;
    private volatile long released;

    LargeEvents(final MemoryBudget budget, final String name) {
        this.budget = budget;
        this.name = name;
    }

    /**
     * Claims room for a payload.
     *
     * @return where the room ends, of which {@link #offset} tells where it begins; or {@link #NO_ROOM}.
     * @throws dev.peregrine.core.error.MemoryBudgetException if the topology may not have so much memory.
     */
    long claim(final int length) {
        final long done = (long) RELEASED.getAcquire(this); // acquire: the consumer has read what was there
        if (2L * length > memory.capacity()) {
            if (done != claimed) {
                return NO_ROOM;
            }
            grow(length);
        }
        final int capacity = memory.capacity();
        final int at = (int) (claimed & capacity - 1);
        final int skipped = at + length > capacity ? capacity - at : 0;
        final long end = claimed + skipped + BitUtil.align(length, Long.BYTES);
        if (end - done > capacity) {
            return NO_ROOM;
        }
        claimed = end;
        return end;
    }

    private void grow(final int length) {
        final int capacity = Math.max(MIN_CAPACITY, BitUtil.findNextPositivePowerOfTwo(Math.multiplyExact(length, 2)));
        budget.take(capacity, name);
        budget.giveBack(memory.capacity());
        BufferUtil.free(block);
        block = ByteBuffer.allocateDirect(capacity);
        memory = new UnsafeBuffer(block);
        claimed = BitUtil.align(claimed, capacity);
        RELEASED.setRelease(this, claimed);
    }

    /** Where room of a length begins that ends there. */
    int offset(final long end, final int length) {
        return (int) (end - BitUtil.align(length, Long.BYTES) & memory.capacity() - 1);
    }

    /** The memory in which claims lie. */
    UnsafeBuffer memory() {
        return memory;
    }

    /** Gives room back up to where a claim ends. */
    void release(final long end) {
        RELEASED.setRelease(this, end); // release: the payload was read
    }

    /** Bytes that it has allocated; of the claiming thread. */
    int capacity() {
        return memory.capacity();
    }
}
