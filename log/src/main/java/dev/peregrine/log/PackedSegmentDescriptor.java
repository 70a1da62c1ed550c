/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.nio.file.Path;
import org.agrona.BitUtil;

/**
 * Layout of the file of a compressed segment: a header, a table of blocks, and the blocks, each a zstd frame of its own
 * that stands for the same bytes of the segment's data. Little-endian.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                     Magic "PRGNZST\0"                         |  0
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                           Version                             |  8
 *  +---------------------------------------------------------------+
 *  |                 Length of data, unpacked (bytes)              | 12
 *  +---------------------------------------------------------------+
 *  |             Base position: position of the first byte         | 16
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |         Segment id: that of the segment it was made from      | 24
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |   Compacted to: end of the part of the log whose keys were    | 32
 *  |   looked at when it was written; 0 if keys were not looked at |
 *  +---------------------------------------------------------------+
 *  |   Oldest tombstone: earliest time (ns since 1970) of a        | 40
 *  |   record with an empty payload in it; Long.MAX if none        |
 *  +---------------------------------------------------------------+
 *  |                  Bytes of data in each block                  | 48
 *  +---------------------------------------------------------------+
 *  |                       Number of blocks                        | 52
 *  +---------------------------------------------------------------+
 *  |     CRC32C of bytes 0 to 55 and of the table of blocks        | 56
 *  +---------------------------------------------------------------+
 *  |                          Reserved, 0                          | 60
 *  +---------------------------------------------------------------+
 *  |                  Packed length of block 0                     | 64
 *  +---------------------------------------------------------------+
 *  |                CRC32C of block 0 as it is packed              | 68
 *  +---------------------------------------------------------------+
 *  |                  ... and so on for each block                ...
 *  +---------------------------------------------------------------+
 *  |                       Block 0, block 1                       ...
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p><b>Publication.</b> The file is written under {@link #NEW_SUFFIX}, forced, renamed, and the directory forced, before
 * the segment that it stands for is deleted. So there is one good copy at every moment, and where both are found the
 * compressed one is whole. It never changes afterwards; compaction replaces it by another in the same way.
 *
 * <p>What it holds was committed and intact: frames keep their positions, their numbers and their checksums. Recovery
 * does not unpack it.
 */
final class PackedSegmentDescriptor {
    static final long MAGIC = 0x0054535A_4E475250L;
    static final int VERSION = 1;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = MAGIC_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int DATA_LENGTH_OFFSET = VERSION_OFFSET + BitUtil.SIZE_OF_INT;
    static final int BASE_POSITION_OFFSET = DATA_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;
    static final int SEGMENT_ID_OFFSET = BASE_POSITION_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int COMPACTED_TO_OFFSET = SEGMENT_ID_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int OLDEST_TOMBSTONE_OFFSET = COMPACTED_TO_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int BLOCK_LENGTH_OFFSET = OLDEST_TOMBSTONE_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int BLOCK_COUNT_OFFSET = BLOCK_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;
    static final int HEADER_CRC_OFFSET = BLOCK_COUNT_OFFSET + BitUtil.SIZE_OF_INT;
    static final int RESERVED_OFFSET = HEADER_CRC_OFFSET + BitUtil.SIZE_OF_INT;
    static final int HEADER_LENGTH = RESERVED_OFFSET + BitUtil.SIZE_OF_INT;

    static final int PACKED_LENGTH_OFFSET = 0;
    static final int PACKED_CRC_OFFSET = PACKED_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;
    static final int TABLE_ENTRY_LENGTH = PACKED_CRC_OFFSET + BitUtil.SIZE_OF_INT;

    /** Bytes of data in a block: small enough to be packed without a stall, large enough to be packed well. */
    static final int BLOCK_LENGTH = 256 << 10;
    /** Those of the longest segment. */
    static final int MAX_BLOCKS = PartitionConfig.MAX_SEGMENT_LENGTH / BLOCK_LENGTH;

    static final String SUFFIX = ".seg.zst";
    static final String BUILDING = ".new";
    static final String NEW_SUFFIX = SUFFIX + BUILDING;

    private PackedSegmentDescriptor() {
    }

    static String fileName(final long basePosition) {
        return String.format("%020d%s", basePosition, SUFFIX);
    }

    static boolean isPacked(final Path file) {
        return file.toString().endsWith(SUFFIX);
    }

    /** Bytes of data in each block of a segment; all of its blocks are of this length. */
    static int blockLength(final int dataLength) {
        return Math.min(BLOCK_LENGTH, dataLength);
    }

    /** Where the table's entry of a block starts, and for the number of blocks where the first block does. */
    static int tableOffset(final int block) {
        return HEADER_LENGTH + block * TABLE_ENTRY_LENGTH;
    }
}
