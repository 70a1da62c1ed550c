/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Finds room in a shard: first segments whose items have all expired, then by eviction. Used under the shard's lock.
 *
 * <p>Eviction empties one whole segment at a time, in the manner of S3-FIFO. New items are written to segments of the
 * young generation. While that is larger than a tenth of the shard, its oldest segment is emptied: items that were read
 * are copied to the main generation, the others leave a ghost. Else the oldest segment of the main generation is
 * emptied: items that were read since they came there are copied to its end with one count less, the others go. A key
 * that is put again while its ghost is remembered goes to the main generation at once. Copies of several old segments
 * meet in one new segment, which is Segcache's merge; a survivor's TTL bucket and deadline stay.
 *
 * <p>One segment is always kept in reserve, so that survivors have somewhere to go.
 */
final class Reclaimer {
    /** Part of the segments that the young generation may keep: one in so many. */
    private static final int YOUNG_PART = 10;
    private static final int FEWEST_YOUNG = 2;
    /** Free segments needed before one may be opened for a new item: that one and the reserve. */
    private static final int FREE_WANTED = 2;
    /** Segments emptied for one put before the frequency that survives is raised; bounds the pause of the writer. */
    private static final int PASSES_PER_FREQUENCY = 3;

    private final ShardMemory memory;
    private final SegmentTable segments;
    private final ShardIndex index;
    private final ShardCounts counts;
    private final long seed;

    Reclaimer(
        final ShardMemory memory, final SegmentTable segments, final ShardIndex index, final ShardCounts counts,
        final long seed) {
        this.memory = memory;
        this.segments = segments;
        this.index = index;
        this.counts = counts;
        this.seed = seed;
    }

    /** An open segment of the bucket and generation with room for so many bytes; evicts if need be. */
    int segmentFor(final int bucket, final int generation, final int length, final long now) {
        int segment = segments.openSegment(bucket, generation, length, now);
        while (segment == SegmentDescriptor.NONE) {
            if (segments.freeCount() >= FREE_WANTED) {
                return segments.open(bucket, generation, now);
            }
            makeRoom(now);
            // Survivors may have opened a segment of this bucket and generation.
            segment = segments.openSegment(bucket, generation, length, now);
        }
        return segment;
    }

    /** Frees every segment whose items have all expired. */
    void sweep(final long now) {
        if (now < segments.earliestExpiry()) {
            return;
        }
        for (int segment = 0; segment < segments.count(); segment++) {
            if (segments.state(segment) != SegmentDescriptor.FREE && segments.latestDeadline(segment) <= now) {
                empty(segment, now, Integer.MAX_VALUE);
            }
        }
        segments.findExpiry();
    }

    private void makeRoom(final long now) {
        sweep(now);
        for (int pass = 0; segments.freeCount() < FREE_WANTED; pass++) {
            // In the end nothing survives, so that a pass frees a segment for certain.
            empty(victim(), now, 1 + pass / PASSES_PER_FREQUENCY);
        }
    }

    private int victim() {
        final int young = segments.oldest(SegmentDescriptor.YOUNG, SegmentDescriptor.SEALED);
        final int main = segments.oldest(SegmentDescriptor.MAIN, SegmentDescriptor.SEALED);
        final int youngWanted = Math.max(FEWEST_YOUNG, segments.count() / YOUNG_PART);
        if (young != SegmentDescriptor.NONE
            && (main == SegmentDescriptor.NONE || segments.size(SegmentDescriptor.YOUNG) > youngWanted)) {
            return young;
        }
        if (main != SegmentDescriptor.NONE) {
            return main;
        }
        // Every segment in use is open: more TTL buckets are in use than the shard has segments for.
        final int open = segments.oldest(SegmentDescriptor.YOUNG, SegmentDescriptor.OPEN);
        return open != SegmentDescriptor.NONE
            ? open : segments.oldest(SegmentDescriptor.MAIN, SegmentDescriptor.OPEN);
    }

