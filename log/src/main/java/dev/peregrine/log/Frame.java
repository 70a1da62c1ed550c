/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;

/**
 * Flyweight over one frame that a reader was handed. It and the buffer behind it are valid only during the call of the
 * handler; copy what is to be kept. Not thread-safe.
 */
public final class Frame {
    private DirectBuffer buffer;
    private int frameOffset;
    private int frameLength;
    private int extensionLength;
    private long position;
    private long endPosition;
    private long offset;

    /** Points the flyweight at a committed frame. */
    public Frame wrap(
        final DirectBuffer buffer, final int frameOffset, final int frameLength, final long position,
        final long offset) {
        return wrap(buffer, frameOffset, frameLength, position,
            position + BitUtil.align(frameLength, FrameDescriptor.ALIGNMENT), offset);
    }

    /**
     * Points the flyweight at a message that was put together in a buffer as one long frame: header, extension, payload.
     *
     * @param endPosition where reading goes on, which does not follow from the length.
     */
    public Frame wrap(
        final DirectBuffer buffer, final int frameOffset, final int frameLength, final long position,
        final long endPosition, final long offset) {
        return wrap(
            buffer, frameOffset, frameLength, FrameExtension.length(buffer, frameOffset), position, endPosition, offset);
    }

    /** The same for whoever knows the extension's length. */
    Frame wrap(
        final DirectBuffer buffer, final int frameOffset, final int frameLength, final int extensionLength,
        final long position, final long endPosition, final long offset) {
        this.buffer = buffer;
        this.frameOffset = frameOffset;
        this.frameLength = frameLength;
        this.extensionLength = extensionLength;
        this.position = position;
        this.endPosition = endPosition;
        this.offset = offset;
        return this;
    }

    /** The memory that holds the frame: a segment's, or the reader's own for a message of several fragments. */
    public DirectBuffer buffer() {
        return buffer;
    }

    /** Where the payload starts in {@link #buffer()}. */
    public int payloadOffset() {
        return frameOffset + FrameDescriptor.HEADER_LENGTH + extensionLength;
    }

    /** Bytes of payload. */
    public int payloadLength() {
        return frameLength - FrameDescriptor.HEADER_LENGTH - extensionLength;
    }

    /** Byte position of the frame in its partition. */
    public long position() {
        return position;
    }

    /** Byte position behind the frame: where a reader goes on. */
    public long endPosition() {
        return endPosition;
    }

    /** Record number in the partition; negative where it is not known, see {@link PartitionReader#offset}. */
    public long offset() {
        return offset;
    }

    /** Publish time, nanoseconds since 1970. */
    public long timestampNs() {
        return buffer.getLong(frameOffset + FrameDescriptor.TIMESTAMP_OFFSET, LITTLE_ENDIAN);
    }

    /** Hash of the key by which the publisher chose the partition. */
    public long keyHash() {
        return buffer.getLong(frameOffset + FrameDescriptor.KEY_HASH_OFFSET, LITTLE_ENDIAN);
    }

    /** SBE schema id, unsigned 16 bits. */
    public int schemaId() {
        return buffer.getShort(frameOffset + FrameDescriptor.SCHEMA_ID_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    /** SBE template id, unsigned 16 bits. */
    public int templateId() {
        return buffer.getShort(frameOffset + FrameDescriptor.TEMPLATE_ID_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    /** Who wrote it; 0 for a publisher without a name. */
    public long producerId() {
        return buffer.getLong(frameOffset + FrameDescriptor.PRODUCER_ID_OFFSET, LITTLE_ENDIAN);
    }

    /** The producer's own number for it. */
    public long sequence() {
        return buffer.getLong(frameOffset + FrameDescriptor.SEQUENCE_OFFSET, LITTLE_ENDIAN);
    }

    /** Flags of {@link FrameDescriptor}. */
    public byte flags() {
        return buffer.getByte(frameOffset + FrameDescriptor.FLAGS_OFFSET);
    }

    /** The user's transaction id, or {@link FrameExtension#NO_TRANSACTION_ID}. */
    public long transactionId() {
        return FrameExtension.longValue(buffer, frameOffset, FrameExtension.TRANSACTION_ID);
    }

    /** Where the key's bytes start in {@link #buffer()}; -1 if the record has none. */
    public int keyOffset() {
        final int entry = FrameExtension.find(buffer, frameOffset, FrameExtension.KEY);
        return entry < 0 ? -1 : FrameExtension.valueOffset(entry);
    }

    /** Bytes of the key, from 0; -1 if the record has none. */
    public int keyLength() {
        final int entry = FrameExtension.find(buffer, frameOffset, FrameExtension.KEY);
        return entry < 0 ? -1 : FrameExtension.valueLength(buffer, entry);
    }

    /**
     * Looks the first header of a name up.
     *
     * @param name in UTF-8.
     * @param value is pointed at the header's value, valid as long as the frame is.
     * @return whether there is one; if not, the value is left alone.
     */
    public boolean header(final byte[] name, final DirectBuffer value) {
        final int entry = FrameExtension.findHeader(buffer, frameOffset, name);
        if (entry < 0) {
            return false;
        }
        value.wrap(buffer, FrameExtension.headerValueOffset(buffer, entry),
            FrameExtension.headerValueLength(buffer, entry));
        return true;
    }

    /** Hands every header over, in the order in which they were added. */
    public void forEachHeader(final HeaderHandler handler) {
        if (extensionLength > 0) {
            FrameExtension.forEachHeader(buffer, frameOffset, handler);
        }
    }

    /** Bytes of extension between header and payload; 0 for a plain record. */
    public int extensionLength() {
        return extensionLength;
    }
}
