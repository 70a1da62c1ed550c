/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import static dev.peregrine.store.cache.internal.SegmentDescriptor.NONE;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The segments of a shard: their headers, the list of the free ones, one list per generation in order of age, and which
 * segment is open for which TTL bucket and generation. Used under the shard's lock, except where said.
 */
final class SegmentTable {
    /** Offset in the control block of the recycle sequence, which readers check; see {@link Shard}. */
    static final int SEQUENCE_OFFSET = 0;

    private final UnsafeBuffer control;
    private final int count;
    private final int segmentLength;
    private final TtlBuckets ttl;
    private final int[] open;
    private final int[] oldest = {NONE, NONE};
    private final int[] youngest = {NONE, NONE};
    private final int[] sizes = new int[SegmentDescriptor.GENERATIONS];
    private int firstFree = NONE;
    private int freeCount;
    private long earliestExpiry = SegmentDescriptor.NEVER;

    SegmentTable(final ShardMemory memory, final TtlBuckets ttl) {
        this.ttl = ttl;
        control = memory.control();
        count = memory.layout().segmentsPerShard();
        segmentLength = memory.layout().segmentLength();
        open = new int[ttl.count() * SegmentDescriptor.GENERATIONS];
        Arrays.fill(open, NONE);
        for (int segment = count - 1; segment >= 0; segment--) {
            pushFree(segment);
        }
    }

    private static int header(final int segment) {
        return CacheLayout.SEQUENCE_LENGTH + segment * SegmentDescriptor.LENGTH;
    }

    private int get(final int segment, final int field) {
        return control.getInt(header(segment) + field);
    }

    private void set(final int segment, final int field, final int value) {
        control.putInt(header(segment) + field, value);
    }

    int count() {
        return count;
    }

    int freeCount() {
        return freeCount;
    }

    /** Segments of a generation, open ones included. */
    int size(final int generation) {
        return sizes[generation];
    }

    /** Base time of a segment's deadlines; readers may call it. */
    long baseTime(final int segment) {
        return control.getLong(header(segment) + SegmentDescriptor.BASE_TIME_OFFSET);
    }

    /** Log2 of the unit of a segment's deadlines; readers may call it. */
    int shift(final int segment) {
        return get(segment, SegmentDescriptor.SHIFT_OFFSET);
    }

    long latestDeadline(final int segment) {
        return control.getLong(header(segment) + SegmentDescriptor.LATEST_DEADLINE_OFFSET);
    }

    int tail(final int segment) {
        return get(segment, SegmentDescriptor.TAIL_OFFSET);
    }

    int liveItems(final int segment) {
        return get(segment, SegmentDescriptor.LIVE_ITEMS_OFFSET);
    }

    int ttlBucket(final int segment) {
        return get(segment, SegmentDescriptor.TTL_BUCKET_OFFSET);
    }

    int generation(final int segment) {
        return get(segment, SegmentDescriptor.GENERATION_OFFSET);
    }

    int state(final int segment) {
        return get(segment, SegmentDescriptor.STATE_OFFSET);
    }

    /** No segment's items have all expired before this time; a lower bound, made exact by {@link #findExpiry()}. */
    long earliestExpiry() {
        return earliestExpiry;
    }

    /** Computes {@link #earliestExpiry()} anew. */
    void findExpiry() {
        earliestExpiry = SegmentDescriptor.NEVER;
        for (int segment = 0; segment < count; segment++) {
            if (state(segment) != SegmentDescriptor.FREE) {
                earliestExpiry = Math.min(earliestExpiry, latestDeadline(segment));
            }
        }
    }

    /**
     * The segment open for a bucket and generation, if an item of this length fits and the segment is not too old for
     * its deadline; one that cannot take the item is sealed.
     *
     * @return the segment or {@link SegmentDescriptor#NONE}.
     */
    int openSegment(final int bucket, final int generation, final int length, final long now) {
        final int segment = open[bucket * SegmentDescriptor.GENERATIONS + generation];
        if (segment == NONE || tail(segment) + length <= segmentLength && takesItemsAt(segment, bucket, now)) {
            return segment;
        }
        seal(segment);
        if (liveItems(segment) == 0) {
            recycle(segment);
        }
        return NONE;
    }

    private boolean takesItemsAt(final int segment, final int bucket, final long now) {
        final long age = now - baseTime(segment);
        // A clock that was set back makes the age negative: a new segment then gets a new base.
        return bucket == TtlBuckets.NO_TTL_BUCKET || age >= 0 && age <= ttl.longestTtl(bucket);
    }

