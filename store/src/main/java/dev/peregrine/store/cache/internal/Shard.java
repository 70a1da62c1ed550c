/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import dev.peregrine.store.Cache;
import java.lang.invoke.VarHandle;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One shard of a cache: a part of the keys, with its own memory, index and lock. Writers hold the lock (the monitor of
 * this object); readers take none and never wait.
 *
 * <p><b>Protocol.</b> An item's bytes are written to the end of an open segment and then published by one release store
 * of its index entry; from then on they do not change. To replace an item is to append the new one and to store its
 * entry over the old one's; to remove it is to store 0. The old bytes stay where they are until their whole segment is
 * recycled. A segment is recycled in this order:
 *
 * <ol>
 * <li>every entry that points into it is removed or pointed to a copy (release stores),
 * <li>the shard's recycle sequence is raised (release store: after 1 for whoever sees it),
 * <li>a StoreStore fence, and only then may the segment's bytes and header be written again.
 * </ol>
 *
 * <p>A reader
 *
 * <ol>
 * <li>loads the recycle sequence (acquire: all below comes after it),
 * <li>loads entries (acquire: the item's bytes, written before the entry, are visible) and compares keys,
 * <li>copies the value, whatever it may be by now,
 * <li>passes an acquire fence (LoadLoad: all loads above come before the one below),
 * <li>loads the recycle sequence again, and starts anew if it has moved.
 * </ol>
 *
 * <p>If the sequence has not moved, no entry that the reader loaded pointed into a segment that was recycled before (1.
 * of a recycle precedes 2., which the reader's first load would have seen) and no byte it loaded was of a segment's next
 * use (the fences would have shown it the raised sequence). A reader starts anew only because a writer has freed a whole
 * segment in the meantime, so the two together are lock-free. What the reader finds in a segment before it knows
 * better may be any bytes: lengths are checked against the segment before they are used.
 *
 * <p>The only thing readers write is the frequency in an entry, by a compare-and-set that fails if the entry is no
 * longer the same; a writer's store simply wins.
 */
final class Shard {
    /** Not found in this bucket; look in the next. */
    private static final int NOT_HERE = -2;

    private final ShardMemory memory;
    private final UnsafeBuffer control;
    private final TtlBuckets ttl;
    private final SegmentTable segments;
    private final ShardIndex index;
    private final ShardCounts counts = new ShardCounts();
    private final Reclaimer reclaimer;
    private final int indexOffset;
    private final int buckets;
    private final int segmentLength;
    private boolean closed;

    Shard(final CacheLayout layout, final long seed) {
        memory = new ShardMemory(layout);
        control = memory.control();
        ttl = new TtlBuckets(layout.segmentsPerShard());
        segments = new SegmentTable(memory, ttl);
        index = new ShardIndex(memory);
        reclaimer = new Reclaimer(memory, segments, index, counts, seed);
        indexOffset = layout.indexOffset();
        buckets = layout.bucketsPerShard();
        segmentLength = layout.segmentLength();
    }

    /**
     * Copies a value, lock-free; called between the gate's enter and leave. The room in the caller's buffer may have
     * been written to even if the result is {@link Cache#MISSING}.
     */
    int get(
        final long hash, final DirectBuffer key, final int offset, final int length, final MutableDirectBuffer into,
        final int intoOffset, final int room, final EpochClock clock) {
        final int first = IndexDescriptor.firstBucket(hash, buckets);
        final int second = IndexDescriptor.secondBucket(hash, buckets);
        while (true) {
            // Acquire: nothing below is loaded before it.
            final long sequence = control.getLongAcquire(SegmentTable.SEQUENCE_OFFSET);
            int result = getFrom(first, hash, key, offset, length, into, intoOffset, room, clock);
            if (result == NOT_HERE) {
                result = getFrom(second, hash, key, offset, length, into, intoOffset, room, clock);
            }
            // LoadLoad (and LoadStore): every load above is done before the sequence is loaded again.
            VarHandle.acquireFence();
            if (control.getLongAcquire(SegmentTable.SEQUENCE_OFFSET) == sequence) {
                return result == NOT_HERE ? Cache.MISSING : result;
            }
            Thread.onSpinWait();
        }
    }

    private int getFrom(
        final int bucket, final long hash, final DirectBuffer key, final int offset, final int length,
        final MutableDirectBuffer into, final int intoOffset, final int room, final EpochClock clock) {
        final int tag = IndexDescriptor.tagOf(hash);
        final int begin = indexOffset + bucket * IndexDescriptor.BUCKET_LENGTH;
        for (int slot = begin; slot < begin + IndexDescriptor.BUCKET_LENGTH; slot += IndexDescriptor.ENTRY_LENGTH) {
            // Acquire: pairs with the release that published the entry after the item's bytes.
            final long entry = control.getLongAcquire(slot);
            if (IndexDescriptor.tag(entry) == tag && !IndexDescriptor.isGhost(entry)) {
                final long location = IndexDescriptor.location(entry);
                final int segment = memory.segmentOf(location);
                final int inSegment = memory.offsetInSegment(location);
                final UnsafeBuffer chunk = memory.chunk(segment);
                final int item = memory.chunkOffset(segment) + inSegment;
                final int lengths = ItemDescriptor.lengths(chunk, item);
                // A recycled segment shows any lengths here: nothing is touched that is not the segment's.
                if (ItemDescriptor.keyLength(lengths) == length
                    && inSegment + ItemDescriptor.length(lengths) <= segmentLength
                    && ShardIndex.sameBytes(key, offset, chunk, item + ItemDescriptor.HEADER_LENGTH, length)) {
                    final int deadline = ItemDescriptor.deadline(chunk, item);
                    if (deadline != ItemDescriptor.NO_DEADLINE
                        && reclaimer.isExpired(segment, deadline, clock.time())) {
                        return Cache.MISSING;
                    }
                    final int valueLength = ItemDescriptor.valueLength(lengths);
                    if (valueLength <= room && valueLength > 0) {
                        into.putBytes(intoOffset, chunk, item + ItemDescriptor.HEADER_LENGTH + length, valueLength);
                    }
                    if (IndexDescriptor.frequency(entry) < IndexDescriptor.MAX_FREQUENCY) {
                        control.compareAndSetLong(slot, entry, IndexDescriptor.withOneMoreRead(entry));
                    }
                    return valueLength;
                }
            }
        }
        return NOT_HERE;
    }

    /** Stores or replaces an item whose lengths the caller has checked; false if the shard is closed. */
    synchronized boolean put(
        final long hash, final DirectBuffer key, final int keyOffset, final int keyLength, final DirectBuffer value,
        final int valueOffset, final int valueLength, final long ttlMs, final long now) {
        if (closed) {
            return false;
        }
        reclaimer.sweep(now);
        int slot = index.find(hash, key, keyOffset, keyLength);
        final int generation;
        if (slot != ShardIndex.NONE) {
            generation = segments.generation(memory.segmentOf(IndexDescriptor.location(index.entry(slot))));
        } else {
            generation = index.takeGhost(hash, counts.items) ? SegmentDescriptor.MAIN : SegmentDescriptor.YOUNG;
        }
        final int length = ItemDescriptor.HEADER_LENGTH + keyLength + valueLength;
        final int bucket = ttl.bucketOf(ttlMs);
        final long recycled = control.getLong(SegmentTable.SEQUENCE_OFFSET);
        final int segment = reclaimer.segmentFor(bucket, generation, length, now);
        if (slot != ShardIndex.NONE && control.getLong(SegmentTable.SEQUENCE_OFFSET) != recycled) {
            slot = index.find(hash, key, keyOffset, keyLength); // it may have been evicted meanwhile
        }

        final int deadline = bucket == TtlBuckets.NO_TTL_BUCKET ? ItemDescriptor.NO_DEADLINE
            : reclaimer.deadlineIn(segment, now + Math.min(ttlMs, ttl.longestTtl(bucket)));
        final int inSegment = segments.append(segment, length, reclaimer.absolute(segment, deadline));
        final UnsafeBuffer chunk = memory.chunk(segment);
        final int item = memory.chunkOffset(segment) + inSegment;
        ItemDescriptor.putHeader(chunk, item, keyLength, valueLength, deadline);
        chunk.putBytes(item + ItemDescriptor.HEADER_LENGTH, key, keyOffset, keyLength);
        chunk.putBytes(item + ItemDescriptor.HEADER_LENGTH + keyLength, value, valueOffset, valueLength);
        publish(hash, slot, memory.location(segment, inSegment), now);
        counts.puts++;
        return true;
    }

    private void publish(final long hash, final int existing, final long location, final long now) {
        final int slot = existing != ShardIndex.NONE ? existing : index.slotForNew(hash, counts.items);
        final long old = index.entry(slot);
        final int frequency = existing != ShardIndex.NONE ? IndexDescriptor.frequency(old) : 0;
        final boolean oldExpired = IndexDescriptor.isItem(old) && isExpired(old, now);
        // Release: the item's bytes are visible to whoever sees the entry.
        index.putEntry(slot, IndexDescriptor.entry(IndexDescriptor.tagOf(hash), frequency, location));
        counts.items++;
        if (IndexDescriptor.isItem(old)) {
            counts.items--;
            if (oldExpired) {
                counts.expirations++;
            } else if (existing == ShardIndex.NONE) {
                counts.evictions++; // both buckets were full of live items
            }
            segments.releaseItem(memory.segmentOf(IndexDescriptor.location(old)));
        }
    }

    private boolean isExpired(final long entry, final long now) {
        final long location = IndexDescriptor.location(entry);
        final int segment = memory.segmentOf(location);
        final int item = memory.chunkOffset(segment) + memory.offsetInSegment(location);
        return reclaimer.isExpired(segment, ItemDescriptor.deadline(memory.chunk(segment), item), now);
    }

    /** Removes an item; returns whether a live one was there. */
    synchronized boolean remove(
        final long hash, final DirectBuffer key, final int offset, final int length, final long now) {
        if (closed) {
            return false;
        }
        final int slot = index.find(hash, key, offset, length);
        if (slot == ShardIndex.NONE) {
            return false;
        }
        final long old = index.entry(slot);
        final boolean expired = isExpired(old, now);
        index.putEntry(slot, IndexDescriptor.EMPTY);
        counts.items--;
        if (expired) {
            counts.expirations++;
        }
        segments.releaseItem(memory.segmentOf(IndexDescriptor.location(old)));
        return !expired;
    }

    /** Frees what has expired and adds what was counted to the sums; false if the shard is closed. */
    synchronized boolean addTo(final ShardCounts sums, final long now) {
        if (closed) {
            return false;
        }
        reclaimer.sweep(now);
        sums.puts += counts.puts;
        sums.evictions += counts.evictions;
        sums.expirations += counts.expirations;
        sums.copies += counts.copies;
        sums.items += counts.items;
        sums.usedSegments += segments.count() - segments.freeCount();
        return true;
    }

    /** Turns writers away from now on. */
    synchronized void close() {
        closed = true;
    }

    /** Gives the memory back; the shard is closed and no reader is inside. */
    void free() {
        memory.free();
    }
}
