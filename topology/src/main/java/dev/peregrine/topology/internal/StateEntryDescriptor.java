/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import org.agrona.BitUtil;

/**
 * Layout of an entry of keyed state in memory, and of the record that logs it.
 *
 * <pre>
 *  in memory, a block of a slab:                      in the topology's log (payload):
 *  +-----------------------------+                    +-----------------------------+
 *  | Next entry of bucket (u32)  |  0                 | State id (i64)              |  0
 *  +-----------------------------+                    +-----------------------------+
 *  | New &lt;&lt; 31 | place among     |  4  (i32)          | Kind (i32)                  |  8
 *  |   changes + 1               |                    |                             |
 *  +-----------------------------+                    +-----------------------------+
 *  | Hash (i64)                  |  8                 | Key length (i32)            | 12
 *  +-----------------------------+                    +-----------------------------+
 *  | Routing hash (i64)          | 16                 | Member key length (i32)     | 16
 *  +-----------------------------+                    +-----------------------------+
 *  | Key length &lt;&lt; 8 | size class| 24  (i32)          | Value length (i32)          | 20
 *  +-----------------------------+                    +-----------------------------+
 *  | Value length (i32)          | 28                 | Expiry, ns (i64)            | 24
 *  +-----------------------------+                    +-----------------------------+
 *  | Member: owner, previous,    | 32  (4 * u32)      | Key, member key, value     ... 32
 *  |   next, unused              |                    +-----------------------------+
 *  +-----------------------------+
 *  | With TTL: expiry, ns (i64)  |
 *  +-----------------------------+
 *  | Key (padded to 8)          ...
 *  +-----------------------------+
 *  | Value (padded to 8)        ...
 *  +-----------------------------+
 * </pre>
 *
 * <p>The frame of the record has the routing hash as key hash and the epoch as sequence.
 */
final class StateEntryDescriptor {
    static final int NEXT_OFFSET = 0;
    static final int CHANGED_OFFSET = NEXT_OFFSET + BitUtil.SIZE_OF_INT;
    static final int HASH_OFFSET = CHANGED_OFFSET + BitUtil.SIZE_OF_INT;
    static final int ROUTING_HASH_OFFSET = HASH_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int KEY_WORD_OFFSET = ROUTING_HASH_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int VALUE_LENGTH_OFFSET = KEY_WORD_OFFSET + BitUtil.SIZE_OF_INT;
    static final int HEADER_LENGTH = VALUE_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;

    static final int OWNER_OFFSET = HEADER_LENGTH;
    static final int PREVIOUS_MEMBER_OFFSET = OWNER_OFFSET + BitUtil.SIZE_OF_INT;
    static final int NEXT_MEMBER_OFFSET = PREVIOUS_MEMBER_OFFSET + BitUtil.SIZE_OF_INT;
    static final int MEMBER_HEADER_LENGTH = HEADER_LENGTH + 4 * BitUtil.SIZE_OF_INT;

    static final int LOG_STATE_ID_OFFSET = 0;
    static final int LOG_KIND_OFFSET = LOG_STATE_ID_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int LOG_KEY_LENGTH_OFFSET = LOG_KIND_OFFSET + BitUtil.SIZE_OF_INT;
    static final int LOG_MEMBER_LENGTH_OFFSET = LOG_KEY_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;
    static final int LOG_VALUE_LENGTH_OFFSET = LOG_MEMBER_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;
    static final int LOG_EXPIRY_OFFSET = LOG_VALUE_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;
    static final int LOG_KEY_OFFSET = LOG_EXPIRY_OFFSET + BitUtil.SIZE_OF_LONG;

    /** Kind of a record: the entry has this value. */
    static final int PUT = 1;
    /** Kind of a record: the entry is gone. */
    static final int REMOVED = 2;
    /** Kind of a record: all members of the key are gone. */
    static final int CLEARED = 3;
    /** Kind of a record: the time of a state with TTL, for all instances; the value is its start. */
    static final int CLOCK = 4;

    /** Kind of a record: a pane is gone with all its entries, in all instances; the member key is its id. */
    static final int PANE_DROPPED = 5;

    /** Flag beside the place among changes: the entry was made in this epoch, and the log knows nothing of it. */
    static final int NEW = 1 << 31;

    /** Template id of state records in a topology's log; schema id 0. */
    static final int TEMPLATE_ID = 1000;

    private static final int SIZE_CLASS_BITS = 8;

    private StateEntryDescriptor() {
    }

    /** Whether records of a kind are for all instances, whoever wrote them. */
    static boolean isForAll(final int kind) {
        return kind == CLOCK || kind == PANE_DROPPED;
    }

    /** Place among changes + 1, 0 if the entry has not changed. */
    static int place(final int changedWord) {
        return changedWord & ~NEW;
    }

    static int keyWord(final int keyLength, final int sizeClass) {
        return keyLength << SIZE_CLASS_BITS | sizeClass;
    }

    static int keyLength(final int keyWord) {
        return keyWord >>> SIZE_CLASS_BITS;
    }

    static int sizeClass(final int keyWord) {
        return keyWord & (1 << SIZE_CLASS_BITS) - 1;
    }
}
