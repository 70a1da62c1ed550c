/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.aggregate;

import org.agrona.BitUtil;

/**
 * Layout of a counter of top-k, in the accumulator as in the result.
 *
 * <pre>
 *  +-----------------------------+
 *  | Count (i64); 0 = unused     |  0
 *  +-----------------------------+
 *  | Error: how much too high    |  8  (i64)
 *  | the count may be            |
 *  +-----------------------------+
 *  | Hash of the item (i64)      | 16
 *  +-----------------------------+
 *  | Item length (i64)           | 24
 *  +-----------------------------+
 *  | Item (padded to 8)         ... 32
 *  +-----------------------------+
 * </pre>
 */
public final class TopKDescriptor {
    /** Offset of the count. */
    public static final int COUNT_OFFSET = 0;
    /** Offset of the error. */
    public static final int ERROR_OFFSET = COUNT_OFFSET + BitUtil.SIZE_OF_LONG;
    /** Offset of the item's hash. */
    public static final int HASH_OFFSET = ERROR_OFFSET + BitUtil.SIZE_OF_LONG;
    /** Offset of the item's length. */
    public static final int ITEM_LENGTH_OFFSET = HASH_OFFSET + BitUtil.SIZE_OF_LONG;
    /** Offset of the item. */
    public static final int ITEM_OFFSET = ITEM_LENGTH_OFFSET + BitUtil.SIZE_OF_LONG;

    private TopKDescriptor() {
    }

    /** Bytes of a counter. */
    public static int length(final int maxItemLength) {
        return ITEM_OFFSET + BitUtil.align(maxItemLength, BitUtil.SIZE_OF_LONG);
    }
}
