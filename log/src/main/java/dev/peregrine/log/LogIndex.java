/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.Uninterrupted;
import dev.peregrine.log.IndexDescriptor.Entry;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Gives records their numbers, and finds them by number and by time: a sparse index per segment, written behind the
 * publishers by the housekeeping thread, or by whoever asks for what it has not reached. A look-up is a binary search
 * over the segments, one in an index file, and a walk over at most {@link IndexDescriptor#INTERVAL} bytes of log.
 *
 * <p>An entry that passes its checksum is true: frames before it never change, and after a restart of the machine the
 * index of all that recovery read is deleted for good before anything is appended. One that does not pass costs a walk
 * from the segment before it. Thread-safe; every method is cold.
 */
final class LogIndex implements Numbering, AutoCloseable {
    private static final int FRAMES_PER_DUTY_CYCLE = 1 << 14;
    private static final int ATTEMPTS = 3;
    /** How far the fragments of one message may lie apart and still hold a truncation back. */
    private static final int MESSAGE_REACH = 2 * FrameDescriptor.MAX_MESSAGE_LENGTH;
    private static final long RETRY_NS = 1_000_000_000;

    private final PartitionLog log;
    private final PartitionConfig config;
    private final SegmentDirectory segments;
    private final ReentrantLock lock = new ReentrantLock();

    // all guarded by the lock
    private final IndexWalk walk;
    private boolean failed;
    private long failedNs;
    LogIndex(final PartitionLog log) {
        this.log = log;
        this.config = log.config();
        this.segments = log.directory();
        this.walk = new IndexWalk(log);
        segments.deleteIndexes(Long.MAX_VALUE);
    }

    /** One duty cycle: goes on behind the publishers. It counts as no work, so that it keeps no thread from parking. */
    void doWork() {
        if (!lock.tryLock()) {
            return; // whoever holds it indexes
        }
        try {
            final boolean behind = log.appendedPosition() - walk.walkedTo() >= IndexDescriptor.INTERVAL;
            if (behind && (!failed || System.nanoTime() - failedNs > RETRY_NS) && walk.ready(Long.MAX_VALUE)) {
                walk.walk(Long.MAX_VALUE, FRAMES_PER_DUTY_CYCLE);
                failed = false;
            }
        } catch (final PeregrineException e) {
            walk.reset(); // the log is not worse for it, and whoever looks something up is told
            failed = true;
            failedNs = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    /** Everything before this position is committed without a gap; it moves behind the publishers by leaps. */
    long walkedTo() {
        return walk.walkedTo();
    }

    @Override
    public long endOffset() {
        return withIndex(() -> {
            walk.advance(Long.MAX_VALUE);
            return walk.here(walk.end());
        }).offset();
    }

    @Override
    public long offsetOf(final long position) {
        return withIndex(() -> {
            final long from = Math.max(position, segments.firstBase());
            walk.advance(from);
            if (walk.end() <= from) {
                return Entry.place(from, walk.end() == from ? walk.offset() : Long.MIN_VALUE);
            }
            return walkFrom(find(entry -> entry.position() <= from), (at, number) -> at.position() < from);
        }).offset();
    }

    @Override
    public Entry placeOfOffset(final long number) {
        return withIndex(() -> {
            if (number >= walk.offset()) {
                walk.advance(Long.MAX_VALUE);
            }
            if (number >= walk.offset()) {
                return Entry.place(walk.end(), walk.offset());
            }
            final long least = Math.max(number, firstOffset());
            final Entry from = find(entry -> entry.offset() <= least);
            return walkFrom(from, (at, passed) -> passed < number);
        });
    }

    @Override
    public Entry placeOfTimestamp(final long timestampNs) {
        return withIndex(() -> {
            walk.advance(Long.MAX_VALUE);
            if (timestampNs > walk.highestTimestampNs()) {
                return Entry.place(walk.end(), walk.offset());
            }
            final long first = segments.firstBase();
            final Entry from =
                find(entry -> entry.position() == first || entry.highestTimestampNs() < timestampNs);
            return walkFrom(from, (at, number) -> at.timestampNs() < timestampNs);
        });
    }

    @Override
    public Entry entryBefore(final long position) {
        return withIndex(() -> {
            walk.advance(position);
            return position <= segments.firstBase() ? walk.start() : find(entry -> entry.position() < position);
        });
    }

    @Override
    public Entry[] entriesBefore(final long position, final int most) {
        final Entry last = entryBefore(position); // mends what is damaged
        return Uninterrupted.run(() -> entriesUpTo(last, most));
    }

    private Entry[] entriesUpTo(final Entry last, final int most) {
        lock.lock();
        try (IndexFile file = segments.file(segments.baseOf(last.position())) == null
            ? null : walk.open(segments.baseOf(last.position()))) {
            final Entry[] found = file == null ? null : file.upTo(last.position(), most);
            return found == null || found.length == 0 ? new Entry[] {last} : found;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Entry placeOfTransactionId(final long id) {
        return withIndex(() -> {
            walk.advance(Long.MAX_VALUE);
            if (id > walk.highestTransactionId()) {
                return Entry.place(walk.end(), walk.offset());
            }
            final long first = segments.firstBase();
            final Entry from =
                find(entry -> entry.position() == first || entry.highestTransactionId() < id);
            return walkFrom(from, (at, number) -> at.transactionId() < id);
        });
    }

    @Override
    public long highestTransactionId() {
        return withIndex(() -> {
            walk.advance(Long.MAX_VALUE);
            return walk.here(walk.end());
        }).highestTransactionId();
    }

    @Override
    public long offsetAtFrame(final long position) {
        final Entry place = withIndex(() -> {
            walk.advance(position);
            if (position < segments.firstBase() || position > walk.end()) {
                return Entry.place(position, Long.MIN_VALUE);
            }
            final Entry from = find(entry -> entry.position() <= position);
            if (from == null) {
                return null;
            }
            long number = from.offset();
            try (FrameWalker searcher = new FrameWalker(log, from.position())) {
                while (searcher.endPosition() < position && searcher.next()) {
                    number += searcher.isRecord() ? 1 : 0;
                }
                return Entry.place(position, searcher.endPosition() == position ? number : Long.MIN_VALUE);
            }
        });
        return place.position() == position ? place.offset() : Long.MIN_VALUE;
    }

    @Override
    public long offsetBehindDamage(final long position) {
        return Uninterrupted.run(() -> offsetBehindDamageOnce(position));
    }

    private long offsetBehindDamageOnce(final long position) {
        lock.lock();
        try {
            final Entry entry = entryFrom(position);
            if (entry == null) {
                return Long.MIN_VALUE;
            }
            long number = entry.offset();
            try (FrameWalker searcher = new FrameWalker(log, position)) {
                while (searcher.endPosition() < entry.position() && searcher.next()) {
                    number -= searcher.isRecord() ? 1 : 0;
                }
                return searcher.endPosition() == entry.position() ? number : Long.MIN_VALUE;
            }
        } finally {
            lock.unlock();
        }
    }

    /** The first entry at or behind a position, of its segment or the next; null if there is none that is intact. */
    private Entry entryFrom(final long position) {
        final long base = segments.baseOf(position);
        final List<Long> bases = segments.bases();
        if (bases.contains(base)) {
            try (IndexFile file = walk.open(base)) {
                for (long i = 0; file != null && i < file.entries(); i++) {
                    final Entry entry = file.read(i);
                    if (entry == null || entry.position() >= position) {
                        return entry;
                    }
                }
            }
        }
        final long next = base + config.segmentLength();
        return bases.contains(next) ? walk.firstEntry(next) : null;
    }

    private long firstOffset() {
        final Entry first = walk.firstEntry(segments.firstBase());
        return first == null ? Long.MIN_VALUE : first.offset();
    }

    /** Deletes whole segments before a position, once the number of the first that is kept is noted durably. */
    void truncateBefore(final long position) {
        Uninterrupted.run(() -> {
            truncateOnce(position);
            return null;
        });
    }

    private void truncateOnce(final long position) {
        lock.lock();
        try {
            if (segments.baseOf(position) <= segments.firstBase() || !walk.ready(Long.MAX_VALUE)) {
                return;
            }
            walk.advance(Long.MAX_VALUE); // what ends behind the position may begin before it
            final long limit = keepMessages(Math.min(
                segments.baseOf(Math.min(position, log.holes().firstUnfinished(walk.end()))), segments.lastBase()));
            if (limit <= segments.firstBase()) {
                return;
            }
            segments.truncate(numbersAt(limit));
            if (walk.currentBase() < limit) {
                walk.reset(); // it stands at the limit, and its file is gone
            }
            walk.forgetBefore(limit);
            segments.deleteIndexes(Long.MAX_VALUE);
        } catch (final PeregrineException e) {
            walk.reset();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** Lowers a limit so far that no message which ends behind it begins before it. */
    private long keepMessages(final long limit) {
        long lowered = limit;
        long kept;
        do {
            kept = lowered;
            lowered = Math.max(segments.baseOf(lowestFragment(kept)), segments.firstBase());
        } while (lowered < kept);
        return kept;
    }

    /** Where the first fragment of all messages lies that are not over at a position, or the position. */
    private long lowestFragment(final long position) {
        long lowest = position;
        final long to = Math.min(walk.lastFragmentAt() + 1, position + MESSAGE_REACH);
        if (position < to && position < walk.end()) {
            try (FrameWalker searcher = new FrameWalker(log, position)) {
                while (searcher.endPosition() < to && searcher.next()) {
                    final long first = searcher.firstFragment();
                    lowest = first < 0 ? lowest : Math.min(lowest, first);
                }
            }
        }
        return lowest;
    }

    /** What lies before the base of a segment that the walker has reached. */
    private Entry numbersAt(final long base) {
        if (base == walk.end()) {
            return walk.here(base);
        }
        Entry entry = walk.firstEntry(base);
        for (int attempt = 0; entry == null && attempt < ATTEMPTS; attempt++) {
            walk.restartBefore(base);
            walk.advance(base + 1);
            entry = walk.firstEntry(base);
        }
        if (entry == null) {
            throw damagedAgain();
        }
        return entry;
    }

    private StorageException damagedAgain() {
        return new StorageException("the index of log " + config.name() + " in " + config.directory()
            + " is damaged again and again: check the disk");
    }

    /** Looks something up; an entry that fails its checksum (a null) has its segment's index made again. */
    private Entry withIndex(final Supplier<Entry> lookUp) {
        return Uninterrupted.run(() -> withIndexOnce(lookUp));
    }

    private Entry withIndexOnce(final Supplier<Entry> lookUp) {
        lock.lock();
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                if (!walk.ready(Long.MAX_VALUE)) {
                    return walk.start();
                }
                final Entry found = lookUp.get();
                if (found != null) {
                    return found;
                }
            }
            throw damagedAgain();
        } catch (final PeregrineException e) {
            walk.reset();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private Entry inFile(final long base, final Predicate<Entry> condition) {
        try (IndexFile file = walk.open(base)) {
            return file == null ? null : file.last(condition);
        }
    }

    /** The last entry for which the condition holds; null after a damaged one, from which the index begins again. */
    private Entry find(final Predicate<Entry> condition) {
        final int length = config.segmentLength();
        long low = segments.firstBase();
        long high = walk.currentBase();
        while (low < high) {
            final long middle = low + (high - low + length) / length / 2 * length;
            final Entry first = walk.firstEntry(middle);
            if (first == null) {
                walk.restartBefore(middle);
                return null;
            }
            if (condition.test(first)) {
                low = middle;
            } else {
                high = middle - length;
            }
        }
        final Entry found = inFile(low, condition);
        if (found == null) {
            walk.deleteDamaged(low);
        }
        return found;
    }

    /** Passes records while a condition holds; returns the place of the first for which it does not. */
    private Entry walkFrom(final Entry from, final Passing condition) {
        if (from == null) {
            return null;
        }
        long number = from.offset();
        try (FrameWalker searcher = new FrameWalker(log, from.position())) {
            while (searcher.next()) {
                if (searcher.isRecord()) {
                    if (!condition.test(searcher, number)) {
                        return Entry.place(searcher.position(), number);
                    }
                    number++;
                }
            }
            return Entry.place(searcher.endPosition(), number);
        }
    }

    /** Whether a record lies before what is looked for. */
    interface Passing {
        boolean test(FrameWalker at, long number);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            walk.reset();
        } finally {
            lock.unlock();
        }
    }
}
