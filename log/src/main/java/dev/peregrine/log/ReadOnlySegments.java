/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.FormatException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.Uninterrupted;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The segments of a partition that another process may be writing, mapped for reading only. Looks into the directory
 * anew whenever it is asked for what it does not have: the writer adds segments and takes them away. It creates, changes
 * and deletes nothing.
 *
 * <p>A taker-over puts copies in the place of segments that the old writer may still store into. The counters file tells:
 * from then on the old mappings are no longer current, and whoever reads them must come back for the new ones.
 */
final class ReadOnlySegments implements Segments {
    private final PartitionConfig config;
    private final long bootId = BootId.current();
    /** Guarded by this. */
    private final TreeMap<Long, Segment> mapped = new TreeMap<>();
    private boolean closed;
    /** Guarded by this; null while no writer knows of readers. */
    private ReaderPresence presence;
    /** Never unmapped while others may look at it; null while there is no file. */
    private volatile PartitionCounters counters;
    private volatile int generation;
    private volatile long tornPosition = -1;

    ReadOnlySegments(final PartitionConfig config) {
        this.config = config;
        this.counters = PartitionCounters.read(config);
    }

    /** Counts how often the files were put in the place of others. */
    int generation() {
        return generation;
    }

    /**
     * Whether a frame that was seen in a segment of a generation is part of the log. Asked after the frame was seen: then
     * the frame came before a take-over that was not seen yet, and is in the copy.
     */
    boolean isCurrent(final int ofGeneration) {
        final PartitionCounters now = counters;
        return (now == null || !now.isSuperseded() || refresh()) && generation == ofGeneration;
    }

    /** Takes the new files; false while the taker-over has not put them in place. */
    private synchronized boolean refresh() {
        if (counters == null || !counters.isSuperseded()) {
            return true;
        }
        final PartitionCounters next = PartitionCounters.read(config);
        if (next == null || next.isSuperseded()) {
            return false;
        }
        for (final Segment segment : mapped.values()) {
            if (segment.references() == 0) {
                config.files().unmap(segment.mapping());
            }
        }
        mapped.clear(); // those that are in use are unmapped when they are given back
        generation++;
        counters = next;
        return true;
    }

    /** What the writer says is on disk; the start where it has said nothing. */
    long durablePosition() {
        final PartitionCounters now = counters();
        return now == null ? firstBase() : Math.max(now.durable(), firstBase());
    }

    private PartitionCounters counters() {
        if (counters == null || counters.isSuperseded()) {
            synchronized (this) {
                if (counters == null) {
                    counters = PartitionCounters.read(config);
                }
                refresh();
            }
        }
        return counters;
    }

    @Override
    public synchronized Segment acquire(final long position) {
        if (closed) {
            throw new ClosedException("log " + config.name() + " is closed");
        }
        final PartitionCounters now = counters();
        if (now != null && now.isSuperseded()) {
            return null;
        }
        final long base = position & -(long) config.segmentLength();
        Segment segment = mapped.get(base);
        if (segment == null) {
            segment = map(base);
            if (segment == null) {
                segment = unpack(base);
                if (segment == null) {
                    checkNotLost(base);
                }
                return segment;
            }
            mapped.put(base, segment);
        }
        segment.retain();
        return segment;
    }

    /** A compressed segment, retained; null if there is none. */
    private Segment unpack(final long base) {
        final Path file = config.directory().resolve(PackedSegmentDescriptor.fileName(base));
        if (!Files.exists(file)) {
            return null;
        }
        try {
            return config.storage().unpacked()
                .acquire(config.files(), file, base, config.segmentLength(), bootId);
        } catch (final IOException e) {
            if (!Files.exists(file)) {
                return null; // truncated just now
            }
            throw new StorageException("cannot read compressed segment " + file + ": " + e.getMessage(), e);
        }
    }

    /** What is opened before the writer could see a reader may be used again any time: so the reader enters first. */
    private Segment map(final long base) {
        final boolean seen = enter();
        final Segment segment = mapFile(base);
        if (seen || !enter() || segment == null) {
            return segment;
        }
        config.files().unmap(segment.mapping()); // a writer has come meanwhile
        return mapFile(base);
    }

    private boolean enter() {
        if (presence == null) {
            presence = ReaderPresence.enter(config.directory());
        }
        return presence != null;
    }

    private Segment mapFile(final long base) {
        final Path file = config.directory().resolve(SegmentDescriptor.fileName(base));
        try {
            return Uninterrupted.run(() -> mapFile(file, base));
        } catch (final NoSuchFileException e) {
            return null;
        } catch (final IOException e) {
            throw new StorageException("cannot map segment " + file + ": " + e.getMessage(), e);
        }
    }

    private Segment mapFile(final Path file, final long base) throws IOException {
        final long expected = (long) SegmentDescriptor.HEADER_LENGTH + config.segmentLength();
        try (FileChannel channel = config.files().openRead(file)) {
            if (channel.size() < expected) {
                throw new CorruptDataException("segment " + file + " is " + channel.size() + " bytes long, expected "
                    + expected + ": it was cut short from outside; restore it from a copy");
            }
            final MappedByteBuffer mapping = config.files().map(channel, FileChannel.MapMode.READ_ONLY, 0, expected);
            return checked(file, base, mapping);
        }
    }

