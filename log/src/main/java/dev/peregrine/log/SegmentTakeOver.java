/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the files of a partition away from a writer that may still store into its mappings of them: puts a copy in the
 * place of each segment that is not full, so that the old mapping is of a file without a name. A segment in which every
 * frame is committed is left: nobody stores into it any more. Runs before anything else looks at the files.
 *
 * <p>The old writer may go on while it is copied. The copy is made word by word from the front, so that a frame whose
 * length it took is whole. What is copied of a frame that was stored after the epoch was raised may count or not: its
 * publisher was told that it failed.
 *
 * <p>Of two copies both are taken, before they are brought together: the second one cannot change under that.
 *
 * <p>Readers in other processes are told first that their mappings are no longer current, so a frame that one of them has
 * seen before is in the copy.
 */
final class SegmentTakeOver {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentTakeOver.class);

    private final Path directory;
    private final FilesFacade files;

    private SegmentTakeOver(final FilesFacade files, final Path directory) {
        this.directory = directory;
        this.files = files;
    }

    static void run(final PartitionConfig config) throws IOException {
        PartitionCounters.supersede(config);
        new SegmentTakeOver(config.files(), config.directory()).replaceAll();
        if (config.mirror() != null && Files.isDirectory(config.mirror())) {
            try {
                new SegmentTakeOver(config.files(), config.mirror()).replaceAll();
            } catch (final IOException e) {
                LOG.warn("the second copy in {} cannot be taken over", config.mirror(), e); // who uses it meets it too
            }
        }
    }

    private void replaceAll() throws IOException {
        final List<Path> segments = files.list(directory).stream()
            .filter(file -> file.getFileName().toString().endsWith(SegmentDescriptor.SUFFIX)).toList();
        boolean atEnd = true;
        for (int i = segments.size() - 1; i >= 0; i--) {
            final Path file = segments.get(i);
            try (FileChannel channel = files.openRead(file)) {
                if (channel.size() < SegmentDescriptor.HEADER_LENGTH
                    || channel.size() > SegmentDescriptor.MAX_FILE_LENGTH) {
                    continue; // no segment: whoever opens the log says so
                }
                final MappedByteBuffer mapping =
                    files.map(channel, FileChannel.MapMode.READ_ONLY, 0, channel.size());
                try {
                    final Segment segment = new Segment(file, mapping);
                    atEnd = atEnd && isBlank(segment.buffer());
                    if (atEnd && i > 0) {
                        files.delete(file); // allocated ahead
                    } else if (!segment.isSealed() && !isFull(segment)) {
                        replace(segment);
                    }
                } finally {
                    files.unmap(mapping);
                }
            }
        }
        files.forceDirectory(directory);
    }

    private static boolean isBlank(final UnsafeBuffer buffer) {
        for (int at = SegmentDescriptor.HEADER_LENGTH; at + Long.BYTES <= buffer.capacity(); at += Long.BYTES) {
            if (buffer.getLong(at) != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFull(final Segment segment) {
        final UnsafeBuffer buffer = segment.buffer();
        int at = SegmentDescriptor.HEADER_LENGTH;
        while (at < buffer.capacity()) {
            final int length = buffer.getIntVolatile(at + FrameDescriptor.LENGTH_OFFSET);
            if (length <= 0 || length > buffer.capacity() - at) {
                return false;
            }
            at += BitUtil.align(length, FrameDescriptor.ALIGNMENT);
        }
        return true;
    }

    private void replace(final Segment segment) throws IOException {
        final Path file = segment.file();
        // the old writer may have the index open, and what it writes there is no longer true
        files.delete(file.resolveSibling(IndexDescriptor.fileName(segment.basePosition())));
        final Path building = file.resolveSibling(file.getFileName() + ".new");
        final int length = segment.buffer().capacity();
        files.allocate(building, length);
        try (FileChannel channel = files.openReadWrite(building)) {
            final MappedByteBuffer mapping = files.map(channel, FileChannel.MapMode.READ_WRITE, 0, length);
            try {
                copy(segment.buffer(), new UnsafeBuffer(mapping));
                files.force(mapping, 0, length);
            } finally {
                files.unmap(mapping);
            }
        }
        files.rename(building, file);
    }

    private static void copy(final UnsafeBuffer from, final UnsafeBuffer to) {
        for (int at = 0; at + Long.BYTES <= from.capacity(); at += Long.BYTES) {
            final long word = from.getLongVolatile(at); // in order: a length comes before what it speaks of
            if (word != 0) {
                to.putLong(at, word);
            }
        }
    }
}
