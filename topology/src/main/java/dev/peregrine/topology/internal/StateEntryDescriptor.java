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
 *  in memory, one entry of a fixed stride:            in the topology's log (payload):
 *  +-----------------------------+                    +-----------------------------+
 *  | Hash of the key (i64)       |  0                 | State id (i64)              |  0
 *  +-----------------------------+                    +-----------------------------+
 *  | Key length + 1; 0 = free    |  8  (i32)          | Key length (i32)            |  8
 *  +-----------------------------+                    +-----------------------------+
 *  | Changed: 1 or 0 (i32)       | 12                 | Value length; -1 = removed  | 12
 *  +-----------------------------+                    +-----------------------------+
 *  | Value (padded to 8)        ... 16                | Key, then value            ... 16
 *  +-----------------------------+                    +-----------------------------+
 *  | Key (padded to 8)          ...
 *  +-----------------------------+
 * </pre>
 */
final class StateEntryDescriptor {
    static final int HASH_OFFSET = 0;
    static final int KEY_LENGTH_OFFSET = HASH_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int CHANGED_OFFSET = KEY_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;
    static final int VALUE_OFFSET = CHANGED_OFFSET + BitUtil.SIZE_OF_INT;

    static final int LOG_STATE_ID_OFFSET = 0;
    static final int LOG_KEY_LENGTH_OFFSET = LOG_STATE_ID_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int LOG_VALUE_LENGTH_OFFSET = LOG_KEY_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;
    static final int LOG_KEY_OFFSET = LOG_VALUE_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;

    /** Value length in the log of a key that was removed. */
    static final int REMOVED = -1;
    /** Template id of state records in a topology's log; schema id 0. */
    static final int TEMPLATE_ID = 1000;

    private StateEntryDescriptor() {
    }
}