    private Segment checked(final Path file, final long base, final MappedByteBuffer mapping) {
        final Segment segment = new Segment(file, mapping);
        final String problem = SegmentHeader.problem(file, mapping);
        if (problem == null && segment.endPosition() == base + config.segmentLength()) {
            return segment;
        }
        final boolean unwritten = new SegmentHeader(mapping).isUnwritten(base, bootId);
        config.files().unmap(mapping);
        if (unwritten) {
            tornPosition = base; // a power cut took the header: its writer will set it aside
            return null;
        }
        if (problem == null) {
            throw new FormatException("segment " + file + " has another length than the " + config.segmentLength()
                + " that this log is opened with");
        }
        throw new CorruptDataException(
            "log " + config.name() + " is damaged at position " + base + " (" + file + "): " + problem);
    }

    /** Segments go from the front only: one that is missing between others is not one that was truncated. */
    private void checkNotLost(final long base) {
        final List<Long> bases = bases();
        final boolean between = !bases.isEmpty() && base > bases.get(0) && base < bases.get(bases.size() - 1);
        if (between && !bases.contains(base) && bases().get(0) < base) {
            throw new CorruptDataException("log " + config.name() + " misses the segment at position " + base + " in "
                + config.directory() + ": restore the file");
        }
    }

    /**
     * Whether a frame that fails its checksum is where the log ends: what a power cut leaves until a writer recovers. Of a
     * run of the machine that still lasts, only what nothing valid follows.
     */
    boolean isTorn(final Segment segment, final int frameOffset) {
        final boolean torn = segment.bootId() != bootId && !segment.isSealed() || !hasFrameBehind(segment, frameOffset);
        if (torn) {
            tornPosition = segment.positionAt(frameOffset);
        }
        return torn;
    }

    private boolean hasFrameBehind(final Segment segment, final int from) {
        final FrameChecksum checksum = new FrameChecksum();
        checksum.wrap(segment.mapping());
        for (int at = from + FrameDescriptor.ALIGNMENT; at < segment.buffer().capacity();
            at += FrameDescriptor.ALIGNMENT) {
            final int length = segment.buffer().getIntVolatile(at + FrameDescriptor.LENGTH_OFFSET);
            if (length > 0 && checksum.isIntact(segment, at, length)) {
                return true;
            }
        }
        final Segment next = acquire(segment.endPosition());
        if (next == null) {
            return false;
        }
        try {
            return next.buffer().getIntVolatile(SegmentDescriptor.HEADER_LENGTH) > 0;
        } finally {
            release(next);
        }
    }

    /** Where a reader met a torn tail last, or -1. */
    long tornPosition() {
        return tornPosition;
    }

    @Override
    public synchronized void release(final Segment segment) {
        if (segment.isUnpacked()) {
            config.storage().unpacked().release(segment);
            return;
        }
        segment.release();
        if (segment.references() == 0) {
            mapped.remove(segment.basePosition(), segment);
            config.files().unmap(segment.mapping());
        }
    }

    @Override
    public List<Long> bases() {
        final List<Long> bases = new ArrayList<>();
        try {
            for (final Path file : config.files().list(config.directory())) {
                final String name = file.getFileName().toString();
                final int dot = name.indexOf('.');
                final String ending = dot > 0 ? name.substring(dot) : "";
                if (ending.equals(SegmentDescriptor.SUFFIX) || ending.equals(PackedSegmentDescriptor.SUFFIX)) {
                    final long base = Long.parseLong(name.substring(0, dot));
                    if (bases.isEmpty() || bases.get(bases.size() - 1) < base) {
                        bases.add(base);
                    }
                }
            }
        } catch (final IOException | NumberFormatException e) {
            throw new StorageException("cannot read log directory " + config.directory() + ": " + e.getMessage(), e);
        }
        return bases;
    }

    @Override
    public long firstBase() {
        final List<Long> bases = bases();
        final IndexDescriptor.Entry mark = StartMark.read(config.directory());
        return Math.max(bases.isEmpty() ? 0 : bases.get(0), mark == null ? 0 : mark.position());
    }

    @Override
    public IndexDescriptor.Entry startMark() {
        final IndexDescriptor.Entry mark = StartMark.read(config.directory());
        if (mark == null) {
            throw new CorruptDataException("file " + config.directory().resolve(StartMark.FILE_NAME) + " of log "
                + config.name() + " fails its checksum: restore it from a copy");
        }
        return mark;
    }

    @Override
    public long diskBytes() {
        return bases().size() * ((long) SegmentDescriptor.HEADER_LENGTH + config.segmentLength());
    }

    @Override
    public synchronized void close() {
        closed = true;
        boolean inUse = false;
        for (final Segment segment : mapped.values()) {
            if (segment.references() == 0) {
                config.files().unmap(segment.mapping());
            } else {
                inUse = true;
            }
        }
        mapped.clear();
        if (presence != null && !inUse) {
            presence.leave(); // a late reader's segments must not be used again: the lock goes with the process
            presence = null;
        }
    }
}
