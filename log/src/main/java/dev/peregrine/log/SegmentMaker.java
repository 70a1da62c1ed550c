/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.DiskFullException;
import dev.peregrine.core.error.StorageException;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.SecureRandom;

/** Makes the file of a new segment: zeros, a header with a random id, and only then its name. */
final class SegmentMaker {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final PartitionConfig config;
    private final long bootId;
    /** Null where there is one copy. */
    private final Mirror mirror;

    SegmentMaker(final PartitionConfig config, final long bootId, final Mirror mirror) {
        this.config = config;
        this.bootId = bootId;
        this.mirror = mirror;
    }

    /**
     * Makes the segment at a base position.
     *
     * @param spare a file that is to become it, or null.
     * @param betweenBlocks runs while the file is being written.
     * @throws DiskFullException if there is no room.
     */
    Path make(final long base, final Path spare, final Runnable betweenBlocks) {
        final Path file = config.directory().resolve(SegmentDescriptor.fileName(base));
        final Path building = file.resolveSibling(file.getFileName() + ".new");
        final long length = (long) SegmentDescriptor.HEADER_LENGTH + config.segmentLength();
        try {
            if (spare == null) {
                config.files().allocate(building, length, betweenBlocks);
            } else {
                config.files().rename(spare, building);
                config.files().clear(building, length, betweenBlocks);
            }
            final byte[] header;
            try (FileChannel channel = config.files().openReadWrite(building)) {
                header = writeHeader(channel, base);
                if (config.durability() != Durability.OS) {
                    config.files().force(channel);
                }
            }
            config.files().rename(building, file);
            if (config.durability() != Durability.OS) {
                config.files().forceDirectory(config.directory());
            }
            if (mirror != null) {
                mirror.allocate(base, header, betweenBlocks);
            }
            return file;
        } catch (final IOException e) {
            throw failed(building, length, e);
        }
    }

    private StorageException failed(final Path file, final long length, final IOException e) {
        try {
            if (config.files().usableSpace(config.directory()) < 2 * length) {
                return new DiskFullException("no room for a segment of " + length + " bytes of log " + config.name()
                    + " in " + config.directory() + ": free space on that disk and publish again", e);
            }
        } catch (final IOException suppressed) {
            e.addSuppressed(suppressed);
        }
        return new StorageException("cannot create segment " + file + ": " + e.getMessage(), e);
    }

    /** Returns the header's bytes. */
    private byte[] writeHeader(final FileChannel channel, final long base) throws IOException {
        final MappedByteBuffer mapping =
            config.files().map(channel, FileChannel.MapMode.READ_WRITE, 0, SegmentDescriptor.HEADER_LENGTH);
        SegmentHeader.write(mapping, config.segmentLength(), base, RANDOM.nextLong(), bootId);
        final byte[] header = new byte[SegmentDescriptor.HEADER_LENGTH];
        mapping.get(0, header);
        config.files().unmap(mapping);
        return header;
    }
}
