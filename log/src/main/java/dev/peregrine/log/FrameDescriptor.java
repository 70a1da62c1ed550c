/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import org.agrona.BitUtil;

/**
 * Layout of a frame, the unit of the log.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                 Length (header + payload, unaligned)          |  0
 *  +---------------------------------------------------------------+
 *  |                            CRC32C                             |  4
 *  +---------------+---------------+-------------------------------+
 *  |    Version    |     Flags     |           Reserved            |  8
 *  +---------------+---------------+-------------------------------+
 *  |           Schema id           |          Template id          | 12
 *  +-------------------------------+-------------------------------+
 *  |                     Timestamp (ns since 1970)                 | 16
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                           Key hash                            | 24
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                          Producer id                          | 32
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                           Sequence                            | 40
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                           Payload                            ...  48
 * </pre>
 *
 * <p><b>Commit protocol.</b> A publisher claims a range by fetch-and-add on the partition's tail, then stores the
 * negative length (claimed), then everything else, and last, with release order, the positive length. A reader loads
 * the length with acquire order: zero or negative means that the frame is not there yet. Frames start at multiples of
 * {@link #ALIGNMENT}. A padding frame has {@link #FLAG_PADDING}, the bare salt as its checksum, and only its first
 * {@link #PADDING_HEADER_LENGTH} bytes are defined; readers skip it.
 *
 * <p><b>What recovery may assume.</b> The checksum covers bytes 8 to the end of the payload and is salted with the
 * segment's random id, the position and the length (see {@link #salt}), so that old bytes in a recycled block never
 * pass for a frame. A positive length with a checksum that does not match is damage, never a frame being written.
 */
public final class FrameDescriptor {
    /** Frames start at multiples of this, so that the smallest gap holds a padding frame. */
    public static final int ALIGNMENT = 16;

    /** Offset of the length, the field that commits the frame. */
    public static final int LENGTH_OFFSET = 0;
    /** Offset of the checksum. */
    public static final int CRC_OFFSET = LENGTH_OFFSET + BitUtil.SIZE_OF_INT;
    /** Offset of the frame format's version. */
    public static final int VERSION_OFFSET = CRC_OFFSET + BitUtil.SIZE_OF_INT;
    /** Offset of the flags. */
    public static final int FLAGS_OFFSET = VERSION_OFFSET + BitUtil.SIZE_OF_BYTE;
    /** Offset of the reserved 16 bits, zero today. */
    public static final int RESERVED_OFFSET = FLAGS_OFFSET + BitUtil.SIZE_OF_BYTE;
    /** Offset of the SBE schema id. */
    public static final int SCHEMA_ID_OFFSET = RESERVED_OFFSET + BitUtil.SIZE_OF_SHORT;
    /** Offset of the SBE template id. */
    public static final int TEMPLATE_ID_OFFSET = SCHEMA_ID_OFFSET + BitUtil.SIZE_OF_SHORT;
    /** Offset of the publish time. */
    public static final int TIMESTAMP_OFFSET = TEMPLATE_ID_OFFSET + BitUtil.SIZE_OF_SHORT;
    /** Offset of the key hash. */
    public static final int KEY_HASH_OFFSET = TIMESTAMP_OFFSET + BitUtil.SIZE_OF_LONG;
    /** Offset of the producer id; 0 is a publisher without a name. */
    public static final int PRODUCER_ID_OFFSET = KEY_HASH_OFFSET + BitUtil.SIZE_OF_LONG;
    /** Offset of the producer's sequence number. */
    public static final int SEQUENCE_OFFSET = PRODUCER_ID_OFFSET + BitUtil.SIZE_OF_LONG;
    /** Length of the header; the payload follows. */
    public static final int HEADER_LENGTH = SEQUENCE_OFFSET + BitUtil.SIZE_OF_LONG;

    /** The defined part of a padding frame. */
    public static final int PADDING_HEADER_LENGTH = SCHEMA_ID_OFFSET;
    /** Where the checksum begins to cover the frame. */
    public static final int CRC_FROM = VERSION_OFFSET;

    /** Version written by this build. */
    public static final byte VERSION = 1;
    /** Flag: nothing to read here, go on behind it. */
    public static final byte FLAG_PADDING = 1;
    /** Flag: written by the engine for itself; ordinary readers do not see it. */
    public static final byte FLAG_CONTROL = 2;

    private static final long SALT_MIX = 0x9E3779B97F4A7C15L;

    private FrameDescriptor() {
    }

    /** Bytes that a frame of the given payload takes in the log. */
    public static int alignedLength(final int payloadLength) {
        return BitUtil.align(HEADER_LENGTH + payloadLength, ALIGNMENT);
    }

    /** What the stored checksum is xored with: ties a frame to its segment, its place and its length. */
    public static int salt(final long segmentId, final long position, final int frameLength) {
        final long mixed = (segmentId ^ position ^ ((long) frameLength << 40)) * SALT_MIX;
        return (int) (mixed >>> 32);
    }
}
