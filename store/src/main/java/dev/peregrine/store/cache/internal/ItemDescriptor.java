/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Layout of an item in a segment. Items follow each other without gaps and are not aligned, so that the header is all
 * an item costs beside its index entry.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------+-----------------------------------------+
 *  | Key length (u11)    | Value length (u21)                      |  0
 *  +---------------------+---------+-------------------------------+
 *  | Deadline (u16)                | Key bytes                    ...  4
 *  +-------------------------------+-------------------------------+
 *  | Value bytes                                                  ...  6 + key length
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>The first word is one little-endian int, the key length in its high bits. The deadline counts units of the
 * segment's shift from the segment's base time (see {@link SegmentDescriptor}); {@link #NO_DEADLINE} marks an item that
 * does not expire. An item never changes once its index entry is published.
 */
final class ItemDescriptor {
    /** Bytes of an item before its key. */
    static final int HEADER_LENGTH = 6;
    /** Longest key. */
    static final int MAX_KEY_LENGTH = (1 << 11) - 1;
    /** Longest value, if the segments are long enough. */
    static final int MAX_VALUE_LENGTH = 1 << 20;
    /** Deadline of an item without TTL. */
    static final int NO_DEADLINE = 0xFFFF;
    /** Latest deadline that can be written. */
    static final int MAX_DEADLINE = NO_DEADLINE - 1;

    private static final int LENGTHS_OFFSET = 0;
    private static final int DEADLINE_OFFSET = 4;
    private static final int VALUE_BITS = 21;
    private static final int VALUE_MASK = (1 << VALUE_BITS) - 1;

    private ItemDescriptor() {
    }

    /** The word that holds both lengths. */
    static int lengths(final DirectBuffer buffer, final int item) {
        return buffer.getInt(item + LENGTHS_OFFSET);
    }

    static int keyLength(final int lengths) {
        return lengths >>> VALUE_BITS;
    }

    static int valueLength(final int lengths) {
        return lengths & VALUE_MASK;
    }

    /** Bytes of the whole item. */
    static int length(final int lengths) {
        return HEADER_LENGTH + keyLength(lengths) + valueLength(lengths);
    }

    static int deadline(final DirectBuffer buffer, final int item) {
        return buffer.getShort(item + DEADLINE_OFFSET) & 0xFFFF;
    }

    static void putHeader(
        final MutableDirectBuffer buffer, final int item, final int keyLength, final int valueLength,
        final int deadline) {
        buffer.putInt(item + LENGTHS_OFFSET, keyLength << VALUE_BITS | valueLength);
        putDeadline(buffer, item, deadline);
    }

    static void putDeadline(final MutableDirectBuffer buffer, final int item, final int deadline) {
        buffer.putShort(item + DEADLINE_OFFSET, (short) deadline);
    }
}
