/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import java.util.Arrays;
import java.util.function.LongConsumer;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Hierarchical timing wheel (Varghese and Lauck: Hashed and hierarchical timing wheels, SOSP 1987, scheme 7) over the
 * whole range of a long: eight wheels of 64 slots, a slot of the lowest 2^20 ns (about a millisecond) wide. A bit set per
 * wheel finds the next slot in use, however far time jumps. What is due lies in a heap, so that it comes out in order of
 * its exact time, and at equal times in the order that the owner gives.
 *
 * <p>Adding and removing are O(1), coming due O(log n) of what is due within the same slot. Nodes are kept off-heap;
 * nothing is allocated but for growth. Used by one thread.
 */
public final class TimingWheel {
    /** No node, and nothing due. */
    public static final int NIL = -1;

    private static final int SLOT_BITS = 6;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final int LEVELS = 8;
    private static final int TICK_SHIFT = 20;
    private static final int INITIAL_NODES = 256;

    /** A node: time (i64), reference (i32), next (i32), previous (i32), place (i32). */
    private static final int TIME = 0;
    private static final int REF = TIME + BitUtil.SIZE_OF_LONG;
    private static final int NEXT = REF + BitUtil.SIZE_OF_INT;
    private static final int PREVIOUS = NEXT + BitUtil.SIZE_OF_INT;
    private static final int PLACE = PREVIOUS + BitUtil.SIZE_OF_INT;
    private static final int STRIDE = PLACE + BitUtil.SIZE_OF_INT;
    /** Place of a node in the heap, whose index is then in NEXT; other places are slots. */
    private static final int DUE = -2;
    private static final int FREE = -3;

    private final Order order;
    /** Asked for memory before it is allocated. */
    private final LongConsumer memory;
    private final int[] heads = new int[LEVELS * SLOTS];
    private final long[] used = new long[LEVELS];
    private UnsafeBuffer nodes = memory(INITIAL_NODES);
    private int nodeCount;
    private int freeHead = NIL;
    private int[] due = new int[INITIAL_NODES];
    private int dueCount;
    private long nowTick;
    private int size;

    /** Which of two references that are due at the same time comes first. */
    @FunctionalInterface
    public interface Order {
        /** Negative if the first comes first, positive if the second does. */
        int compare(int firstRef, int secondRef);
    }

    /** An empty wheel that stands at the beginning of time. */
    public TimingWheel(final Order order) {
        this(order, bytes -> { });
    }

    TimingWheel(final Order order, final LongConsumer memory) {
        this.order = order;
        this.memory = memory;
        memory.accept(bytes());
        Arrays.fill(heads, NIL);
    }

