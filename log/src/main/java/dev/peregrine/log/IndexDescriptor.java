/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Layout of a sparse index: one file beside each segment, {@code <base>.idx}, a header and then entries, all numbers
 * little-endian.
 *
 * <pre>
 *  header   0  magic "PRGNIDX\0"          8  version            12  length of an entry
 *          16  id of the segment         24  base position
 *  entry    0  position at which a frame starts
 *           8  record number of the first record at or behind it
 *          16  highest timestamp of all records before it, ns since 1970; the least long if there are none
 *          24  highest transaction id before it, -1 if there is none
 *          32  CRC32C of bytes 0 to 31, of the header, and of the entry's number
 *          36  zero
 * </pre>
 *
 * <p>The first entry is at the segment's base, so that the first entries of all segments are an index of the segments.
 * Because an entry's checksum covers the header, one that passes belongs to this life of the segment. A {@link StartMark}
 * has the same layout and one entry.
 */
final class IndexDescriptor {
    static final long MAGIC = 0x00584449_4E475250L;
    static final int VERSION = 1;

    static final int HEADER_LENGTH = 32;
    static final int ENTRY_LENGTH = 40;
    static final int FIRST_ENTRY_END = HEADER_LENGTH + ENTRY_LENGTH;
    /** Bytes of log between two entries, at least. */
    static final int INTERVAL = 64 << 10;
    static final long NO_TIMESTAMP = Long.MIN_VALUE;

    static final String SUFFIX = ".idx";

    private static final int OFFSET_OFFSET = 8;
    private static final int TIMESTAMP_OFFSET = 16;
    private static final int TRANSACTION_OFFSET = 24;
    private static final int CRC_OFFSET = 32;
    private static final int PADDING_OFFSET = 36;

    private IndexDescriptor() {
    }

    /** One entry: everything before the position is in the other three. */
    record Entry(long position, long offset, long highestTimestampNs, long highestTransactionId) {
        /** The result of a search. */
        static Entry place(final long position, final long offset) {
            return new Entry(position, offset, NO_TIMESTAMP, FrameExtension.NO_TRANSACTION_ID);
        }
    }

    static String fileName(final long basePosition) {
        return String.format("%020d%s", basePosition, SUFFIX);
    }

    /** What the name of an index file says; -1 if it is nobody's. */
    static long baseOf(final String fileName) {
        try {
            return Long.parseLong(fileName.substring(0, fileName.length() - SUFFIX.length()));
        } catch (final NumberFormatException e) {
            return -1;
        }
    }

    static long entryAt(final long index) {
        return HEADER_LENGTH + index * ENTRY_LENGTH;
    }

    static byte[] header(final long segmentId, final long basePosition) {
        return ByteBuffer.allocate(HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN)
            .putLong(MAGIC).putInt(VERSION).putInt(ENTRY_LENGTH).putLong(segmentId).putLong(basePosition).array();
    }

    static byte[] entry(final byte[] header, final long index, final Entry entry) {
        final byte[] bytes = new byte[ENTRY_LENGTH];
        encode(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), header, index, entry);
        return bytes;
    }

    /** Fills a little-endian buffer of an entry's length with one, and leaves it ready to be written. */
    static void encode(final ByteBuffer into, final byte[] header, final long index, final Entry entry) {
        into.clear().putLong(entry.position()).putLong(entry.offset()).putLong(entry.highestTimestampNs())
            .putLong(entry.highestTransactionId());
        final CRC32C crc = new CRC32C();
        crc.update(into.flip());
        crc.update(header);
        into.clear().putLong(CRC_OFFSET, Long.reverseBytes(index)); // where CRC and padding will stand
        crc.update(into.position(CRC_OFFSET));
        into.clear().putInt(CRC_OFFSET, (int) crc.getValue()).putInt(PADDING_OFFSET, 0);
    }

    /** The entry in the bytes, or null if they fail the checksum. */
    static Entry decode(final byte[] header, final long index, final byte[] bytes) {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return buffer.getInt(CRC_OFFSET) == crc(header, index, bytes) && buffer.getInt(PADDING_OFFSET) == 0
            ? new Entry(buffer.getLong(0), buffer.getLong(OFFSET_OFFSET), buffer.getLong(TIMESTAMP_OFFSET),
                buffer.getLong(TRANSACTION_OFFSET)) : null;
    }

    private static int crc(final byte[] header, final long index, final byte[] entry) {
        final CRC32C crc = new CRC32C();
        crc.update(entry, 0, CRC_OFFSET);
        crc.update(header);
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, index));
        return (int) crc.getValue();
    }
}
