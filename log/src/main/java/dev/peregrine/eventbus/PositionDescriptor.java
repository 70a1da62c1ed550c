/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import org.agrona.BitUtil;

/**
 * Layout of a subscription's file: two copies of the positions, the valid one with the higher version counting. A
 * commit writes the copy that does not count, its checksum last, so that a torn write leaves the other one.
 *
 * <pre>
 *  +---------------------------------------------------------------+
 *  |                     Magic "PRGNSUB\0" (i64)                   |  0
 *  +---------------------------------------------------------------+
 *  |      Format version (i32)     |       Partitions (i32)        |  8
 *  +---------------------------------------------------------------+
 *  |                    Padding to 64 bytes                       ... 16
 *  +---------------------------------------------------------------+
 *  |                            Copy A                            ... 64
 *  +---------------------------------------------------------------+
 *  |                            Copy B                            ... 64 + copy length
 *  +---------------------------------------------------------------+
 *
 *  a copy:
 *  +---------------------------------------------------------------+
 *  |                        Version (i64)                          |  0
 *  +---------------------------------------------------------------+
 *  |                 Checksum over the rest (i64)                  |  8
 *  +---------------------------------------------------------------+
 *  |      Position (i64) and record number (i64) per partition    ... 16
 *  +---------------------------------------------------------------+
 * </pre>
 */
final class PositionDescriptor {
    static final long MAGIC = 0x00425553_4E475250L;
    static final int FORMAT = 1;
    static final int MAGIC_OFFSET = 0;
    static final int FORMAT_OFFSET = MAGIC_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int PARTITIONS_OFFSET = FORMAT_OFFSET + BitUtil.SIZE_OF_INT;
    static final int COPIES_OFFSET = 64;

    static final int COPY_VERSION_OFFSET = 0;
    static final int COPY_CHECKSUM_OFFSET = COPY_VERSION_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int COPY_ENTRIES_OFFSET = COPY_CHECKSUM_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int ENTRY_POSITION_OFFSET = 0;
    static final int ENTRY_NUMBER_OFFSET = ENTRY_POSITION_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int ENTRY_LENGTH = ENTRY_NUMBER_OFFSET + BitUtil.SIZE_OF_LONG;

    private PositionDescriptor() {
    }

    static int copyLength(final int partitions) {
        return BitUtil.align(COPY_ENTRIES_OFFSET + partitions * ENTRY_LENGTH, BitUtil.CACHE_LINE_LENGTH);
    }

    static int copyOffset(final long version, final int partitions) {
        return COPIES_OFFSET + (int) (version & 1) * copyLength(partitions);
    }

    static int fileLength(final int partitions) {
        return COPIES_OFFSET + 2 * copyLength(partitions);
    }
}
