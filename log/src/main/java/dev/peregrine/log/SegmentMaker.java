/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.DiskFullException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.Uninterrupted;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/** Makes the file of a new segment: zeros, a header with a random id, and only then its name. */
final class SegmentMaker {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int FORCED_AT_ONCE = 8 << 20;

    private final PartitionConfig config;
    private final long bootId;
    /** Null where there is one copy. */
    private final Mirror mirror;

    SegmentMaker(final PartitionConfig config, final long bootId, final Mirror mirror) {
        this.config = config;
        this.bootId = bootId;
        this.mirror = mirror;
    }

    /** Whether an attempt has failed when the segment had its name already. */
    boolean isBegun(final long base) {
        return Files.exists(config.directory().resolve(SegmentDescriptor.fileName(base)));
    }

    /**
     * Makes the segment at a base position. One that {@link #isBegun} becomes it as it is: readers of other processes may
     * have it mapped already, and would wait for ever in what another file has taken the place of.
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
            if (isBegun(base)) {
                config.files().openReadWrite(building).close();
                config.files().delete(building); // a change in the directory, which a force that failed may have forgotten
            } else {
                write(building, base, spare, betweenBlocks);
                config.files().rename(building, file);
            }
            if (config.durability() != Durability.OS) {
                config.files().forceDirectory(config.directory());
            }
            if (mirror != null) {
                mirror.allocate(base, Uninterrupted.run(() -> headerOf(file)), betweenBlocks);
            }
            return file;
        } catch (final IOException e) {
            throw failed(building, length, e);
        }
    }

    private void write(final Path building, final long base, final Path spare, final Runnable betweenBlocks)
        throws IOException {
        final long length = (long) SegmentDescriptor.HEADER_LENGTH + config.segmentLength();
        if (spare == null) {
            config.files().allocate(building, length, betweenBlocks);
        } else {
            config.files().rename(spare, building);
            config.files().clear(building, length, betweenBlocks);
        }
        Uninterrupted.run(() -> {
            writeHeader(building, base, betweenBlocks);
            return null;
        });
    }

    private void writeHeader(final Path building, final long base, final Runnable betweenBlocks) throws IOException {
        try (FileChannel channel = config.files().openReadWrite(building)) {
            final MappedByteBuffer mapping = mapHeader(channel);
            SegmentHeader.write(mapping, config.segmentLength(), base, RANDOM.nextLong(), bootId);
            config.files().unmap(mapping);
            if (config.durability() != Durability.OS) {
                force(config.files(), channel, betweenBlocks);
            }
        }
    }

    /** Forces a new file in pieces: all of it at once may hold up for seconds who else wants to force something. */
    static void force(final FilesFacade files, final FileChannel channel, final Runnable betweenPieces)
        throws IOException {
        final int length = (int) channel.size();
        if (length > FORCED_AT_ONCE) {
            final MappedByteBuffer mapping = files.map(channel, FileChannel.MapMode.READ_WRITE, 0, length);
            try {
                for (int offset = 0; offset < length; offset += FORCED_AT_ONCE) {
                    files.force(mapping, offset, Math.min(FORCED_AT_ONCE, length - offset));
                    betweenPieces.run();
                }
            } finally {
                files.unmap(mapping);
            }
        }
        files.force(channel);
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

    private byte[] headerOf(final Path file) throws IOException {
        try (FileChannel channel = config.files().openReadWrite(file)) {
            final MappedByteBuffer mapping = mapHeader(channel);
            final byte[] header = new byte[SegmentDescriptor.HEADER_LENGTH];
            mapping.get(0, header);
            config.files().unmap(mapping);
            return header;
        }
    }

    private MappedByteBuffer mapHeader(final FileChannel channel) throws IOException {
        return config.files().map(channel, FileChannel.MapMode.READ_WRITE, 0, SegmentDescriptor.HEADER_LENGTH);
    }
}
