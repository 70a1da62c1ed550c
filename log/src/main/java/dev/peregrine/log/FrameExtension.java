/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Layout of a frame's extension: entries one behind the other, filling a whole number of 8-byte words. Numbers are
 * little-endian.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------------------------------+-------------------------------+
 *  |             Kind              |     Length of the value       |  0
 *  +-------------------------------+-------------------------------+
 *  |                      Value, zeros up to 8                    ...  4
 *
 *  TRANSACTION_ID, FIRST_FRAGMENT: i64
 *  KEY:                            bytes
 *  HEADER:                         u16 length of the name, name (UTF-8), bytes
 * </pre>
 *
 * <p>Kinds that a build does not know are passed over. All methods are stateless and allocate nothing; those that read
 * take the offset of a frame in its buffer and trust that {@link #isWellFormed} holds for it, which the checksum of a
 * frame implies.
 */
public final class FrameExtension {
    /** Kind: the user's transaction id. */
    public static final int TRANSACTION_ID = 1;
    /** Kind: the key itself, whose hash stands in the frame's header. */
    public static final int KEY = 2;
    /** Kind: one named header; may be repeated. */
    public static final int HEADER = 3;
    /** Kind: position of the first fragment of this fragment's message. */
    public static final int FIRST_FRAGMENT = 4;

    /** What a record without a transaction id answers; ids start at 0. */
    public static final long NO_TRANSACTION_ID = -1;
    /** Longest value of an entry; of a header, both lengths and 2 count. */
    public static final int MAX_VALUE_LENGTH = 0xFFFF;
    /** Longest extension. */
    public static final int MAX_LENGTH = 0xFFFF * BitUtil.SIZE_OF_LONG;

    private static final int KIND_OFFSET = 0;
    private static final int LENGTH_OFFSET = KIND_OFFSET + BitUtil.SIZE_OF_SHORT;
    private static final int VALUE_OFFSET = LENGTH_OFFSET + BitUtil.SIZE_OF_SHORT;
    private static final int NAME_OFFSET = VALUE_OFFSET + BitUtil.SIZE_OF_SHORT;
    /** Bytes of an entry whose value is a number. */
    public static final int LONG_ENTRY_LENGTH = BitUtil.align(VALUE_OFFSET + BitUtil.SIZE_OF_LONG, BitUtil.SIZE_OF_LONG);

    private FrameExtension() {
    }

    /** Bytes of extension of the frame at an offset. */
    public static int length(final DirectBuffer buffer, final int frameOffset) {
        return unsigned(buffer, frameOffset + FrameDescriptor.EXTENSION_WORDS_OFFSET) << 3;
    }

    /** Whether the extension lies within its frame, and its entries within the extension, leaving nothing over. */
    public static boolean isWellFormed(final DirectBuffer buffer, final int frameOffset, final int frameLength) {
        final int length = length(buffer, frameOffset);
        if (length > frameLength - FrameDescriptor.HEADER_LENGTH) {
            return false;
        }
        int entry = frameOffset + FrameDescriptor.HEADER_LENGTH;
        final int end = entry + length;
        while (entry < end) {
            final int kind = kind(buffer, entry);
            final int valueLength = valueLength(buffer, entry);
            if (entryLength(valueLength) > end - entry
                || ((kind == TRANSACTION_ID || kind == FIRST_FRAGMENT) && valueLength != Long.BYTES)
                || (kind == HEADER && (valueLength < Short.BYTES
                    || unsigned(buffer, entry + VALUE_OFFSET) > valueLength - Short.BYTES))) {
                return false;
            }
            entry += entryLength(valueLength);
        }
        return true;
    }

    /** Offset of the first entry of a kind in the frame at an offset, or -1. */
    public static int find(final DirectBuffer buffer, final int frameOffset, final int kind) {
        int entry = frameOffset + FrameDescriptor.HEADER_LENGTH;
        final int end = entry + length(buffer, frameOffset);
        while (entry < end) {
            if (kind(buffer, entry) == kind) {
                return entry;
            }
            entry += entryLength(valueLength(buffer, entry));
        }
        return -1;
    }

    /** The number in the first entry of a kind in the frame at an offset, or -1 if there is none. */
    public static long longValue(final DirectBuffer buffer, final int frameOffset, final int kind) {
        final int entry = find(buffer, frameOffset, kind);
        return entry < 0 ? -1 : buffer.getLong(entry + VALUE_OFFSET, LITTLE_ENDIAN);
    }

    /** Offset of the first header of a name (UTF-8) in the frame at an offset, or -1. */
    public static int findHeader(final DirectBuffer buffer, final int frameOffset, final byte[] name) {
        int entry = frameOffset + FrameDescriptor.HEADER_LENGTH;
        final int end = entry + length(buffer, frameOffset);
        while (entry < end) {
            if (kind(buffer, entry) == HEADER && isNamed(buffer, entry, name)) {
                return entry;
            }
            entry += entryLength(valueLength(buffer, entry));
        }
        return -1;
    }

    private static boolean isNamed(final DirectBuffer buffer, final int entry, final byte[] name) {
        if (nameLength(buffer, entry) != name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (buffer.getByte(entry + NAME_OFFSET + i) != name[i]) {
                return false;
            }
        }
        return true;
    }

    static void forEachHeader(final DirectBuffer buffer, final int frameOffset, final HeaderHandler handler) {
        int entry = frameOffset + FrameDescriptor.HEADER_LENGTH;
        final int end = entry + length(buffer, frameOffset);
        while (entry < end) {
            if (kind(buffer, entry) == HEADER) {
                handler.onHeader(buffer, entry + NAME_OFFSET, nameLength(buffer, entry),
                    headerValueOffset(buffer, entry), headerValueLength(buffer, entry));
            }
            entry += entryLength(valueLength(buffer, entry));
        }
    }

    /** Kind of the entry at an offset. */
    public static int kind(final DirectBuffer buffer, final int entry) {
        return unsigned(buffer, entry + KIND_OFFSET);
    }

    /** Where the value of the entry at an offset starts. */
    public static int valueOffset(final int entry) {
        return entry + VALUE_OFFSET;
    }

    /** Bytes of the value of the entry at an offset. */
    public static int valueLength(final DirectBuffer buffer, final int entry) {
        return unsigned(buffer, entry + LENGTH_OFFSET);
    }

    private static int nameLength(final DirectBuffer buffer, final int entry) {
        return unsigned(buffer, entry + VALUE_OFFSET);
    }

    static int headerValueOffset(final DirectBuffer buffer, final int entry) {
        return entry + NAME_OFFSET + nameLength(buffer, entry);
    }

    static int headerValueLength(final DirectBuffer buffer, final int entry) {
        return valueLength(buffer, entry) - Short.BYTES - nameLength(buffer, entry);
    }

    /** Bytes of an entry whose value is so long. */
    public static int entryLength(final int valueLength) {
        return BitUtil.align(VALUE_OFFSET + valueLength, BitUtil.SIZE_OF_LONG);
    }

    /** Bytes of the value of a header. */
    public static int headerLength(final int nameLength, final int valueLength) {
        return Short.BYTES + nameLength + valueLength;
    }

    /** Writes an entry whose value is a number; returns the offset behind it. */
    public static int putLong(final MutableDirectBuffer buffer, final int at, final int kind, final long value) {
        begin(buffer, at, kind, Long.BYTES);
        buffer.putLong(at + VALUE_OFFSET, value, LITTLE_ENDIAN);
        return at + LONG_ENTRY_LENGTH;
    }

    /** Writes an entry of bytes; returns the offset behind it. */
    public static int putBytes(
        final MutableDirectBuffer buffer, final int at, final int kind, final DirectBuffer source, final int offset,
        final int length) {
        begin(buffer, at, kind, length);
        buffer.putBytes(at + VALUE_OFFSET, source, offset, length);
        return at + entryLength(length);
    }

    /** Writes a header; returns the offset behind it. */
    public static int putHeader(
        final MutableDirectBuffer buffer, final int at, final byte[] name, final DirectBuffer source, final int offset,
        final int length) {
        begin(buffer, at, HEADER, headerLength(name.length, length));
        buffer.putShort(at + VALUE_OFFSET, (short) name.length, LITTLE_ENDIAN);
        buffer.putBytes(at + NAME_OFFSET, name);
        buffer.putBytes(at + NAME_OFFSET + name.length, source, offset, length);
        return at + entryLength(headerLength(name.length, length));
    }

    private static void begin(
        final MutableDirectBuffer buffer, final int at, final int kind, final int valueLength) {
        // the last word first: what the value does not fill of it stays zero
        buffer.putLong(at + entryLength(valueLength) - Long.BYTES, 0);
        buffer.putShort(at + KIND_OFFSET, (short) kind, LITTLE_ENDIAN);
        buffer.putShort(at + LENGTH_OFFSET, (short) valueLength, LITTLE_ENDIAN);
    }

    private static int unsigned(final DirectBuffer buffer, final int offset) {
        return buffer.getShort(offset, LITTLE_ENDIAN) & 0xFFFF;
    }
}
