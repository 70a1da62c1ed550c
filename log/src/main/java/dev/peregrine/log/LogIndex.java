/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.log.IndexDescriptor.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
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
    private FrameWalker walker;
    private IndexFile current;
    private long currentBase;
    private long offset;
    private long highestTimestampNs;
    private long highestTransactionId;
    private long nextEntryAt;
    private long lastFragmentAt;
    private boolean failed;
    private long failedNs;
    /** By base position, of segments that were looked into: neither ever changes. */
    private final TreeMap<Long, Entry> firstEntries = new TreeMap<>();
    private final TreeMap<Long, Long> ids = new TreeMap<>();

    /** Everything before it is committed without a gap; written under the lock. */
    private volatile long walkedTo;

    LogIndex(final PartitionLog log) {
        this.log = log;
        this.config = log.config();
        this.segments = log.directory();
        this.walkedTo = log.recovery().endPosition();
        this.lastFragmentAt = walkedTo; // nobody has looked yet
        segments.deleteIndexes(Long.MAX_VALUE);
    }

    /** Where the numbers begin. */
    private Entry start() {
        return segments.startMark();
    }

    /** One duty cycle: goes on behind the publishers. It counts as no work, so that it keeps no thread from parking. */
    void doWork() {
        if (!lock.tryLock()) {
            return; // whoever holds it indexes
        }
        try {
            final boolean behind = log.appendedPosition() - walkedTo >= IndexDescriptor.INTERVAL;
            if (behind && (!failed || System.nanoTime() - failedNs > RETRY_NS) && ready(Long.MAX_VALUE)) {
                walk(Long.MAX_VALUE, FRAMES_PER_DUTY_CYCLE);
                failed = false;
            }
        } catch (final PeregrineException e) {
            reset(); // the log is not worse for it, and whoever looks something up is told
            failed = true;
            failedNs = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    /** Everything before this position is committed without a gap; it moves behind the publishers by leaps. */
    long walkedTo() {
        return walkedTo;
    }

    @Override
    public long endOffset() {
        return withIndex(() -> {
            advance(Long.MAX_VALUE);
            return here(end());
        }).offset();
    }

    @Override
    public long offsetOf(final long position) {
        return withIndex(() -> {
            final long from = Math.max(position, segments.firstBase());
            advance(from);
            if (end() <= from) {
                return Entry.place(from, end() == from ? offset : Long.MIN_VALUE);
            }
            return walkFrom(find(entry -> entry.position() <= from), (at, number) -> at.position() < from);
        }).offset();
    }

    @Override
    public Entry placeOfOffset(final long number) {
        return withIndex(() -> {
            if (number >= offset) {
                advance(Long.MAX_VALUE);
            }
            if (number >= offset) {
                return Entry.place(end(), offset);
            }
            final long least = Math.max(number, firstOffset());
            final Entry from = find(entry -> entry.offset() <= least);
            return walkFrom(from, (at, passed) -> passed < number);
        });
    }

    @Override
    public Entry placeOfTimestamp(final long timestampNs) {
        return withIndex(() -> {
            advance(Long.MAX_VALUE);
            if (timestampNs > highestTimestampNs) {
                return Entry.place(end(), offset);
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
            advance(position);
            return position <= segments.firstBase() ? start() : find(entry -> entry.position() < position);
        });
    }

    @Override
    public Entry placeOfTransactionId(final long id) {
        return withIndex(() -> {
            advance(Long.MAX_VALUE);
            if (id > highestTransactionId) {
                return Entry.place(end(), offset);
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
            advance(Long.MAX_VALUE);
            return here(end());
        }).highestTransactionId();
    }

    @Override
    public long offsetAtFrame(final long position) {
        final Entry place = withIndex(() -> {
            advance(position);
            if (position < segments.firstBase() || position > end()) {
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
            try (IndexFile file = open(base)) {
                for (long i = 0; file != null && i < file.entries(); i++) {
                    final Entry entry = file.read(i);
                    if (entry == null || entry.position() >= position) {
                        return entry;
                    }
                }
            }
        }
        final long next = base + config.segmentLength();
        return bases.contains(next) ? firstEntry(next) : null;
    }

    private long firstOffset() {
        final Entry first = firstEntry(segments.firstBase());
        return first == null ? Long.MIN_VALUE : first.offset();
    }

    /** Deletes whole segments before a position, once the number of the first that is kept is noted durably. */
    void truncateBefore(final long position) {
        lock.lock();
        try {
            if (segments.baseOf(position) <= segments.firstBase() || !ready(Long.MAX_VALUE)) {
                return;
            }
            advance(Long.MAX_VALUE); // what ends behind the position may begin before it
            final long limit = keepMessages(Math.min(
                segments.baseOf(Math.min(position, log.holes().firstUnfinished(end()))), segments.lastBase()));
            if (limit <= segments.firstBase()) {
                return;
            }
            segments.truncate(numbersAt(limit));
            if (currentBase < limit) {
                reset(); // it stands at the limit, and its file is gone
            }
            firstEntries.headMap(limit).clear();
            ids.headMap(limit).clear();
            segments.deleteIndexes(Long.MAX_VALUE);
        } catch (final PeregrineException e) {
            reset();
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
        final long to = Math.min(lastFragmentAt + 1, position + MESSAGE_REACH);
        if (position < to && position < end()) {
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
        if (base == end()) {
            return here(base);
        }
        Entry entry = firstEntry(base);
        for (int attempt = 0; entry == null && attempt < ATTEMPTS; attempt++) {
            restartBefore(base);
            advance(base + 1);
            entry = firstEntry(base);
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
        lock.lock();
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                if (!ready(Long.MAX_VALUE)) {
                    return start();
                }
                final Entry found = lookUp.get();
                if (found != null) {
                    return found;
                }
            }
            throw damagedAgain();
        } catch (final PeregrineException e) {
            reset();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private long end() {
        return walker.endPosition();
    }

    private void advance(final long to) {
        if (end() < to) {
            walk(to, Long.MAX_VALUE);
        }
    }

    /** Goes on from the last index file that is intact; false if the log has no segment yet. */
    private boolean ready(final long below) {
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

    private void restartBefore(final long base) {
        reset();
        ready(base);
    }

    private void walk(final long to, final long frames) {
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
    private Entry here(final long position) {
        return new Entry(position, offset, highestTimestampNs, highestTransactionId);
    }

    private Path fileOf(final long base) {
        return config.directory().resolve(IndexDescriptor.fileName(base));
    }

    private IndexFile open(final long base) {
        final long id = ids.computeIfAbsent(base, segments::idOf);
        return IndexFile.open(config.files(), fileOf(base), id, base, false);
    }

    private Entry firstEntry(final long base) {
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

    private Entry inFile(final long base, final Predicate<Entry> condition) {
        try (IndexFile file = open(base)) {
            return file == null ? null : file.last(condition);
        }
    }

    /** The last entry for which the condition holds; null after a damaged one, from which the index begins again. */
    private Entry find(final Predicate<Entry> condition) {
        final int length = config.segmentLength();
        long low = segments.firstBase();
        long high = currentBase;
        while (low < high) {
            final long middle = low + (high - low + length) / length / 2 * length;
            final Entry first = firstEntry(middle);
            if (first == null) {
                restartBefore(middle);
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
            deleteDamaged(low);
        }
        return found;
    }

    private void deleteDamaged(final long base) {
        reset();
        try {
            config.files().delete(fileOf(base));
        } catch (final IOException e) {
            throw new StorageException("cannot delete " + fileOf(base) + ": " + e.getMessage(), e);
        }
        ready(base);
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

    private void reset() {
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

    @Override
    public void close() {
        lock.lock();
        try {
            reset();
        } finally {
            lock.unlock();
        }
    }
}
