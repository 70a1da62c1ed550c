/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import org.agrona.BitUtil;

/**
 * Layout of a segment file: one page of header, then the frames.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                     Magic "PRGNSEG\0"                         |  0
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                           Version                             |  8
 *  +---------------------------------------------------------------+
 *  |                   Length of data (bytes)                      | 12
 *  +---------------------------------------------------------------+
 *  |             Base position: position of the first byte         | 16
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |        Segment id: random, salts every frame's checksum       | 24
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                   CRC32C of bytes 0 to 31                     | 32
 *  +---------------------------------------------------------------+
 *  |   Sealed: both halves of the id, xored, | 1, when all frames  | 36
 *  |   are committed                                               |
 *  +---------------------------------------------------------------+
 *  |     Boot id of the machine when it was last open to write     | 40
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                    Padding to one page                       ... 48
 *  +---------------------------------------------------------------+
 *  |                           Frames                             ... 4096
 * </pre>
 *
 * <p>Bytes 0 to 35 are written once, before the file gets its name. <i>Sealed</i> and <i>boot id</i> are hints for
 * recovery, each changed by one aligned store: a sealed segment need not be scanned after the death of a process, and a
 * changed boot id says that the machine went down, so that seals prove nothing for what was not forced.
 */
final class SegmentDescriptor {
    static final long MAGIC = 0x00474553_4E475250L;
    static final int VERSION = 1;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = MAGIC_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int DATA_LENGTH_OFFSET = VERSION_OFFSET + BitUtil.SIZE_OF_INT;
    static final int BASE_POSITION_OFFSET = DATA_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;
    static final int SEGMENT_ID_OFFSET = BASE_POSITION_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int HEADER_CRC_OFFSET = SEGMENT_ID_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int SEALED_OFFSET = HEADER_CRC_OFFSET + BitUtil.SIZE_OF_INT;
    static final int BOOT_ID_OFFSET = SEALED_OFFSET + BitUtil.SIZE_OF_INT;
    /** One page, so that data is page-aligned. */
    static final int HEADER_LENGTH = 4096;

    /** Length of the longest file. */
    static final int MAX_FILE_LENGTH = HEADER_LENGTH + PartitionConfig.MAX_SEGMENT_LENGTH;

    static final String SUFFIX = ".seg";
    static final String NEW_SUFFIX = ".seg.new";
    static final String TORN_SUFFIX = ".torn";
    /** Behind the whole name of a truncated segment whose file is to be used again. */
    static final String SPARE_ENDING = ".spare";

    private SegmentDescriptor() {
    }

    static String fileName(final long basePosition) {
        return String.format("%020d%s", basePosition, SUFFIX);
    }
}
