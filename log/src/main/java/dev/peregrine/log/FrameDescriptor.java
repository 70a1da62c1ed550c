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
 *  |            Length (header + extension + payload, unaligned)    |  0
 *  +---------------------------------------------------------------+
 *  |                            CRC32C                             |  4
 *  +---------------+---------------+-------------------------------+
 *  |    Version    |     Flags     |        Extension words        |  8
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
 *  |       Extension: that many 8-byte words; see FrameExtension  ...  48
 *  +---------------------------------------------------------------+
 *  |                           Payload                            ...
 * </pre>
 *
 * <p><b>Commit protocol.</b> A publisher claims a range by fetch-and-add on the partition's tail, then stores the
 * negative length (claimed), then everything else, and last, with release order, the positive length. A reader loads
 * the length with acquire order: zero or negative means that the frame is not there yet. Frames start at multiples of
 * {@link #ALIGNMENT}. A padding frame has {@link #FLAG_PADDING}, the checksum of {@link #paddingChecksum}, and only its
 * first {@link #PADDING_HEADER_LENGTH} bytes are defined; readers skip it.
 *
 * <p><b>Messages.</b> A message longer than a frame is a run of frames with {@link #FLAG_FRAGMENT}, the first with
 * {@link #FLAG_BEGIN}, the last with {@link #FLAG_END}; frames of others may lie between. Every fragment but the first
 * names the first one's position in its extension. Key, headers and transaction id stand in the first; the last repeats
 * the transaction id. A message is one record, at its last fragment; without one it was never published.
 *
 * <p><b>What recovery may assume.</b> The checksum covers bytes 8 to the end of the payload and is salted with the
 * segment's random id, the position and the length (see {@link #salt}), so that old bytes in a recycled block never
 * pass for a frame. A positive length with a checksum that does not match is damage, never a frame being written.
 *
 * <p><b>What no checksum covers.</b> The bytes between the end of a frame and the next multiple of {@link #ALIGNMENT}, and
 * all of a padding frame but its length, checksum and flags. Nobody reads them: frames are found by their lengths, and a
 * place that is tried behind damage passes for a frame by its salted checksum only. So a flipped bit there changes nothing,
 * is told by nobody, and goes along into copies.
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
    /** Offset of the number of 8-byte words between header and payload, unsigned 16 bits; 0 for a plain frame. */
    public static final int EXTENSION_WORDS_OFFSET = FLAGS_OFFSET + BitUtil.SIZE_OF_BYTE;
    /** Offset of the SBE schema id. */
    public static final int SCHEMA_ID_OFFSET = EXTENSION_WORDS_OFFSET + BitUtil.SIZE_OF_SHORT;
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
    /** Length of the header; extension and payload follow. */
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
    /** Flag: part of a message of several frames. */
    public static final byte FLAG_FRAGMENT = 4;
    /** Flag, with {@link #FLAG_FRAGMENT}: the first of the message. */
    public static final byte FLAG_BEGIN = 8;
    /** Flag, with {@link #FLAG_FRAGMENT}: the last of the message, which publishes it. */
    public static final byte FLAG_END = 16;
    /** Flag, with {@link #FLAG_PADDING}: compaction took a record away here, which still counts as one. */
    public static final byte FLAG_COMPACTED = 32;

    /** Longest message, extension included, whatever the segment length. */
    public static final int MAX_MESSAGE_LENGTH = 16 << 20;

    private static final byte NOT_ORDINARY = FLAG_PADDING | FLAG_CONTROL;
    private static final int PADDING_FLAGS_MIX = 0x01000193;
    private static final long SALT_MIX = 0x9E3779B97F4A7C15L;

    private FrameDescriptor() {
    }

    /** Bytes that a frame of the given payload takes in the log. */
    public static int alignedLength(final int payloadLength) {
        return BitUtil.align(HEADER_LENGTH + payloadLength, ALIGNMENT);
    }

    /** Version, flags, extension words, schema id and template id: neighbours at {@link #VERSION_OFFSET}. */
    static long firstWord(final byte flags, final int extensionWords, final int schemaId, final int templateId) {
        return (VERSION & 0xFFL) | (flags & 0xFFL) << 8 | (extensionWords & 0xFFFFL) << 16
            | (schemaId & 0xFFFFL) << 32 | (templateId & 0xFFFFL) << 48;
    }

    /** Whether a frame takes a record number: padding, control frames and all fragments but the last do not. */
    public static boolean countsAsRecord(final byte flags) {
        return flags == 0
            || ((flags & NOT_ORDINARY) == 0 && (flags & (FLAG_FRAGMENT | FLAG_END)) != FLAG_FRAGMENT)
            || (flags & FLAG_COMPACTED) != 0;
    }

    /** The checksum of a padding frame: the bare salt, changed by every flag but {@link #FLAG_PADDING} itself. */
    public static int paddingChecksum(
        final long segmentId, final long position, final int frameLength, final byte flags) {
        return salt(segmentId, position, frameLength) ^ (flags & 0xFF & ~FLAG_PADDING) * PADDING_FLAGS_MIX;
    }

    /** What the stored checksum is xored with: ties a frame to its segment, its place and its length. */
    public static int salt(final long segmentId, final long position, final int frameLength) {
        final long mixed = (segmentId ^ position ^ ((long) frameLength << 40)) * SALT_MIX;
        return (int) (mixed >>> 32);
    }
}
