/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;

/** The first page of a segment file, read, checked and written; see {@link SegmentDescriptor}. */
final class SegmentHeader {
    private final ByteBuffer file;
    private final UnsafeBuffer buffer;

    /** Of the bytes with which a segment file begins, mapped or read. */
    SegmentHeader(final ByteBuffer file) {
        this.file = file;
        this.buffer = new UnsafeBuffer(file);
    }

    /** Writes one of a segment that is not sealed. */
    static void write(
        final ByteBuffer file, final int dataLength, final long base, final long id, final long bootId) {
        final UnsafeBuffer header = new UnsafeBuffer(file);
        header.putLong(SegmentDescriptor.MAGIC_OFFSET, SegmentDescriptor.MAGIC);
        header.putInt(SegmentDescriptor.VERSION_OFFSET, SegmentDescriptor.VERSION);
        header.putInt(SegmentDescriptor.DATA_LENGTH_OFFSET, dataLength);
        header.putLong(SegmentDescriptor.BASE_POSITION_OFFSET, base);
        header.putLong(SegmentDescriptor.SEGMENT_ID_OFFSET, id);
        header.putLong(SegmentDescriptor.BOOT_ID_OFFSET, bootId);
        header.putInt(SegmentDescriptor.HEADER_CRC_OFFSET, crc(file));
    }

    private static int crc(final ByteBuffer file) {
        final CRC32C crc = new CRC32C();
        crc.update(file.duplicate().position(0).limit(SegmentDescriptor.HEADER_CRC_OFFSET));
        return (int) crc.getValue();
    }

    int version() {
        return buffer.getInt(SegmentDescriptor.VERSION_OFFSET);
    }

    int dataLength() {
        return buffer.getInt(SegmentDescriptor.DATA_LENGTH_OFFSET);
    }

    long basePosition() {
        return buffer.getLong(SegmentDescriptor.BASE_POSITION_OFFSET);
    }

    long bootId() {
        return buffer.getLong(SegmentDescriptor.BOOT_ID_OFFSET);
    }

    private boolean hasMagic() {
        return buffer.getLong(SegmentDescriptor.MAGIC_OFFSET) == SegmentDescriptor.MAGIC;
    }

    private boolean isIntact() {
        return buffer.getInt(SegmentDescriptor.HEADER_CRC_OFFSET) == crc(file);
    }

    /** What is wrong with it as the header of the segment at a base position, or null. */
    String problem(final long base) {
        if (!hasMagic()) {
            return "has no segment header";
        }
        if (!isIntact()) {
            return "has a header that fails its checksum";
        }
        return basePosition() == base ? null : "is not the segment that its name says";
    }

    /**
     * Whether a power cut may have left it before it reached the disk: the page is blank, or holds the header of the
     * truncated segment whose file was used again.
     */
    boolean isUnwritten(final long base, final long currentBootId) {
        for (int offset = 0; offset < SegmentDescriptor.BOOT_ID_OFFSET + Long.BYTES; offset += Long.BYTES) {
            if (buffer.getLong(offset) != 0) {
                return hasMagic() && isIntact() && basePosition() < base && bootId() != currentBootId;
            }
        }
        return true;
    }

    /** For whoever does not know the log's settings: what is wrong with a segment's header or length, or null. */
    static String problem(final Path file, final ByteBuffer mapping) {
        final SegmentHeader header = new SegmentHeader(mapping);
        if (!header.hasMagic()) {
            return "the file has no segment header";
        }
        if (!header.isIntact()) {
            return "the header fails its checksum";
        }
        if (header.version() != SegmentDescriptor.VERSION) {
            return "the format is " + header.version() + ", which this build cannot read";
        }
        if (!file.getFileName().toString().equals(SegmentDescriptor.fileName(header.basePosition()))) {
            return "the file is not the segment that its name says";
        }
        if (!PartitionConfig.isSegmentLength(header.dataLength())) {
            return "the header says that there are " + header.dataLength() + " bytes of data, which no segment has";
        }
        return mapping.capacity() == SegmentDescriptor.HEADER_LENGTH + header.dataLength()
            ? null : "the file is " + mapping.capacity() + " bytes long, which is not what its header says";
    }
}
