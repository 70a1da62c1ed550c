/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * Flyweight over one frame that a reader was handed. It and the buffer behind it are valid only during the call of the
 * handler; copy what is to be kept. Not thread-safe.
 */
public final class Frame {
    private DirectBuffer buffer;
    private int frameOffset;
    private int frameLength;
    private long position;
    private long offset;

    /** Points the flyweight at a committed frame. */
    public Frame wrap(
        final DirectBuffer buffer, final int frameOffset, final int frameLength, final long position,
        final long offset) {
        this.buffer = buffer;
        this.frameOffset = frameOffset;
        this.frameLength = frameLength;
        this.position = position;
        this.offset = offset;
        return this;
    }

    /** The memory of the segment that holds the frame. */
    public DirectBuffer buffer() {
        return buffer;
    }

    /** Where the payload starts in {@link #buffer()}. */
    public int payloadOffset() {
        return frameOffset + FrameDescriptor.HEADER_LENGTH;
    }

    /** Bytes of payload. */
    public int payloadLength() {
        return frameLength - FrameDescriptor.HEADER_LENGTH;
    }

    /** Byte position of the frame in its partition. */
    public long position() {
        return position;
    }

    /** Byte position behind the frame: where a reader goes on. */
    public long endPosition() {
        return position + org.agrona.BitUtil.align(frameLength, FrameDescriptor.ALIGNMENT);
    }

    /** Record number in the partition, counted from the position at which the reader started if it was not told. */
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
}
