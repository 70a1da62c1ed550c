/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.FormatException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.Uninterrupted;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Maps the segments of a log that this process writes. */
final class SegmentMapper {
    private SegmentMapper() {
    }

    /**
     * Maps a segment for reading and writing.
     *
     * @throws CorruptDataException if it is not the segment that belongs there.
     * @throws StorageException if it cannot be opened.
     */
    static Segment map(final PartitionConfig config, final Path file, final long base) {
        try {
            return Uninterrupted.run(() -> mapOnce(config, file, base));
        } catch (final IOException e) {
            throw new StorageException("cannot map segment " + file + ": " + e.getMessage(), e);
        }
    }

    private static Segment mapOnce(final PartitionConfig config, final Path file, final long base) throws IOException {
        try (FileChannel channel = config.files().openReadWrite(file)) {
            final long expected = (long) SegmentDescriptor.HEADER_LENGTH + config.segmentLength();
            if (channel.size() < expected) {
                throw new CorruptDataException("segment " + file + " is " + channel.size() + " bytes long, expected "
                    + expected + ": it was cut short from outside; restore it from a copy");
            }
            final MappedByteBuffer mapping =
                config.files().map(channel, FileChannel.MapMode.READ_WRITE, 0, expected);
            checkHeader(config, file, base, mapping);
            return new Segment(file, mapping);
        }
    }

    private static void checkHeader(
        final PartitionConfig config, final Path file, final long base, final MappedByteBuffer mapping) {
        final SegmentHeader header = new SegmentHeader(mapping);
        final String problem = header.problem(base);
        if (problem != null) {
            config.files().unmap(mapping);
            throw new CorruptDataException("segment " + file + " " + problem + " (position " + base + " of log "
                + config.name() + "): restore it from a copy");
        }
        final int version = header.version();
        final int length = header.dataLength();
        if (version != SegmentDescriptor.VERSION || length != config.segmentLength()) {
            config.files().unmap(mapping);
            throw new FormatException("segment " + file + " has format " + version + " and length " + length
                + ", this log is opened with format " + SegmentDescriptor.VERSION + " and length "
                + config.segmentLength());
        }
    }
}
