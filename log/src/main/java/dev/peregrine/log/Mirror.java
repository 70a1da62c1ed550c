/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.Uninterrupted;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The second copy of a partition while it is open: a directory on another disk that gets segments when they are allocated,
 * bytes when they are forced, and every change of a name after the first directory had it.
 *
 * <p>When a disk fails the partition goes on with the other one, which says so in its {@link CopyMark} before anything
 * counts that only it has; the next open makes the failed copy anew.
 *
 * <p>A first disk that is full is not a failed one: publishers, who write into its mapped files, are refused with a
 * {@link dev.peregrine.core.error.DiskFullException} until there is room, as they are with one copy. Going on with the
 * second alone would give up, for want of some room, what two copies are for, and all of the first would have to be made
 * anew. A second disk that is full is given up as one that failed: it is no reason to refuse what the first can keep.
 *
 * <p>Safe for many threads.
 */
final class Mirror implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);

    private final PartitionConfig config;
    private final FilesFacade files;
    private final Path directory;
    /** Guarded by this. */
    private long mark;
    /** Whether whoever is left still has to raise its mark; guarded by this. */
    private boolean unmarked;
    private volatile boolean lost;
    private volatile boolean firstLost;
    private volatile String problem;
    /** The segment that was written last; guarded by this. */
    private MappedByteBuffer mapping;
    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private long mappedBase;
    /** Segments before it were truncated away; guarded by this. */
    private long start;

    Mirror(final PartitionConfig config, final long mark) {
        this.config = config;
        this.files = config.files();
        this.directory = config.mirror();
        this.mark = mark;
    }

    /** What one copy has failed with; null if both are kept. */
    String problem() {
        return problem;
    }

    private Path file(final long base) {
        return directory.resolve(SegmentDescriptor.fileName(base));
    }

    /** Copies a range of a segment and forces both; one that fails is left out from then on. */
    synchronized void force(final Segment segment, final int offset, final int length) throws IOException {
        final boolean copied = copy(segment, offset, length, true);
        if (unmarked) {
            raiseMark();
        }
        if (firstLost) {
            if (!copied) {
                throw new IOException(problem);
            }
            return;
        }
        try {
            files.force(segment.mapping(), offset, length);
        } catch (final IOException e) {
            if (!copied) {
                throw e;
            }
            firstLost = true;
            report("the first copy of log " + config.name() + " in " + config.directory(), e);
            raiseMark();
        }
    }

    /**
     * Copies a range of a segment.
     *
     * @return whether it is there, or in what has taken the segment's place, or need not be anywhere.
     */
    synchronized boolean copy(
        final Segment segment, final int offset, final int length, final boolean force) {
        if (lost) {
            return false;
        }
        try {
            if (!map(segment)) {
                return true;
            }
            buffer.putBytes(offset, segment.buffer(), offset, length);
            if (force) {
                files.force(mapping, offset, length);
            }
            return true;
        } catch (final IOException | InternalError e) { // the JDK's error for a page that cannot be read
            lose(e);
            return false;
        }
    }

    /** False if the segment has been truncated away or compressed since its copier found it. */
    private boolean map(final Segment segment) throws IOException {
        final long base = segment.basePosition();
        if (mapping != null && mappedBase == base) {
            return true;
        }
        if (base < start) {
            return false;
        }
        unmap();
        final Path file = file(base);
        final int length = segment.buffer().capacity();
        if (!Files.exists(file) || Files.size(file) != length) {
            if (Files.exists(directory.resolve(PackedSegmentDescriptor.fileName(base)))) {
                return false;
            }
            throw new NoSuchFileException(file + " is missing or was cut short");
        }
        mapping = Uninterrupted.run(() -> {
            try (FileChannel channel = files.openReadWrite(file)) {
                return files.map(channel, FileChannel.MapMode.READ_WRITE, 0, length);
            }
        });
        mappedBase = base;
        buffer.wrap(mapping);
        return true;
    }

    private void unmap() {
        if (mapping != null) {
            files.unmap(mapping);
            mapping = null;
        }
    }

    /** Allocates the twin of a new segment, with really written blocks too. */
    void allocate(final long base, final byte[] header, final Runnable betweenBlocks) {
        if (lost) {
            return;
        }
        final Path building = directory.resolve(SegmentDescriptor.fileName(base) + MirrorRecovery.BUILDING);
        try {
            files.allocate(building, (long) SegmentDescriptor.HEADER_LENGTH + config.segmentLength(), betweenBlocks);
            Uninterrupted.run(() -> {
                writeHeader(building, header, betweenBlocks);
                return null;
            });
            files.rename(building, file(base));
            files.forceDirectory(directory);
        } catch (final IOException | InternalError e) {
            lose(e);
        }
    }

    private void writeHeader(final Path building, final byte[] header, final Runnable betweenBlocks)
        throws IOException {
        try (FileChannel channel = files.openReadWrite(building)) {
            final MappedByteBuffer page =
                files.map(channel, FileChannel.MapMode.READ_WRITE, 0, SegmentDescriptor.HEADER_LENGTH);
            page.put(header);
            files.unmap(page);
            SegmentMaker.force(files, channel, betweenBlocks);
        }
    }

    /** Notes that a segment need not be scanned. */
    synchronized void seal(final Segment segment) {
        copy(segment, SegmentDescriptor.SEALED_OFFSET, Integer.BYTES, false);
    }

    /** A compressed file has taken the place of a segment, or of an earlier one. */
    void replaced(final long base, final Path file) {
        if (lost) {
            return;
        }
        try {
            MirrorRecovery.copyWhole(files, file, directory.resolve(file.getFileName()));
            files.forceDirectory(directory);
            synchronized (this) {
                if (mappedBase == base) {
                    unmap();
                }
                files.delete(file(base));
                if (base < start) {
                    files.delete(directory.resolve(file.getFileName())); // truncated away meanwhile
                }
            }
        } catch (final NoSuchFileException e) {
            LOG.debug("{} was truncated away before it was mirrored", file);
        } catch (final IOException e) {
            lose(e);
        }
    }

    /** The first copy has noted a new beginning durably, and is about to delete what lies before it. */
    void truncated(final IndexDescriptor.Entry mark) {
        if (lost) {
            return;
        }
        try {
            StartMark.write(files, directory, mark);
            synchronized (this) {
                start = mark.position();
            }
            MirrorRecovery.deleteBefore(config, directory, mark.position());
        } catch (final IOException e) {
            lose(e);
        }
    }

    /** A segment of the first copy is damaged: the next open reads all of it and restores it from here. */
    void suspect(final long base) {
        try {
            files.writeAtomically(config.directory().resolve(base + MirrorRecovery.SUSPECT_SUFFIX), new byte[0]);
        } catch (final IOException e) {
            LOG.warn("cannot note that the segment at {} of log {} is damaged", base, config.name(), e);
        }
    }

    synchronized void lose(final Throwable cause) {
        if (lost) {
            return;
        }
        lost = true;
        unmap();
        report("the second copy of log " + config.name() + " in " + directory, cause);
        unmarked = true;
        if (!firstLost) {
            try {
                raiseMark();
            } catch (final IOException e) {
                LOG.error("log {} cannot note that its copies differ; it is tried again before anything counts as "
                    + "durable", config.name(), e);
            }
        }
    }

    private void report(final String which, final Throwable cause) {
        problem = which + " has failed (" + cause.getMessage()
            + "): there is one copy left; replace the disk and start again, which makes the other anew";
        LOG.error(problem, cause);
    }

    private void raiseMark() throws IOException {
        if (lost && firstLost) {
            throw new IOException(problem);
        }
        CopyMark.write(files, lost ? config.directory() : directory, mark + 1);
        mark++;
        unmarked = false;
    }

    /** Retries what {@link #lose} could not do. */
    synchronized void doWork() throws IOException {
        if (unmarked) {
            raiseMark();
        }
    }

    boolean isFirstLost() {
        return firstLost;
    }

    @Override
    public synchronized void close() {
        unmap();
    }
}
