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
import static dev.peregrine.log.PackedSegmentDescriptor.SEGMENT_ID_OFFSET;
import static dev.peregrine.log.PackedSegmentDescriptor.VERSION_OFFSET;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.agrona.BufferUtil;

/** Writes the file of a compressed segment, block by block. Used by one thread. */
final class PackedSegmentWriter implements AutoCloseable {
    private final FilesFacade files;
    private final Path building;
    private final FileChannel channel;
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private final ByteBuffer header;
    private final ByteBuffer packed;
    private final int blockLength;
    private final int blocks;
    private int block;
    private long fileEnd;
    private boolean finished;

    /**
     * Begins a file.
     *
     * @param building its name until it is finished; what was there is written over.
     * @param level of zstd.
     */
    PackedSegmentWriter(
        final FilesFacade files, final Path building, final Segment segment, final int level) throws IOException {
        final int dataLength = segment.dataLength();
        this.files = files;
        this.building = building;
        this.blockLength = PackedSegmentDescriptor.blockLength(dataLength);
        this.blocks = dataLength / blockLength;
        this.fileEnd = PackedSegmentDescriptor.tableOffset(blocks);
        this.header = ByteBuffer.allocate((int) fileEnd).order(ByteOrder.LITTLE_ENDIAN);
        this.packed = ByteBuffer.allocateDirect((int) Zstd.compressBound(blockLength));
        header.putLong(MAGIC_OFFSET, PackedSegmentDescriptor.MAGIC);
        header.putInt(VERSION_OFFSET, PackedSegmentDescriptor.VERSION);
        header.putInt(DATA_LENGTH_OFFSET, dataLength);
        header.putLong(BASE_POSITION_OFFSET, segment.basePosition());
        header.putLong(SEGMENT_ID_OFFSET, segment.id());
        header.putLong(OLDEST_TOMBSTONE_OFFSET, Long.MAX_VALUE);
        header.putInt(BLOCK_LENGTH_OFFSET, blockLength);
        header.putInt(BLOCK_COUNT_OFFSET, blocks);
        zstd.setLevel(level);
        files.delete(building);
        this.channel = files.openReadWrite(building);
    }

    int blockLength() {
        return blockLength;
    }

    /** Whether every block was added. */
    boolean isComplete() {
        return block == blocks;
    }

    /** Packs the next block, which is all that lies between position and limit. */
    void add(final ByteBuffer data) throws IOException {
        packed.clear();
        zstd.compress(packed, data);
        packed.flip();
        final int entry = PackedSegmentDescriptor.tableOffset(block);
        header.putInt(entry + PACKED_LENGTH_OFFSET, packed.limit());
        header.putInt(entry + PACKED_CRC_OFFSET, crc(packed.duplicate()));
        writeAll(packed, fileEnd);
        fileEnd += packed.limit();
        block++;
    }

    /** What a compaction has found. */
    void compacted(final long to, final long oldestTombstoneNs) {
        header.putLong(COMPACTED_TO_OFFSET, to);
        header.putLong(OLDEST_TOMBSTONE_OFFSET, oldestTombstoneNs);
    }

    /** Writes the header and forces the file; it can be renamed then. */
    void finish() throws IOException {
        header.putInt(HEADER_CRC_OFFSET, headerCrc(header, blocks));
        writeAll(header.clear(), 0);
        files.force(channel);
        finished = true;
    }

    private void writeAll(final ByteBuffer bytes, final long at) throws IOException {
        long offset = at;
        while (bytes.hasRemaining()) {
            offset += channel.write(bytes, offset);
        }
    }

    static int crc(final ByteBuffer bytes) {
        final CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    static int headerCrc(final ByteBuffer header, final int blocks) {
        final CRC32C crc = new CRC32C();
        crc.update(header.duplicate().limit(HEADER_CRC_OFFSET).position(0));
        crc.update(header.duplicate().limit(PackedSegmentDescriptor.tableOffset(blocks))
            .position(PackedSegmentDescriptor.tableOffset(0)));
        return (int) crc.getValue();
    }

    /** Gives the file up if it is not finished. */
    @Override
    public void close() throws IOException {
        zstd.close();
        BufferUtil.free(packed);
        channel.close();
        if (!finished) {
            files.delete(building);
        }
    }
}