    /** Takes every item out of a segment and frees it; items read at least so often are copied if not expired. */
    private void empty(final int victim, final long now, final int survivingFrequency) {
        segments.beginEmptying(victim);
        final UnsafeBuffer chunk = memory.chunk(victim);
        final int begin = memory.chunkOffset(victim);
        final int tail = segments.tail(victim);
        int offset = 0;
        while (offset < tail && segments.liveItems(victim) > 0) {
            final int item = begin + offset;
            final int lengths = ItemDescriptor.lengths(chunk, item);
            final long hash = KeyHash.of(
                chunk, item + ItemDescriptor.HEADER_LENGTH, ItemDescriptor.keyLength(lengths), seed);
            final int slot = index.findLocation(hash, memory.location(victim, offset));
            if (slot != ShardIndex.NONE) {
                takeOut(victim, chunk, item, ItemDescriptor.length(lengths), slot, now, survivingFrequency);
                segments.releaseItem(victim);
            }
            offset += ItemDescriptor.length(lengths);
        }
        segments.recycle(victim);
    }

    private void takeOut(
        final int victim, final UnsafeBuffer chunk, final int item, final int length, final int slot, final long now,
        final int survivingFrequency) {
        final long entry = index.entry(slot);
        final boolean young = segments.generation(victim) == SegmentDescriptor.YOUNG;
        final int deadline = ItemDescriptor.deadline(chunk, item);
        if (isExpired(victim, deadline, now)) {
            index.putEntry(slot, IndexDescriptor.EMPTY);
            counts.expirations++;
            counts.items--;
        } else if (IndexDescriptor.frequency(entry) >= survivingFrequency
            && copy(victim, chunk, item, length, slot, entry, now)) {
            counts.copies++;
        } else {
            if (young) {
                index.putGhost(slot, entry);
            } else {
                index.putEntry(slot, IndexDescriptor.EMPTY);
            }
            counts.evictions++;
            counts.items--;
        }
    }

    /** Copies an item to the main generation and points its entry there; false if there is no segment for it. */
    private boolean copy(
        final int victim, final UnsafeBuffer chunk, final int item, final int length, final int slot, final long entry,
        final long now) {
        final int bucket = segments.ttlBucket(victim);
        int target = segments.openSegment(bucket, SegmentDescriptor.MAIN, length, now);
        if (target == SegmentDescriptor.NONE) {
            if (segments.freeCount() == 0) {
                return false;
            }
            target = segments.open(bucket, SegmentDescriptor.MAIN, now);
        }
        final int oldDeadline = ItemDescriptor.deadline(chunk, item);
        final int deadline = oldDeadline == ItemDescriptor.NO_DEADLINE
            ? oldDeadline : deadlineIn(target, absolute(victim, oldDeadline));
        final int offset = segments.append(target, length, absolute(target, deadline));
        final UnsafeBuffer targetChunk = memory.chunk(target);
        final int copied = memory.chunkOffset(target) + offset;
        targetChunk.putBytes(copied, chunk, item, length);
        ItemDescriptor.putDeadline(targetChunk, copied, deadline);
        final int frequency = segments.generation(victim) == SegmentDescriptor.YOUNG
            ? 0 : IndexDescriptor.frequency(entry) - 1;
        index.putEntry(slot, IndexDescriptor.entry(
            IndexDescriptor.tag(entry), frequency, memory.location(target, offset)));
        return true;
    }

    /** Epoch milliseconds of a deadline in a segment; only meaningful for items that have one. */
    long absolute(final int segment, final int deadline) {
        return segments.baseTime(segment) + ((long) deadline << segments.shift(segment));
    }

    /** A deadline in epoch milliseconds as an item of the segment keeps it; cut to what can be kept, never later. */
    int deadlineIn(final int segment, final long absolute) {
        final long units = absolute - segments.baseTime(segment) >> segments.shift(segment);
        return (int) Math.max(0, Math.min(ItemDescriptor.MAX_DEADLINE, units));
    }

    /** Whether an item of the segment with this deadline has expired; readers may call it. */
    boolean isExpired(final int segment, final int deadline, final long now) {
        return deadline != ItemDescriptor.NO_DEADLINE && absolute(segment, deadline) <= now;
    }
}
