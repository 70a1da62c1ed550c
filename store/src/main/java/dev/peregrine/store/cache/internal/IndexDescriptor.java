/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import org.agrona.BitUtil;

/**
 * Layout of the index: an array of buckets, each one cache line of eight entries. A key has two buckets and its entry
 * lies in one slot of either.
 *
 * <pre>
 *  bucket:
 *  +-------+-------+-------+-------+-------+-------+-------+-------+
 *  | Entry | Entry | Entry | Entry | Entry | Entry | Entry | Entry |
 *  +-------+-------+-------+-------+-------+-------+-------+-------+
 *  0       8       16      24      32      40      48      56      64
 *
 *  entry, one aligned long; 0 = empty:
 *   63                  44 43  40 39                                0
 *  +----------------------+------+-----------------------------------+
 *  | Tag (u20), never 0   | Freq | Location (u40)                    |
 *  +----------------------+------+-----------------------------------+
 *
 *  location:
 *   39                                          b b-1               0
 *  +---------------------------------------------+-------------------+
 *  | Segment                                     | Offset in segment |
 *  +---------------------------------------------+-------------------+
 * </pre>
 *
 * <p><b>Freq</b> counts reads since the item was written or last survived an eviction, up to {@link #MAX_FREQUENCY};
 * readers raise it by compare-and-set, so that a read of a hot item writes nothing. The value {@link #GHOST} marks an
 * entry that is no item: it remembers that a key with this tag was evicted from the young generation, and its location
 * holds when (the shard's count of such evictions). Ghosts use slots that no item needs and give way to items.
 *
 * <p>The tag and both buckets come from different bits of the key's hash, the number of bits of an offset from the
 * length of the segments.
 */
final class IndexDescriptor {
    static final int ENTRY_LENGTH = BitUtil.SIZE_OF_LONG;
    static final int ENTRIES_PER_BUCKET = 8;
    static final int BUCKET_LENGTH = ENTRY_LENGTH * ENTRIES_PER_BUCKET;

    static final long EMPTY = 0;
    /** Highest count of reads an entry keeps. */
    static final int MAX_FREQUENCY = 3;
    /** In place of a frequency: the entry is a memory of an evicted key. */
    static final int GHOST = 15;

    static final int LOCATION_BITS = 40;
    static final long LOCATION_MASK = (1L << LOCATION_BITS) - 1;

    private static final int FREQUENCY_SHIFT = LOCATION_BITS;
    private static final int FREQUENCY_MASK = 0xF;
    private static final int TAG_SHIFT = 44;
    private static final long ONE_READ = 1L << FREQUENCY_SHIFT;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private IndexDescriptor() {
    }

    static long entry(final int tag, final int frequency, final long location) {
        return (long) tag << TAG_SHIFT | (long) frequency << FREQUENCY_SHIFT | location;
    }

    static int tag(final long entry) {
        return (int) (entry >>> TAG_SHIFT);
    }

    static int frequency(final long entry) {
        return (int) (entry >>> FREQUENCY_SHIFT) & FREQUENCY_MASK;
    }

    static long location(final long entry) {
        return entry & LOCATION_MASK;
    }

    /** The entry after one more read; its frequency is below the highest. */
    static long withOneMoreRead(final long entry) {
        return entry + ONE_READ;
    }

    static boolean isGhost(final long entry) {
        return frequency(entry) == GHOST;
    }

    static boolean isItem(final long entry) {
        return entry != EMPTY && frequency(entry) != GHOST;
    }

    /** Tag of a key: bits 32 to 51 of its hash, never 0 so that no entry of an item is 0. */
    static int tagOf(final long hash) {
        final int tag = (int) (hash >>> 32) & 0xFFFFF;
        return tag == 0 ? 1 : tag;
    }

    /** First bucket of a key: its hash's low 32 bits scaled to the number of buckets. */
    static int firstBucket(final long hash, final int buckets) {
        return (int) ((hash & 0xFFFF_FFFFL) * buckets >>> 32);
    }

    /** Second bucket of a key; may be the first one again. */
    static int secondBucket(final long hash, final int buckets) {
        return (int) ((hash * GOLDEN >>> 32) * buckets >>> 32);
    }
}
