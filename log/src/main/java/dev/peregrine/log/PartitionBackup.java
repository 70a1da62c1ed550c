/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.agrona.BitUtil;

/**
 * Copies a partition that is being written into an empty directory: all that is committed at this moment. Full segments
 * are hard links where the file system lets them be, else copies; the last is copied up to where it is committed. Every
 * frame is read again with its checksum at the end. Publishers and readers go on; truncation may take its turn, and the
 * copying begins anew then.
 */
final class PartitionBackup {
    private static final int ATTEMPTS = 10;
    private static final int BLOCK = 1 << 20;

    private final PartitionLog log;
    private final Path target;
    private final LongConsumer copied;
    private final FilesFacade files;
    private final int segmentLength;

    PartitionBackup(final PartitionLog log, final Path target, final LongConsumer copied) {
        this.log = log;
        this.target = target;
        this.copied = copied;
        this.files = log.config().files();
        this.segmentLength = log.config().segmentLength();
    }

    /** Returns the position up to which the copy goes. */
    long run() {
        // what was acknowledged may lie behind the claim of another publisher
        final long end = log.holes().awaitCommitted(log.appendedPosition(), "it cannot be copied");
        final ReaderPresence presence = ReaderPresence.enter(log.config().directory());
        try {
            return copy(end);
        } finally {
            if (presence != null) {
                presence.leave();
            }
        }
    }

    private long copy(final long end) {
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                files.createDirectories(target);
                for (final Path left : files.list(target)) {
                    files.delete(left);
                }
                try {
                    copyUpTo(end);
                    files.forceDirectory(target);
                    verify(files, target, end);
                    return end;
                } catch (final NoSuchFileException e) {
                    copied.accept(0); // truncated meanwhile
                }
            }
        } catch (final IOException e) {
            throw new StorageException("cannot copy log " + log.config().name() + " to " + target + ": "
                + e.getMessage(), e);
        }
        throw new StorageException("cannot copy log " + log.config().name() + " to " + target
            + ": it is truncated faster than it can be copied");
    }

    private void copyUpTo(final long end) throws IOException {
        final SegmentDirectory segments = log.directory();
        final IndexDescriptor.Entry mark = segments.startMark();
        if (mark.position() > 0) {
            StartMark.write(files, target, mark);
        }
        for (final long base : segments.bases()) {
            if (base < mark.position()) {
                continue;
            }
            final Path file = segments.file(base);
            if (file == null) {
                throw new NoSuchFileException(target.toString());
            }
            if (base + segmentLength <= end) {
                linkOrCopy(files, file, target.resolve(file.getFileName()));
                copied.accept(segmentLength);
            } else if (base < end) {
                copyBeginning(base, (int) (end - base), target.resolve(file.getFileName()));
                copied.accept(end - base);
            }
        }
    }

    static void linkOrCopy(final FilesFacade files, final Path from, final Path to) throws IOException {
        try {
            files.link(from, to);
        } catch (final NoSuchFileException e) {
            throw e;
        } catch (final IOException | UnsupportedOperationException e) {
            files.delete(to);
            copy(files, from, to); // another file system, or one without links
        }
    }

    /** Copies a file whole, with real blocks, and forces it. */
    static void copy(final FilesFacade files, final Path from, final Path to) throws IOException {
        try (FileChannel source = files.openRead(from); FileChannel copy = files.openReadWrite(to)) {
            final ByteBuffer block = ByteBuffer.allocate(BLOCK);
            while (source.read(block) >= 0) {
                writeAll(copy, block.flip());
                block.clear();
            }
            files.force(copy);
        }
    }

    private static void writeAll(final FileChannel channel, final ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private void copyBeginning(final long base, final int length, final Path to) throws IOException {
        files.allocate(to, (long) SegmentDescriptor.HEADER_LENGTH + segmentLength);
        final Segment segment = log.segments().acquire(base);
        if (segment == null) {
            throw new NoSuchFileException(to.toString());
        }
        try (FileChannel copy = files.openReadWrite(to)) {
            writeAll(copy, segment.mapping().duplicate().position(0).limit(SegmentDescriptor.HEADER_LENGTH + length));
            files.force(copy);
        } finally {
            log.segments().release(segment);
        }
    }

    /**
     * Reads every frame of a copy that nobody has open.
     *
     * @param end where it ends.
     * @throws CorruptDataException naming file and position of a frame that fails its checksum.
     */
    private static void verify(final FilesFacade files, final Path directory, final long end) throws IOException {
        final List<Path> found = files.list(directory);
        for (final Path file : found) {
            if (PackedSegmentDescriptor.isPacked(file)) {
                try (PackedSegmentReader reader = new PackedSegmentReader(files, file)) {
                    reader.verify();
                }
            } else if (file.toString().endsWith(SegmentDescriptor.SUFFIX)) {
                verifySegment(files, file, end);
            }
        }
    }

    private static void verifySegment(final FilesFacade files, final Path file, final long end) throws IOException {
        try (FileChannel channel = files.openRead(file)) {
            final MappedByteBuffer mapping = files.map(channel, FileChannel.MapMode.READ_ONLY, 0, Files.size(file));
            try {
                final Segment segment = new Segment(file, mapping);
                final FrameChecksum checksum = new FrameChecksum();
                checksum.wrap(mapping);
                long position = segment.basePosition();
                while (position < Math.min(end, segment.endPosition())) {
                    final int offset = segment.offsetOf(position);
                    final int length = segment.buffer().getInt(offset + FrameDescriptor.LENGTH_OFFSET);
                    if (length <= 0 || !checksum.isIntact(segment, offset, length)) {
                        throw new CorruptDataException("the frame at position " + position + " of " + file
                            + " fails its checksum: the copy is not whole; verify the log it was made from");
                    }
                    position += BitUtil.align(length, FrameDescriptor.ALIGNMENT);
                }
            } finally {
                files.unmap(mapping);
            }
        }
    }
}
