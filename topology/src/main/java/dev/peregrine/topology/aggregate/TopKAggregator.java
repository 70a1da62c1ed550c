/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.aggregate;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.KeyView;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Space-Saving (Metwally, Agrawal, El Abbadi: Efficient computation of frequent and top-k elements in data streams, ICDT
 * 2005), merged as in Agarwal et al., Mergeable summaries, PODS 2012. Counters are as {@link TopKDescriptor} has it. Own
 * code for the reason given at {@link DistinctAggregator}.
 */
final class TopKAggregator implements Aggregator {
    private static final long serialVersionUID = 1;
    private static final int NONE = -1;

    private final KeySelector item;
    private final int ranks;
    private final int maxItemLength;
    private final int counters;
    private final int stride;
    private final transient KeyView key = new KeyView();
    private final transient boolean[] taken;

    TopKAggregator(final KeySelector item, final int ranks, final int maxItemLength, final int counters) {
        if (ranks < 1 || counters < ranks || maxItemLength < 1) {
            throw new ConfigurationException("top-k needs at least one rank, as many counters, and items of at least a"
                + " byte: ranks = " + ranks + ", counters = " + counters + ", max item length = " + maxItemLength);
        }
        this.item = item;
        this.ranks = ranks;
        this.maxItemLength = maxItemLength;
        this.counters = counters;
        this.stride = TopKDescriptor.length(maxItemLength);
        this.taken = new boolean[counters];
    }

    @Override
    public Aggregator forInstance() {
        return new TopKAggregator(item, ranks, maxItemLength, counters);
    }

    private Object readResolve() {
        return forInstance();
    }

    @Override
    public int accumulatorLength() {
        return Math.multiplyExact(counters, stride);
    }

    @Override
    public void add(final EventView event, final MutableDirectBuffer accumulator, final int offset) {
        item.select(event, key);
        final int length = Math.min(key.length(), maxItemLength);
        final long hash = KeyHash.of(key.buffer(), key.offset(), length);
        final int found = find(accumulator, offset, hash, key.buffer(), key.offset(), length);
        if (found != NONE) {
            increase(accumulator, found, 1, 0);
        } else {
            final int least = least(accumulator, offset);
            final long before = accumulator.getLong(least + TopKDescriptor.COUNT_OFFSET);
            put(accumulator, least, before + 1, before, hash, key.buffer(), key.offset(), length);
        }
    }

    private int find(
        final DirectBuffer accumulator, final int offset, final long hash, final DirectBuffer buffer, final int at,
        final int length) {
        for (int i = 0; i < counters; i++) {
            final int counter = offset + i * stride;
            if (accumulator.getLong(counter + TopKDescriptor.HASH_OFFSET) == hash
                && accumulator.getLong(counter + TopKDescriptor.COUNT_OFFSET) != 0
                && accumulator.getLong(counter + TopKDescriptor.ITEM_LENGTH_OFFSET) == length
                && same(accumulator, counter + TopKDescriptor.ITEM_OFFSET, buffer, at, length)) {
                return counter;
            }
        }
        return NONE;
    }

    private static boolean same(
        final DirectBuffer first, final int firstAt, final DirectBuffer second, final int secondAt, final int length) {
        for (int i = 0; i < length; i++) {
            if (first.getByte(firstAt + i) != second.getByte(secondAt + i)) {
                return false;
            }
        }
        return true;
    }

    private int least(final DirectBuffer accumulator, final int offset) {
        int least = offset;
        for (int i = 1; i < counters; i++) {
            final int counter = offset + i * stride;
            if (accumulator.getLong(counter + TopKDescriptor.COUNT_OFFSET)
                < accumulator.getLong(least + TopKDescriptor.COUNT_OFFSET)) {
                least = counter;
            }
        }
        return least;
    }

    private static void increase(
        final MutableDirectBuffer into, final int counter, final long count, final long error) {
        into.putLong(counter + TopKDescriptor.COUNT_OFFSET,
            into.getLong(counter + TopKDescriptor.COUNT_OFFSET) + count);
        into.putLong(counter + TopKDescriptor.ERROR_OFFSET,
            into.getLong(counter + TopKDescriptor.ERROR_OFFSET) + error);
    }

