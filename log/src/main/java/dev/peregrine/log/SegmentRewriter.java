/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import org.agrona.BitUtil;

/** Makes the compressed file of one segment, a block at each step. Used by one thread. */
final class SegmentRewriter implements AutoCloseable {
    private final PartitionLog log;
    private final Path building;
    private final Segment segment;
    private final PackedSegmentWriter writer;
    private final FrameChecksum checksum = new FrameChecksum();
    /** Up to where frames were verified. */
    private int verifiedTo = SegmentDescriptor.HEADER_LENGTH;
    /** Up to where blocks were written. */
    private int writtenTo = SegmentDescriptor.HEADER_LENGTH;
    private boolean closed;

    /** Begins with the segment at a base position; null if it was truncated away meanwhile. */
    static SegmentRewriter begin(final PartitionLog log, final long base, final int level) throws IOException {
        final Segment segment = log.segments().acquire(base);
        return segment == null ? null : new SegmentRewriter(log, segment, base, level);
    }

    private SegmentRewriter(final PartitionLog log, final Segment segment, final long base, final int level)
        throws IOException {
        this.log = log;
        this.building = log.config().directory().resolve(
            PackedSegmentDescriptor.fileName(base) + PackedSegmentDescriptor.BUILDING);
        this.segment = segment;
        try {
            this.writer = new PackedSegmentWriter(log.config().files(), building, segment, level);
        } catch (final IOException | RuntimeException e) {
            log.segments().release(segment);
            throw e;
        }
        checksum.wrap(segment.mapping());
    }

    /**
     * Verifies and packs one block; with the last, puts the file into the segment's place.
     *
     * @return whether it was the last; the rewriter is closed then.
     * @throws dev.peregrine.core.error.CorruptDataException if a frame fails its checksum.
     */
    boolean step() throws IOException {
        final int end = writtenTo + writer.blockLength();
        verify(end);
        writer.add(segment.mapping().duplicate().limit(end).position(writtenTo));
        writtenTo = end;
        if (!writer.isComplete()) {
            return false;
        }
        writer.finish();
        close();
        if (!log.directory().replace(segment.basePosition(), building)) {
            log.config().files().delete(building);
        }
        return true;
    }

    /** What is damaged stays as it is, for whoever can still read something of it. */
    private void verify(final int end) {
        while (verifiedTo < end) {
            final int length = segment.buffer().getIntAcquire(verifiedTo + FrameDescriptor.LENGTH_OFFSET);
            if (length <= 0 || !checksum.isIntact(segment, verifiedTo, length)) {
                throw log.corrupt(segment, segment.positionAt(verifiedTo));
            }
            verifiedTo += BitUtil.align(length, FrameDescriptor.ALIGNMENT);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            writer.close();
        } catch (final IOException e) {
            throw new StorageException("cannot close " + building + ": " + e.getMessage(), e);
        } finally {
            log.segments().release(segment);
        }
    }
}