    private static UnsafeBuffer memory(final int nodes) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(nodes * STRIDE, BitUtil.CACHE_LINE_LENGTH));
    }

    /** Ticks in unsigned order, so that times before 1970 come first. */
    private static long tickOf(final long timeNs) {
        return (timeNs ^ Long.MIN_VALUE) >>> TICK_SHIFT;
    }

    /** Number of nodes in the wheel. */
    public int size() {
        return size;
    }

    /** Bytes of memory held. */
    public long bytes() {
        return nodes.capacity() + (long) due.length * Integer.BYTES;
    }

    /** Adds a reference that comes due at a time; returns its node, for {@link #remove}. */
    public int add(final long timeNs, final int ref) {
        final int node = newNode();
        final int at = node * STRIDE;
        nodes.putLong(at + TIME, timeNs);
        nodes.putInt(at + REF, ref);
        size++;
        place(node, tickOf(timeNs));
        return node;
    }

    private int newNode() {
        if (freeHead != NIL) {
            final int node = freeHead;
            freeHead = nodes.getInt(node * STRIDE + NEXT);
            return node;
        }
        if ((nodeCount + 1) * STRIDE > nodes.capacity()) {
            memory.accept(nodes.capacity()); // it doubles
            final UnsafeBuffer grown = memory(Math.multiplyExact(nodeCount, 2));
            grown.putBytes(0, nodes, 0, nodeCount * STRIDE);
            nodes = grown;
        }
        return nodeCount++;
    }

    private void place(final int node, final long tick) {
        if (Long.compareUnsigned(tick, nowTick) <= 0) {
            pushDue(node);
            return;
        }
        final int level = (Long.SIZE - 1 - Long.numberOfLeadingZeros(tick ^ nowTick)) / SLOT_BITS;
        final int digit = (int) (tick >>> level * SLOT_BITS) & SLOTS - 1;
        final int slot = level * SLOTS + digit;
        final int at = node * STRIDE;
        final int head = heads[slot];
        nodes.putInt(at + PLACE, slot);
        nodes.putInt(at + PREVIOUS, NIL);
        nodes.putInt(at + NEXT, head);
        if (head != NIL) {
            nodes.putInt(head * STRIDE + PREVIOUS, node);
        }
        heads[slot] = node;
        used[level] |= 1L << digit;
    }

    /** Takes a node out before it comes due. */
    public void remove(final int node) {
        final int at = node * STRIDE;
        final int place = nodes.getInt(at + PLACE);
        if (place == FREE) {
            throw new IllegalStateException("node " + node + " is not in the wheel");
        }
        if (place == DUE) {
            removeDue(nodes.getInt(at + NEXT));
        } else {
            final int next = nodes.getInt(at + NEXT);
            final int previous = nodes.getInt(at + PREVIOUS);
            if (next != NIL) {
                nodes.putInt(next * STRIDE + PREVIOUS, previous);
            }
            if (previous != NIL) {
                nodes.putInt(previous * STRIDE + NEXT, next);
            } else {
                heads[place] = next;
                if (next == NIL) {
                    used[place / SLOTS] &= ~(1L << (place & SLOTS - 1));
                }
            }
        }
        free(node);
    }

    private void free(final int node) {
        nodes.putInt(node * STRIDE + PLACE, FREE);
        nodes.putInt(node * STRIDE + NEXT, freeHead);
        freeHead = node;
        size--;
    }

    /**
     * Takes out the first reference whose time is not after a time; returns it, or {@link #NIL} once there is none. What
     * is added between two calls takes its place in the order.
     */
    public int poll(final long nowNs) {
        final long limit = tickOf(nowNs);
        while (true) {
            if (dueCount > 0) {
                final int node = due[0];
                if (nodes.getLong(node * STRIDE + TIME) > nowNs) {
                    return NIL;
                }
                final int ref = nodes.getInt(node * STRIDE + REF);
                removeDue(0);
                free(node);
                return ref;
            }
            if (!moveOn(limit)) {
                return NIL;
            }
        }
    }

    /** Moves to the next slot in use that does not begin after a tick, and hands its nodes down. */
    private boolean moveOn(final long limit) {
        for (int level = 0; level < LEVELS; level++) {
            final int shift = level * SLOT_BITS;
            final int digit = (int) (nowTick >>> shift) & SLOTS - 1;
            final long later = digit == SLOTS - 1 ? 0 : used[level] & -1L << digit + 1;
            if (later == 0) {
                continue;
            }
            final int next = Long.numberOfTrailingZeros(later);
            final long start = (nowTick >>> shift + SLOT_BITS << SLOT_BITS | next) << shift;
            if (start > limit) {
                break; // the slots of higher wheels begin later still
            }
            nowTick = start;
            handDown(level, next);
            return true;
        }
        nowTick = Math.max(nowTick, limit);
        return false;
    }

    private void handDown(final int level, final int digit) {
        final int slot = level * SLOTS + digit;
        int node = heads[slot];
        heads[slot] = NIL;
        used[level] &= ~(1L << digit);
        while (node != NIL) {
            final int next = nodes.getInt(node * STRIDE + NEXT);
            place(node, tickOf(nodes.getLong(node * STRIDE + TIME)));
            node = next;
        }
    }

    private boolean before(final int first, final int second) {
        final int compared = Long.compare(nodes.getLong(first * STRIDE + TIME), nodes.getLong(second * STRIDE + TIME));
        return compared < 0 || compared == 0
            && order.compare(nodes.getInt(first * STRIDE + REF), nodes.getInt(second * STRIDE + REF)) < 0;
    }

    private void pushDue(final int node) {
        if (dueCount == due.length) {
            due = Arrays.copyOf(due, dueCount * 2);
        }
        nodes.putInt(node * STRIDE + PLACE, DUE);
        siftUp(dueCount++, node);
    }

    private void removeDue(final int index) {
        final int last = due[--dueCount];
        if (index == dueCount) {
            return;
        }
        if (index > 0 && before(last, due[(index - 1) / 2])) {
            siftUp(index, last);
        } else {
            siftDown(index, last);
        }
    }

    private void siftUp(final int from, final int node) {
        int index = from;
        while (index > 0) {
            final int parent = (index - 1) / 2;
            if (!before(node, due[parent])) {
                break;
            }
            putDue(index, due[parent]);
            index = parent;
        }
        putDue(index, node);
    }

    private void siftDown(final int from, final int node) {
        int index = from;
        while (true) {
            int child = 2 * index + 1;
            if (child >= dueCount) {
                break;
            }
            if (child + 1 < dueCount && before(due[child + 1], due[child])) {
                child++;
            }
            if (!before(due[child], node)) {
                break;
            }
            putDue(index, due[child]);
            index = child;
        }
        putDue(index, node);
    }

    private void putDue(final int index, final int node) {
        due[index] = node;
        nodes.putInt(node * STRIDE + NEXT, index);
    }

    /** Empties the wheel and puts it back to the beginning of time. */
    public void clear() {
        Arrays.fill(heads, NIL);
        Arrays.fill(used, 0);
        nodeCount = 0;
        freeHead = NIL;
        dueCount = 0;
        nowTick = 0;
        size = 0;
    }
}
