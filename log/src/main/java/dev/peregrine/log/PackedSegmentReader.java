/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static dev.peregrine.log.PackedSegmentDescriptor.BASE_POSITION_OFFSET;
import static dev.peregrine.log.PackedSegmentDescriptor.BLOCK_COUNT_OFFSET;
import static dev.peregrine.log.PackedSegmentDescriptor.BLOCK_LENGTH_OFFSET;
import static dev.peregrine.log.PackedSegmentDescriptor.COMPACTED_TO_OFFSET;
import static dev.peregrine.log.PackedSegmentDescriptor.DATA_LENGTH_OFFSET;
import static dev.peregrine.log.PackedSegmentDescriptor.HEADER_CRC_OFFSET;
import static dev.peregrine.log.PackedSegmentDescriptor.MAGIC_OFFSET;
import static dev.peregrine.log.PackedSegmentDescriptor.OLDEST_TOMBSTONE_OFFSET;
import static dev.peregrine.log.PackedSegmentDescriptor.PACKED_CRC_OFFSET;
import static dev.peregrine.log.PackedSegmentDescriptor.PACKED_LENGTH_OFFSET;
import static dev.peregrine.log.PackedSegmentDescriptor.RESERVED_OFFSET;
import static dev.peregrine.log.PackedSegmentDescriptor.SEGMENT_ID_OFFSET;
import static dev.peregrine.log.PackedSegmentDescriptor.VERSION_OFFSET;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.FormatException;
import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.agrona.BufferUtil;

/**
 * Reads the file of a compressed segment; every byte is checked before it is used. Used by one thread.
 *
 * <p>Opening reads header and table; each block can then be unpacked by itself.
 */
