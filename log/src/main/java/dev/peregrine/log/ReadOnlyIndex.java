/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.files.Uninterrupted;
import dev.peregrine.log.IndexDescriptor.Entry;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * The numbers of a partition that another process writes: reads the index files that are there and walks over the rest,
 * so that it needs none and makes none. Thread-safe.
 */
final class ReadOnlyIndex implements Numbering {
    private final PartitionLog log;
    private final PartitionConfig config;
    private final Segments segments;

    ReadOnlyIndex(final PartitionLog log) {
        this.log = log;
        this.config = log.config();
        this.segments = log.segments();
    }

    @Override
    public long endOffset() {
        return place(entry -> true, (at, number) -> true).offset();
    }

    @Override
    public long offsetOf(final long position) {
        final Entry found = place(entry -> entry.position() <= position, (at, number) -> at.position() < position);
        return found.position() < position ? Long.MIN_VALUE : found.offset();
    }

    @Override
    public Entry placeOfOffset(final long number) {
        return place(entry -> entry.offset() <= number, (at, passed) -> passed < number);
    }

    @Override
    public Entry placeOfTimestamp(final long timestampNs) {
        return place(entry -> entry.highestTimestampNs() < timestampNs,
            (at, number) -> at.timestampNs() < timestampNs);
    }

    @Override
    public Entry placeOfTransactionId(final long id) {
        return place(entry -> entry.highestTransactionId() < id, (at, number) -> at.transactionId() < id);
    }

    @Override
    public long highestTransactionId() {
        final Entry from = lastEntry(entry -> true);
        long highest = from.highestTransactionId();
        try (FrameWalker walker = new FrameWalker(log, from.position())) {
            while (walker.next()) {
                if (walker.isRecord()) {
                    highest = Math.max(highest, walker.transactionId());
                }
            }
        }
        return highest;
    }

    @Override
    public Entry entryBefore(final long position) {
        return lastEntry(entry -> entry.position() < position);
    }

    @Override
    public long offsetAtFrame(final long position) {
        final Entry from = lastEntry(entry -> entry.position() <= position);
        long number = from.offset();
        try (FrameWalker walker = new FrameWalker(log, from.position())) {
            while (walker.endPosition() < position && walker.next()) {
                number += walker.isRecord() ? 1 : 0;
            }
            return walker.endPosition() == position ? number : Long.MIN_VALUE;
        }
    }

    /** End of what is committed without a gap. */
    long committedEnd() {
        try (FrameWalker walker = new FrameWalker(log, lastBaseWithFrames())) {
            while (walker.next()) {
                // to the end
            }
            return walker.endPosition();
        }
    }

    private long lastBaseWithFrames() {
        final List<Long> bases = segments.bases();
        for (int i = bases.size() - 1; i >= 0; i--) {
            final Segment segment = segments.acquire(bases.get(i));
            if (segment != null) {
                try {
                    if (segment.buffer().getIntVolatile(SegmentDescriptor.HEADER_LENGTH) > 0) {
                        return bases.get(i);
                    }
                } finally {
                    segments.release(segment);
                }
            }
        }
        return segments.firstBase();
    }

    /** Walks from the last entry that is known to lie before what is looked for. */
    private Entry place(final Predicate<Entry> before, final LogIndex.Passing passing) {
        final Entry from = lastEntry(before);
        long number = from.offset();
        try (FrameWalker walker = new FrameWalker(log, from.position())) {
            while (walker.next()) {
                if (walker.isRecord()) {
                    if (!passing.test(walker, number)) {
                        return Entry.place(walker.position(), number);
                    }
                    number++;
                }
            }
            return Entry.place(walker.endPosition(), number);
        }
    }

    private Entry lastEntry(final Predicate<Entry> before) {
        final List<Long> bases = segments.bases();
        final Entry start = segments.startMark();
        for (int i = bases.size() - 1; i >= 0 && bases.get(i) >= start.position(); i--) {
            final Entry found = lastEntry(bases.get(i), before);
            if (found != null) {
                return found;
            }
        }
        return start;
    }

    private Entry lastEntry(final long base, final Predicate<Entry> before) {
        final Segment segment = segments.acquire(base);
        if (segment == null) {
            return null;
        }
        try {
            return Uninterrupted.run(() -> lastEntry(segment, before));
        } finally {
            segments.release(segment);
        }
    }

    private Entry lastEntry(final Segment segment, final Predicate<Entry> before) {
        final long base = segment.basePosition();
        final Path file = config.directory().resolve(IndexDescriptor.fileName(base));
        try (IndexFile index = IndexFile.open(config.files(), file, segment.id(), base, false)) {
            final Entry first = index == null ? null : index.read(0);
            if (first == null || !before.test(first)) {
                return null;
            }
            final Entry last = index.last(before);
            return last == null ? first : last; // one in the middle is damaged, or half written: walk from the first
        }
    }
}
