/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.files.FilesFacade;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One mapped segment file. Counted references keep it mapped; {@link SegmentDirectory} owns the count. Offsets in
 * {@link #buffer()} are offsets in the file, header included.
 */
final class Segment {
    private final Path file;
    private final MappedByteBuffer mapping;
    private final UnsafeBuffer buffer;
    private final int dataLength;
    private final long basePosition;
    private final long id;
    private final boolean unpacked;

    /** Guarded by the {@link SegmentDirectory}. */
    private int references;

    Segment(final Path file, final MappedByteBuffer mapping) {
        this.file = file;
        this.mapping = mapping;
        this.buffer = new UnsafeBuffer(mapping);
        this.dataLength = buffer.getInt(SegmentDescriptor.DATA_LENGTH_OFFSET);
        this.basePosition = buffer.getLong(SegmentDescriptor.BASE_POSITION_OFFSET);
        this.id = buffer.getLong(SegmentDescriptor.SEGMENT_ID_OFFSET);
        this.unpacked = PackedSegmentDescriptor.isPacked(file);
    }

    Path file() {
        return file;
    }

    MappedByteBuffer mapping() {
        return mapping;
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    long basePosition() {
        return basePosition;
    }

    int dataLength() {
        return dataLength;
    }

    long endPosition() {
        return basePosition + dataLength;
    }

    long id() {
        return id;
    }

    /** Longest frame with a payload; see {@link PartitionConfig#maxPayloadLength}. */
    int maxFrameLength() {
        return dataLength >> 3;
    }

    /** Whether it stands in memory for a compressed file; it belongs to {@link UnpackedSegments} then. */
    boolean isUnpacked() {
        return unpacked;
    }

    boolean contains(final long position) {
        return position >= basePosition && position < endPosition();
    }

    int offsetOf(final long position) {
        return (int) (position - basePosition) + SegmentDescriptor.HEADER_LENGTH;
    }

    long positionAt(final int offset) {
        return basePosition + offset - SegmentDescriptor.HEADER_LENGTH;
    }

    boolean isSealed() {
        return buffer.getIntAcquire(SegmentDescriptor.SEALED_OFFSET) == sealOf(id);
    }

    void unseal() {
        buffer.putIntRelease(SegmentDescriptor.SEALED_OFFSET, 0);
    }

    void seal() {
        buffer.putIntRelease(SegmentDescriptor.SEALED_OFFSET, sealOf(id));
    }

    /** Derived from the id, so that a flipped bit does not make a seal. */
    private static int sealOf(final long id) {
        return (int) (id ^ id >>> 32) | 1;
    }

    long bootId() {
        return buffer.getLong(SegmentDescriptor.BOOT_ID_OFFSET);
    }

    void bootId(final long value) {
        buffer.putLongRelease(SegmentDescriptor.BOOT_ID_OFFSET, value);
    }

    /** Turns a range into one padding frame. The range is a multiple of the frame alignment. */
    void pad(final long position, final int length) {
        pad(position, length, FrameDescriptor.FLAG_PADDING);
    }

    /** The same with more flags than that of padding. */
    void pad(final long position, final int length, final byte flags) {
        final int offset = offsetOf(position);
        buffer.putIntRelease(offset + FrameDescriptor.LENGTH_OFFSET, -length);
        buffer.putInt(offset + FrameDescriptor.CRC_OFFSET,
            FrameDescriptor.paddingChecksum(id, position, length, flags));
        buffer.putByte(offset + FrameDescriptor.VERSION_OFFSET, FrameDescriptor.VERSION);
        buffer.putByte(offset + FrameDescriptor.FLAGS_OFFSET, flags);
        // release: a reader that sees the length sees the padding flag
        buffer.putIntRelease(offset + FrameDescriptor.LENGTH_OFFSET, length);
    }

    /** Makes every page present and writable in this process, so that no publisher pays for the fault. */
    void touch(final Runnable betweenBlocks) {
        for (int offset = 0; offset < buffer.capacity(); offset += SegmentDescriptor.HEADER_LENGTH) {
            buffer.getAndAddInt(offset, 0); // an atomic write of the old value: safe beside publishers
            if (offset % FilesFacade.ALLOCATION_BLOCK == 0) {
                betweenBlocks.run();
            }
        }
    }

    int references() {
        return references;
    }

    void retain() {
        references++;
    }

    void release() {
        references--;
    }
}