final class PackedSegmentReader implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer header;
    private final int blocks;
    private final int blockLength;

    /**
     * Opens a file.
     *
     * @throws CorruptDataException if header or table fail their checksum, or the file is cut short.
     * @throws FormatException if another build wrote it in another format.
     */
    PackedSegmentReader(final FilesFacade files, final Path file) throws IOException {
        this.file = file;
        this.channel = files.openRead(file);
        try {
            final ByteBuffer first = read(0, PackedSegmentDescriptor.HEADER_LENGTH);
            final int count = first.getInt(BLOCK_COUNT_OFFSET);
            if (first.getLong(MAGIC_OFFSET) != PackedSegmentDescriptor.MAGIC || count < 1
                || count > PackedSegmentDescriptor.MAX_BLOCKS
                || PackedSegmentDescriptor.tableOffset(count) > channel.size()) {
                throw damaged("has no header of a compressed segment");
            }
            this.blocks = count;
            this.header = read(0, PackedSegmentDescriptor.tableOffset(count));
            if (header.getInt(HEADER_CRC_OFFSET) != PackedSegmentWriter.headerCrc(header, count)
                || header.getInt(RESERVED_OFFSET) != 0) {
                throw damaged("has a header that fails its checksum");
            }
            if (header.getInt(VERSION_OFFSET) != PackedSegmentDescriptor.VERSION) {
                throw new FormatException("compressed segment " + file + " has format " + header.getInt(VERSION_OFFSET)
                    + "; this build reads format " + PackedSegmentDescriptor.VERSION);
            }
            this.blockLength = header.getInt(BLOCK_LENGTH_OFFSET);
            if (!PartitionConfig.isSegmentLength(dataLength())
                || blockLength != PackedSegmentDescriptor.blockLength(dataLength())
                || (long) blockLength * count != dataLength()) {
                throw damaged("has a header that does not fit together");
            }
            if (channel.size() != packedOffset(count)) {
                throw damaged("is " + channel.size() + " bytes long, expected " + packedOffset(count));
            }
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    int dataLength() {
        return header.getInt(DATA_LENGTH_OFFSET);
    }

    long basePosition() {
        return header.getLong(BASE_POSITION_OFFSET);
    }

    long segmentId() {
        return header.getLong(SEGMENT_ID_OFFSET);
    }

    /** End of the part of the log whose keys were looked at when it was written; 0 if they were not. */
    long compactedTo() {
        return header.getLong(COMPACTED_TO_OFFSET);
    }

    /** Earliest time of a record in it that deletes its key; {@link Long#MAX_VALUE} if there is none. */
    long oldestTombstoneNs() {
        return header.getLong(OLDEST_TOMBSTONE_OFFSET);
    }

    int blocks() {
        return blocks;
    }

    int blockLength() {
        return blockLength;
    }

    /** Whether another file holds the same blocks, by their checksums. */
    boolean hasSameHeader(final PackedSegmentReader other) {
        return header.clear().equals(other.header.clear());
    }

    private long packedOffset(final int block) {
        long offset = PackedSegmentDescriptor.tableOffset(blocks);
        for (int i = 0; i < block; i++) {
            offset += packedLength(i);
        }
        return offset;
    }

    private int packedLength(final int block) {
        final int length = header.getInt(PackedSegmentDescriptor.tableOffset(block) + PACKED_LENGTH_OFFSET);
        if (length < 0 || length > Zstd.compressBound(blockLength)) {
            throw damaged("has a block " + block + " of " + length + " bytes");
        }
        return length;
    }

    /**
     * Unpacks all data.
     *
     * @param target direct; filled from its position on.
     * @throws CorruptDataException naming the block that fails its checksum.
     */
    void unpackAll(final ByteBuffer target) throws IOException {
        final ByteBuffer packed = ByteBuffer.allocateDirect((int) Zstd.compressBound(blockLength));
        try (ZstdDecompressCtx zstd = new ZstdDecompressCtx()) {
            long offset = packedOffset(0);
            for (int block = 0; block < blocks; block++) {
                unpack(zstd, block, offset, packed, target);
                offset += packedLength(block);
            }
        } finally {
            BufferUtil.free(packed);
        }
    }

    /**
     * Reads every block with its checksum.
     *
     * @throws CorruptDataException naming the block that fails.
     */
    void verify() throws IOException {
        final ByteBuffer packed = ByteBuffer.allocate((int) Zstd.compressBound(blockLength));
        long offset = packedOffset(0);
        for (int block = 0; block < blocks; block++) {
            readBlock(block, offset, packed);
            offset += packedLength(block);
        }
    }

    /** Whether every byte of a file is what was written. */
    static boolean isIntact(final FilesFacade files, final Path file) throws IOException {
        try (PackedSegmentReader reader = new PackedSegmentReader(files, file)) {
            reader.verify();
            return true;
        } catch (final CorruptDataException e) {
            return false;
        }
    }

    private void readBlock(final int block, final long offset, final ByteBuffer packed) throws IOException {
        fill(packed.clear().limit(packedLength(block)), offset);
        if (header.getInt(PackedSegmentDescriptor.tableOffset(block) + PACKED_CRC_OFFSET)
            != PackedSegmentWriter.crc(packed.duplicate())) {
            throw damaged("fails the checksum of its block " + block + " at byte " + offset);
        }
    }

    private void unpack(
        final ZstdDecompressCtx zstd, final int block, final long offset, final ByteBuffer packed,
        final ByteBuffer target) throws IOException {
        readBlock(block, offset, packed);
        final ByteBuffer data = target.slice().limit(blockLength);
        int unpacked = -1;
        try {
            unpacked = zstd.decompress(data, packed);
        } catch (final ZstdException e) {
            throw damaged("cannot be unpacked at block " + block + ": " + e.getMessage());
        }
        if (unpacked != blockLength) {
            throw damaged("holds " + unpacked + " bytes in block " + block + ", expected " + blockLength);
        }
        target.position(target.position() + blockLength);
    }

    private ByteBuffer read(final long offset, final int length) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        fill(bytes, offset);
        return bytes;
    }

    private void fill(final ByteBuffer bytes, final long offset) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) {
                throw damaged("is cut short at byte " + (offset + bytes.position()));
            }
        }
        bytes.flip();
    }

    private CorruptDataException damaged(final String problem) {
        return new CorruptDataException("compressed segment " + file + " " + problem + ": restore it from a copy");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