    private void put(
        final MutableDirectBuffer into, final int counter, final long count, final long error, final long hash,
        final DirectBuffer buffer, final int at, final int length) {
        into.putLong(counter + TopKDescriptor.COUNT_OFFSET, count);
        into.putLong(counter + TopKDescriptor.ERROR_OFFSET, error);
        into.putLong(counter + TopKDescriptor.HASH_OFFSET, hash);
        into.putLong(counter + TopKDescriptor.ITEM_LENGTH_OFFSET, length);
        into.setMemory(counter + TopKDescriptor.ITEM_OFFSET, stride - TopKDescriptor.ITEM_OFFSET, (byte) 0);
        into.putBytes(counter + TopKDescriptor.ITEM_OFFSET, buffer, at, length);
    }

    /** What an item that has no counter may have been counted at most: 0 while counters are unused. */
    private long missed(final DirectBuffer accumulator, final int offset) {
        return accumulator.getLong(least(accumulator, offset) + TopKDescriptor.COUNT_OFFSET);
    }

    private int find(final DirectBuffer in, final int offset, final DirectBuffer of, final int counter) {
        return find(in, offset, of.getLong(counter + TopKDescriptor.HASH_OFFSET), of,
            counter + TopKDescriptor.ITEM_OFFSET, (int) of.getLong(counter + TopKDescriptor.ITEM_LENGTH_OFFSET));
    }

    @Override
    public void merge(
        final DirectBuffer from, final int fromOffset, final MutableDirectBuffer into, final int offset) {
        final long missedFrom = missed(from, fromOffset);
        final long missedInto = missed(into, offset);
        for (int i = 0; i < counters; i++) {
            final int counter = offset + i * stride;
            if (into.getLong(counter + TopKDescriptor.COUNT_OFFSET) != 0) {
                final int other = find(from, fromOffset, into, counter);
                increase(into, counter,
                    other == NONE ? missedFrom : from.getLong(other + TopKDescriptor.COUNT_OFFSET),
                    other == NONE ? missedFrom : from.getLong(other + TopKDescriptor.ERROR_OFFSET));
            }
        }
        for (int i = 0; i < counters; i++) {
            final int counter = fromOffset + i * stride;
            final long count = from.getLong(counter + TopKDescriptor.COUNT_OFFSET) + missedInto;
            if (count != missedInto && find(into, offset, from, counter) == NONE) {
                final int least = least(into, offset);
                if (count > into.getLong(least + TopKDescriptor.COUNT_OFFSET)) {
                    put(into, least, count, from.getLong(counter + TopKDescriptor.ERROR_OFFSET) + missedInto,
                        from.getLong(counter + TopKDescriptor.HASH_OFFSET), from, counter + TopKDescriptor.ITEM_OFFSET,
                        (int) from.getLong(counter + TopKDescriptor.ITEM_LENGTH_OFFSET));
                }
            }
        }
    }

    @Override
    public int resultLength() {
        return ranks * stride;
    }

    @Override
    public void result(
        final DirectBuffer accumulator, final int offset, final MutableDirectBuffer into, final int intoOffset) {
        java.util.Arrays.fill(taken, false);
        for (int rank = 0; rank < ranks; rank++) {
            int best = NONE;
            for (int i = 0; i < counters; i++) {
                if (!taken[i] && (best == NONE || isBefore(accumulator, offset + i * stride, offset + best * stride))) {
                    best = i;
                }
            }
            taken[best] = true;
            into.putBytes(intoOffset + rank * stride, accumulator, offset + best * stride, stride);
        }
    }

    /** By falling count; at equal ones by hash, so that the result does not depend on the order of events. */
    private static boolean isBefore(final DirectBuffer accumulator, final int first, final int second) {
        final long firstCount = accumulator.getLong(first + TopKDescriptor.COUNT_OFFSET);
        final long secondCount = accumulator.getLong(second + TopKDescriptor.COUNT_OFFSET);
        return firstCount > secondCount || firstCount == secondCount
            && accumulator.getLong(first + TopKDescriptor.HASH_OFFSET)
            < accumulator.getLong(second + TopKDescriptor.HASH_OFFSET);
    }
}