    /** Makes a free segment, of which there must be one, the open one of a bucket and generation. */
    int open(final int bucket, final int generation, final long now) {
        final int segment = firstFree;
        firstFree = get(segment, SegmentDescriptor.NEXT_OFFSET);
        freeCount--;
        final int header = header(segment);
        final int shift = ttl.shift(bucket);
        // Aligned to the unit, so that a deadline survives being copied to another segment of the bucket unrounded.
        control.putLong(header + SegmentDescriptor.BASE_TIME_OFFSET, now >> shift << shift);
        control.putLong(header + SegmentDescriptor.LATEST_DEADLINE_OFFSET,
            bucket == TtlBuckets.NO_TTL_BUCKET ? SegmentDescriptor.NEVER : Long.MIN_VALUE);
        control.putInt(header + SegmentDescriptor.TAIL_OFFSET, 0);
        control.putInt(header + SegmentDescriptor.LIVE_ITEMS_OFFSET, 0);
        control.putInt(header + SegmentDescriptor.SHIFT_OFFSET, shift);
        control.putInt(header + SegmentDescriptor.TTL_BUCKET_OFFSET, bucket);
        control.putInt(header + SegmentDescriptor.GENERATION_OFFSET, generation);
        control.putInt(header + SegmentDescriptor.STATE_OFFSET, SegmentDescriptor.OPEN);
        linkYoungest(segment, generation);
        open[bucket * SegmentDescriptor.GENERATIONS + generation] = segment;
        return segment;
    }

    /**
     * Takes room for an item at the end of an open segment, in which it fits.
     *
     * @param deadline when the item expires (epoch ms); ignored where items do not.
     * @return offset of the item in the segment.
     */
    int append(final int segment, final int length, final long deadline) {
        final int header = header(segment);
        final int offset = control.getInt(header + SegmentDescriptor.TAIL_OFFSET);
        control.putInt(header + SegmentDescriptor.TAIL_OFFSET, offset + length);
        addLiveItems(segment, 1);
        final long latest = control.getLong(header + SegmentDescriptor.LATEST_DEADLINE_OFFSET);
        if (deadline > latest) {
            control.putLong(header + SegmentDescriptor.LATEST_DEADLINE_OFFSET, deadline);
            earliestExpiry = Math.min(earliestExpiry, deadline);
        }
        return offset;
    }

    /** An entry into the segment has gone. A sealed segment without any is free at once. */
    void releaseItem(final int segment) {
        addLiveItems(segment, -1);
        if (liveItems(segment) == 0 && state(segment) == SegmentDescriptor.SEALED) {
            recycle(segment);
        }
    }

    private void addLiveItems(final int segment, final int change) {
        set(segment, SegmentDescriptor.LIVE_ITEMS_OFFSET, liveItems(segment) + change);
    }

    /** Oldest segment of a generation that is in the given state, or {@link SegmentDescriptor#NONE}. */
    int oldest(final int generation, final int state) {
        int segment = oldest[generation];
        while (segment != NONE && state(segment) != state) {
            segment = get(segment, SegmentDescriptor.NEXT_OFFSET);
        }
        return segment;
    }

    private void seal(final int segment) {
        open[ttlBucket(segment) * SegmentDescriptor.GENERATIONS + generation(segment)] = NONE;
        set(segment, SegmentDescriptor.STATE_OFFSET, SegmentDescriptor.SEALED);
    }

    /** Closes a segment for new items and keeps it from being recycled until its emptying is done. */
    void beginEmptying(final int segment) {
        if (state(segment) == SegmentDescriptor.OPEN) {
            seal(segment);
        }
        set(segment, SegmentDescriptor.STATE_OFFSET, SegmentDescriptor.EMPTYING);
    }

    /** Frees a segment into which no index entry points any more. */
    void recycle(final int segment) {
        unlink(segment);
        // Release: the removal of every entry into the segment is visible to whoever sees the new sequence.
        control.putLongRelease(SEQUENCE_OFFSET, control.getLong(SEQUENCE_OFFSET) + 1);
        // StoreStore: whoever sees a byte of the segment's next use sees the new sequence too.
        VarHandle.storeStoreFence();
        pushFree(segment);
    }

    private void pushFree(final int segment) {
        set(segment, SegmentDescriptor.STATE_OFFSET, SegmentDescriptor.FREE);
        set(segment, SegmentDescriptor.NEXT_OFFSET, firstFree);
        firstFree = segment;
        freeCount++;
    }

    private void linkYoungest(final int segment, final int generation) {
        final int last = youngest[generation];
        set(segment, SegmentDescriptor.PREVIOUS_OFFSET, last);
        set(segment, SegmentDescriptor.NEXT_OFFSET, NONE);
        if (last == NONE) {
            oldest[generation] = segment;
        } else {
            set(last, SegmentDescriptor.NEXT_OFFSET, segment);
        }
        youngest[generation] = segment;
        sizes[generation]++;
    }

    private void unlink(final int segment) {
        final int generation = generation(segment);
        final int older = get(segment, SegmentDescriptor.PREVIOUS_OFFSET);
        final int younger = get(segment, SegmentDescriptor.NEXT_OFFSET);
        if (older == NONE) {
            oldest[generation] = younger;
        } else {
            set(older, SegmentDescriptor.NEXT_OFFSET, younger);
        }
        if (younger == NONE) {
            youngest[generation] = older;
        } else {
            set(younger, SegmentDescriptor.PREVIOUS_OFFSET, older);
        }
        sizes[generation]--;
    }
}
