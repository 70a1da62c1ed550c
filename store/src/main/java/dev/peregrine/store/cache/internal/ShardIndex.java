/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The hash index of a shard as its writers see it (see {@link IndexDescriptor}); used under the shard's lock. Slots are
 * named by their offset in the control block. Readers may raise a slot's frequency meanwhile: a raise that a writer
 * overwrites is lost, which only costs the item one count.
 */
final class ShardIndex {
    /** No slot. */
    static final int NONE = -1;

    private final ShardMemory memory;
    private final UnsafeBuffer control;
    private final int indexOffset;
    private final int buckets;
    /** Evictions from the young generation so far: the time by which ghosts age. */
    private long ghostClock;

    ShardIndex(final ShardMemory memory) {
        this.memory = memory;
        control = memory.control();
        indexOffset = memory.layout().indexOffset();
        buckets = memory.layout().bucketsPerShard();
    }

    private int first(final long hash) {
        return indexOffset + IndexDescriptor.firstBucket(hash, buckets) * IndexDescriptor.BUCKET_LENGTH;
    }

    private int second(final long hash) {
        return indexOffset + IndexDescriptor.secondBucket(hash, buckets) * IndexDescriptor.BUCKET_LENGTH;
    }

    long entry(final int slot) {
        return control.getLong(slot);
    }

    /** Publishes or removes an entry. Release: the item's bytes are visible to whoever sees its entry. */
    void putEntry(final int slot, final long entry) {
        control.putLongRelease(slot, entry);
    }

    /** Slot of a key's item, or {@link #NONE}. */
    int find(final long hash, final DirectBuffer key, final int offset, final int length) {
        final int slot = findIn(first(hash), hash, key, offset, length);
        return slot != NONE ? slot : findIn(second(hash), hash, key, offset, length);
    }

    private int findIn(
        final int bucket, final long hash, final DirectBuffer key, final int offset, final int length) {
        final int tag = IndexDescriptor.tagOf(hash);
        for (int slot = bucket; slot < bucket + IndexDescriptor.BUCKET_LENGTH; slot += IndexDescriptor.ENTRY_LENGTH) {
            final long entry = control.getLong(slot);
            if (IndexDescriptor.tag(entry) == tag && !IndexDescriptor.isGhost(entry)) {
                final long location = IndexDescriptor.location(entry);
                final int segment = memory.segmentOf(location);
                final UnsafeBuffer chunk = memory.chunk(segment);
                final int item = memory.chunkOffset(segment) + memory.offsetInSegment(location);
                if (ItemDescriptor.keyLength(ItemDescriptor.lengths(chunk, item)) == length
                    && sameBytes(key, offset, chunk, item + ItemDescriptor.HEADER_LENGTH, length)) {
                    return slot;
                }
            }
        }
        return NONE;
    }

    /** Slot of the item at a location, whose key has this hash, or {@link #NONE} if the item is dead. */
    int findLocation(final long hash, final long location) {
        final int slot = findLocationIn(first(hash), location);
        return slot != NONE ? slot : findLocationIn(second(hash), location);
    }

    private int findLocationIn(final int bucket, final long location) {
        for (int slot = bucket; slot < bucket + IndexDescriptor.BUCKET_LENGTH; slot += IndexDescriptor.ENTRY_LENGTH) {
            final long entry = control.getLong(slot);
            if (IndexDescriptor.location(entry) == location && IndexDescriptor.isItem(entry)) {
                return slot;
            }
        }
        return NONE;
    }

    /**
     * The slot for a new key's entry: an empty one, else that of the oldest ghost, else that of the item read least,
     * which the caller then has to evict.
     */
    int slotForNew(final long hash, final long ghostWindow) {
        final int first = first(hash);
        final int inFirst = cheapestIn(first, ghostWindow);
        final long firstCost = cost(control.getLong(inFirst), ghostWindow);
        if (firstCost == 0) {
            return inFirst;
        }
        final int inSecond = cheapestIn(second(hash), ghostWindow);
        return cost(control.getLong(inSecond), ghostWindow) < firstCost ? inSecond : inFirst;
    }

    private int cheapestIn(final int bucket, final long ghostWindow) {
        int cheapest = bucket;
        long lowest = Long.MAX_VALUE;
        for (int slot = bucket; slot < bucket + IndexDescriptor.BUCKET_LENGTH; slot += IndexDescriptor.ENTRY_LENGTH) {
            final long cost = cost(control.getLong(slot), ghostWindow);
            if (cost == 0) {
                return slot;
            }
            if (cost < lowest) {
                lowest = cost;
                cheapest = slot;
            }
        }
        return cheapest;
    }

    /** What overwriting an entry loses: nothing, a ghost (the younger the more), an item (the more read the more). */
    private long cost(final long entry, final long ghostWindow) {
        if (entry == IndexDescriptor.EMPTY) {
            return 0;
        }
        if (IndexDescriptor.isGhost(entry)) {
            return Math.max(0, ghostWindow - ghostAge(entry));
        }
        return (1L << IndexDescriptor.LOCATION_BITS) + IndexDescriptor.frequency(entry);
    }

    private long ghostAge(final long entry) {
        return ghostClock - IndexDescriptor.location(entry) & IndexDescriptor.LOCATION_MASK;
    }

    /** Turns the entry of an item that leaves the young generation into a ghost. */
    void putGhost(final int slot, final long entry) {
        ghostClock++;
        putEntry(slot, IndexDescriptor.entry(
            IndexDescriptor.tag(entry), IndexDescriptor.GHOST, ghostClock & IndexDescriptor.LOCATION_MASK));
    }

    /** Removes a key's ghost; returns whether there was one younger than the window, in evictions. */
    boolean takeGhost(final long hash, final long ghostWindow) {
        return takeGhostIn(first(hash), hash, ghostWindow) || takeGhostIn(second(hash), hash, ghostWindow);
    }

    private boolean takeGhostIn(final int bucket, final long hash, final long ghostWindow) {
        final int tag = IndexDescriptor.tagOf(hash);
        for (int slot = bucket; slot < bucket + IndexDescriptor.BUCKET_LENGTH; slot += IndexDescriptor.ENTRY_LENGTH) {
            final long entry = control.getLong(slot);
            if (IndexDescriptor.tag(entry) == tag && IndexDescriptor.isGhost(entry)) {
                putEntry(slot, IndexDescriptor.EMPTY);
                return ghostAge(entry) < ghostWindow;
            }
        }
        return false;
    }

    /** Whether two ranges hold the same bytes; the second may change meanwhile, the caller then asks again. */
    static boolean sameBytes(
        final DirectBuffer a, final int aOffset, final UnsafeBuffer b, final int bOffset, final int length) {
        int i = 0;
        for (; i <= length - BitUtil.SIZE_OF_LONG; i += BitUtil.SIZE_OF_LONG) {
            if (a.getLong(aOffset + i) != b.getLong(bOffset + i)) {
                return false;
            }
        }
        if (i <= length - BitUtil.SIZE_OF_INT) {
            if (a.getInt(aOffset + i) != b.getInt(bOffset + i)) {
                return false;
            }
            i += BitUtil.SIZE_OF_INT;
        }
        for (; i < length; i++) {
            if (a.getByte(aOffset + i) != b.getByte(bOffset + i)) {
                return false;
            }
        }
        return true;
    }
}
