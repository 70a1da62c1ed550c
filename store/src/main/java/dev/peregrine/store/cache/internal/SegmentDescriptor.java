/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

/**
 * Layout of a segment's header. The headers of a shard lie together in its control block and not in the segments, so
 * that a scan for expired segments stays in a few cache lines and a segment's bytes are all items.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  | Base time, epoch ms, a multiple of 2^shift (i64)              |  0
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  | Latest deadline of its items, epoch ms; no TTL: 2^63-1 (i64)  |  8
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  | Tail: bytes written (i32)                                     | 16
 *  +---------------------------------------------------------------+
 *  | Live items (i32)                                              | 20
 *  +---------------------------------------------------------------+
 *  | Shift: log2 of the deadline's unit in ms (i32)                | 24
 *  +---------------------------------------------------------------+
 *  | TTL bucket (i32)                                              | 28
 *  +---------------------------------------------------------------+
 *  | Generation: 0 young, 1 main (i32)                             | 32
 *  +---------------------------------------------------------------+
 *  | State: 0 free, 1 open, 2 sealed, 3 being emptied (i32)        | 36
 *  +---------------------------------------------------------------+
 *  | Next: younger segment of the generation, or next free (i32)   | 40
 *  +---------------------------------------------------------------+
 *  | Previous: older segment of the generation (i32)               | 44
 *  +---------------------------------------------------------------+
 *  | Unused                                                       ... 48
 *  +---------------------------------------------------------------+   64
 * </pre>
 *
 * <p>Readers look at base time and shift only; both are written before the first entry into the segment is published
 * and stay until the shard's recycle sequence has moved. All else belongs to the holder of the shard's lock.
 */
final class SegmentDescriptor {
    static final int BASE_TIME_OFFSET = 0;
    static final int LATEST_DEADLINE_OFFSET = 8;
    static final int TAIL_OFFSET = 16;
    static final int LIVE_ITEMS_OFFSET = 20;
    static final int SHIFT_OFFSET = 24;
    static final int TTL_BUCKET_OFFSET = 28;
    static final int GENERATION_OFFSET = 32;
    static final int STATE_OFFSET = 36;
    static final int NEXT_OFFSET = 40;
    static final int PREVIOUS_OFFSET = 44;
    static final int LENGTH = 64;

    /** No segment. */
    static final int NONE = -1;

    static final int YOUNG = 0;
    static final int MAIN = 1;
    static final int GENERATIONS = 2;

    static final int FREE = 0;
    static final int OPEN = 1;
    static final int SEALED = 2;
    static final int EMPTYING = 3;

    /** Latest deadline of a segment whose items do not expire. */
    static final long NEVER = Long.MAX_VALUE;

    private SegmentDescriptor() {
    }
}
