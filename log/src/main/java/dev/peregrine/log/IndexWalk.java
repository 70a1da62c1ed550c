/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.log.IndexDescriptor.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/**
 * Goes over a log behind its publishers, counts its records and writes the index files. Of {@link LogIndex}, which holds
 * its lock for every method but {@link #walkedTo}.
 */
final class IndexWalk {
    private final PartitionLog log;
    private final PartitionConfig config;
    private final SegmentDirectory segments;

    private FrameWalker walker;
    private IndexFile current;
    private long currentBase;
    private long offset;
    private long highestTimestampNs;
    private long highestTransactionId;
    private long nextEntryAt;
    private long lastFragmentAt;
    /** By base position, of segments that were looked into: neither ever changes. */
    private final TreeMap<Long, Entry> firstEntries = new TreeMap<>();
    private final TreeMap<Long, Long> ids = new TreeMap<>();

    /** Everything before it is committed without a gap; written under the lock. */
    private volatile long walkedTo;

    IndexWalk(final PartitionLog log) {
        this.log = log;
        this.config = log.config();
        this.segments = log.directory();
        this.walkedTo = log.recovery().endPosition();
        this.lastFragmentAt = walkedTo; // nobody has looked yet
    }

    /** Everything before this position is committed without a gap; any thread may ask. */
    long walkedTo() {
        return walkedTo;
    }

    /** Base of the segment that it has come to. */
    long currentBase() {
        return currentBase;
    }

    /** Number of the next record. */
    long offset() {
        return offset;
    }

    long highestTimestampNs() {
        return highestTimestampNs;
    }

    long highestTransactionId() {
        return highestTransactionId;
    }

    /** No fragment of a message lies behind it, as far as the walk has come. */
    long lastFragmentAt() {
        return lastFragmentAt;
    }

    /** Where the numbers begin. */
    Entry start() {
        return segments.startMark();
    }

    /** Position that it has come to. */
    long end() {
        return walker.endPosition();
    }

    /** Goes on to a position, as far as frames are committed without a gap. */
    void advance(final long to) {
        if (end() < to) {
            walk(to, Long.MAX_VALUE);
        }
    }

    /** Goes on from the last index file that is intact; false if the log has no segment yet. */
    boolean ready(final long below) {
        if (walker != null) {
            return true;
        }
        final List<Long> bases = segments.bases();
        if (bases.isEmpty()) {
            return false;
        }
        final long end = Math.min(below, log.appendedPosition() + 1);
        Entry last = null;
        for (int i = bases.size() - 1; i >= 0 && last == null; i--) {
            currentBase = bases.get(i);
            if (currentBase < end) {
                current = IndexFile.open(
                    config.files(), fileOf(currentBase), segments.idOf(currentBase), currentBase, true);
                last = current == null ? null : current.cutToIntact();
            }
        }
        if (last == null) {
            last = start();
            currentBase = last.position();
            current = IndexFile.create(config.files(), fileOf(currentBase), segments.idOf(currentBase), last);
        }
        offset = last.offset();
        highestTimestampNs = last.highestTimestampNs();
        highestTransactionId = last.highestTransactionId();
        nextEntryAt = last.position() + IndexDescriptor.INTERVAL;
        walker = new FrameWalker(log, last.position());
        return true;
    }

    /** Begins again from an intact file before a segment. */
    void restartBefore(final long base) {
        reset();
        ready(base);
    }

    /** Goes on to a position, over so many frames at most. */
    void walk(final long to, final long frames) {
        long left = frames;
        while (left-- > 0 && walker.endPosition() < to && walker.next()) {
            final long position = walker.position();
            if (position >= currentBase + config.segmentLength()) {
                current.close();
                currentBase = position; // no frame crosses the border, so one starts at it
                current = IndexFile.create(
                    config.files(), fileOf(currentBase), segments.idOf(currentBase), here(position));
                nextEntryAt = currentBase + IndexDescriptor.INTERVAL;
            } else if (position >= nextEntryAt) {
                current.append(here(position));
                nextEntryAt = position + IndexDescriptor.INTERVAL;
            }
            if ((walker.flags() & FrameDescriptor.FLAG_FRAGMENT) != 0) {
                lastFragmentAt = Math.max(lastFragmentAt, position);
            }
            if (walker.isRecord()) {
                offset++;
                highestTimestampNs = Math.max(highestTimestampNs, walker.timestampNs());
                highestTransactionId = Math.max(highestTransactionId, walker.transactionId());
            }
        }
        if (walker.endPosition() > walkedTo) {
            walkedTo = walker.endPosition();
        }
    }

    /** What was counted so far lies before a position. */
    Entry here(final long position) {
        return new Entry(position, offset, highestTimestampNs, highestTransactionId);
    }

    /** The index file of a segment. */
    private Path fileOf(final long base) {
        return config.directory().resolve(IndexDescriptor.fileName(base));
    }

    /** The index file of a segment, to read; null if there is none that is its. */
    IndexFile open(final long base) {
        final long id = ids.computeIfAbsent(base, segments::idOf);
        return IndexFile.open(config.files(), fileOf(base), id, base, false);
    }

    /** Segments before a position are no more. */
    void forgetBefore(final long limit) {
        firstEntries.headMap(limit).clear();
        ids.headMap(limit).clear();
    }

    /** The first entry of a segment; null if its file is missing or the entry damaged. */
    Entry firstEntry(final long base) {
        final Entry known = firstEntries.get(base);
        if (known != null) {
            return known;
        }
        try (IndexFile file = open(base)) {
            final Entry first = file == null ? null : file.read(0);
            if (first != null) {
                firstEntries.put(base, first);
            }
            return first;
        }
    }

    /** Begins the index of a segment again. */
    void deleteDamaged(final long base) {
        reset();
        try {
            config.files().delete(fileOf(base));
        } catch (final IOException e) {
            throw new StorageException("cannot delete " + fileOf(base) + ": " + e.getMessage(), e);
        }
        ready(base);
    }

    /** Gives the files back and forgets what they said; {@link #ready} opens them again. */
    void reset() {
        if (current != null) {
            current.close();
        }
        if (walker != null) {
            walker.close();
        }
        current = null;
        walker = null;
        firstEntries.clear();
        ids.clear();
    }
}
