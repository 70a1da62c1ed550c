/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.log.Frame;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.log.ReadIsolation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;

/** What was published to a stream of one partition, as a plain list: the index of an entry is its record number. */
final class StreamModel {
    /** One record; the key may be null, the transaction id negative. */
    record Entry(long producer, long sequence, long timestampNs, long transactionId, String key, byte[] payload) {
        boolean isTombstone() {
            return key != null && payload.length == 0;
        }
    }

    static final String HEADER = "sequence";
    private static final byte[] HEADER_BYTES = HEADER.getBytes(StandardCharsets.UTF_8);
    private static final long UNKNOWN = -1;

    private final List<Entry> entries = new ArrayList<>();
    /** Where each record's last frame starts, and where it ends: learnt when it is first read, and never another. */
    private final List<long[]> places = new ArrayList<>();
    /** What compaction was seen to have taken. */
    private final BitSet removed = new BitSet();
    private int start;

    private final UnsafeBuffer header = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer had = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer wanted = new UnsafeBuffer(0, 0);

    void add(final Entry entry) {
        entries.add(entry);
        places.add(new long[] {UNKNOWN, UNKNOWN});
    }

    int size() {
        return entries.size();
    }

    int start() {
        return start;
    }

    Entry entry(final long offset) {
        return entries.get((int) offset);
    }

    long position(final int offset) {
        return places.get(offset)[0];
    }

    boolean isThere(final int offset) {
        return offset >= start && !removed.get(offset);
    }

    long lastSequence(final long producer, final int from) {
        for (int i = entries.size() - 1; i >= from; i--) {
            if (entries.get(i).producer == producer) {
                return entries.get(i).sequence;
            }
        }
        return -1;
    }

    /** The first record from a number on that is there; the size if there is none. */
    int next(final int from) {
        int offset = Math.min(Math.max(from, start), entries.size());
        while (offset < entries.size() && removed.get(offset)) {
            offset++;
        }
        return offset;
    }

    /** A frame that a reader was handed is the record of its number. */
    void checkFrame(final Frame frame) {
        final Entry entry = entry(frame.offset());
        wanted.wrap(entry.payload);
        had.wrap(frame.buffer(), frame.payloadOffset(), frame.payloadLength());
        final boolean same = frame.producerId() == entry.producer && frame.sequence() == entry.sequence
            && frame.timestampNs() == entry.timestampNs && frame.transactionId() == entry.transactionId
            && frame.keyLength() == (entry.key == null ? -1 : entry.key.length()) && had.compareTo(wanted) == 0;
        if (!same) {
            throw new AssertionError("record " + frame.offset() + " is not " + entry + " but of producer "
                + frame.producerId() + " with sequence " + frame.sequence() + ", length " + frame.payloadLength());
        }
        if (entry.key != null && entry.sequence % 3 == 0) {
            assertThat(frame.buffer().getStringWithoutLengthAscii(frame.keyOffset(), frame.keyLength()))
                .isEqualTo(entry.key);
        }
        if (entry.sequence % 7 == 0) {
            assertThat(frame.header(HEADER_BYTES, header)).isTrue();
            assertThat(header.getStringWithoutLengthAscii(0, header.capacity()))
                .isEqualTo(Long.toString(entry.sequence));
        }
        final long[] place = places.get((int) frame.offset());
        if (place[0] == UNKNOWN) {
            place[0] = frame.position();
            place[1] = frame.endPosition();
        }
        if (frame.position() != place[0] || frame.endPosition() != place[1]) {
            throw new AssertionError("record " + frame.offset() + " has moved from " + place[0] + " to "
                + frame.position());
        }
    }

    /** The log was truncated: what is gone lies before a border, and is at most what was allowed to go. */
    void truncated(final PartitionLog log, final int limit) {
        final int first = (int) log.startOffset();
        assertThat(first).isBetween(start, Math.max(start, limit));
        for (int i = start; i < first; i++) {
            assertThat(position(i)).isLessThan(log.startPosition());
        }
        start = first;
    }

    /** Everything that can be asked of a log is what the list says. */
    void check(final PartitionLog log, final boolean mayCompact, final boolean othersRead, final SplittableRandom random) {
        assertThat(log.startOffset()).isEqualTo(start);
        assertThat(log.endOffset()).isEqualTo(entries.size());
        assertThat(log.lastOffset()).isEqualTo(entries.size() - 1L);
        final List<Integer> there = readForward(log);
        learnRemoved(there, mayCompact, othersRead);
        try (PartitionReader reader = log.newReader(log.startPosition())) {
            checkSeeks(log, reader, random);
            checkBackwards(reader, there, random);
            checkDurable(log, reader);
        }
    }

    private List<Integer> readForward(final PartitionLog log) {
        final List<Integer> there = new ArrayList<>();
        try (PartitionReader reader = log.newReader(0)) {
            while (reader.poll(frame -> {
                checkFrame(frame);
                there.add((int) frame.offset());
            }, 1_000) > 0) {
                // to the end
            }
            assertThat(reader.position()).isEqualTo(log.appendedPosition());
            assertThat(reader.isEndOfStream()).isEqualTo(log.isEnded());
            assertThat(reader.lastGap()).isNull();
        }
        long behind = log.startPosition();
        for (int i = 0; i < there.size(); i++) {
            if (there.get(i) <= (i == 0 ? start - 1 : there.get(i - 1)) || position(there.get(i)) < behind) {
                throw new AssertionError("record " + there.get(i) + " is out of order");
            }
            behind = places.get(there.get(i))[1];
        }
        return there;
    }

    /** Only compaction takes records away in the middle, and only those of which the key has a later one. */
    private void learnRemoved(final List<Integer> there, final boolean mayCompact, final boolean othersRead) {
        final BitSet found = new BitSet();
        there.forEach(found::set);
        for (int offset = start; offset < entries.size(); offset++) {
            if (found.get(offset)) {
                if (removed.get(offset) && !othersRead) { // beside somebody in a segment as it was it may be seen
                    throw new AssertionError("record " + offset + " came back");
                }
            } else if (!removed.get(offset)) {
                assertThat(mayCompact && entry(offset).key != null)
                    .as("record %d with key %s is gone", offset, entry(offset).key).isTrue();
                checkMayGo(offset, found);
                removed.set(offset);
            }
        }
    }

    private void checkMayGo(final int offset, final BitSet found) {
        final String key = entry(offset).key;
        int latest = entries.size() - 1;
        while (!key.equals(entry(latest).key)) {
            latest--;
        }
        if (latest > offset) {
            return;
        }
        assertThat(entry(offset).isTombstone()).as("record %d, the latest of %s, is gone", offset, key).isTrue();
        for (int older = start; older < offset; older++) {
            if (found.get(older) && key.equals(entry(older).key)) {
                throw new AssertionError("record " + older + ", which " + offset + " deleted, can be seen again");
            }
        }
    }

    private void checkSeeks(final PartitionLog log, final PartitionReader reader, final SplittableRandom random) {
        if (entries.isEmpty()) {
            return;
        }
        for (int i = 0; i < 4; i++) {
            final int number = random.nextInt(-1, entries.size() + 2);
            final int exact = Math.min(Math.max(number, start), entries.size());
            reader.seekToOffset(number);
            assertThat(reader.offset()).isEqualTo(exact);
            expect(reader, next(number));
            assertThat(log.offsetAtFrame(log.positionOfOffset(number))).isEqualTo(exact);
            if (exact < entries.size()) {
                checkPosition(log, reader, exact);
            }
            final Entry sample = entries.get(random.nextInt(entries.size()));
            checkTime(reader, sample.timestampNs + random.nextInt(-1, 2));
            checkTransaction(reader, Math.max(0, sample.transactionId + random.nextInt(-1, 2)));
        }
    }

    private void checkPosition(final PartitionLog log, final PartitionReader reader, final int offset) {
        final long position = position(offset);
        if (position == UNKNOWN) {
            return;
        }
        assertThat(log.offsetAtFrame(position)).isEqualTo(offset);
        assertThat(log.offsetOf(position)).isEqualTo(offset);
        assertThat(log.offsetOf(position - 1)).isEqualTo(offset);
        assertThat(log.offsetOf(position + 1)).isEqualTo(offset + 1);
        assertThat(log.recordsFrom(offset)).isEqualTo(entries.size() - offset);
        reader.seek(position);
        expect(reader, next(offset));
    }

    private void checkTime(final PartitionReader reader, final long timestampNs) {
        int expected = next(start);
        while (expected < entries.size() && entry(expected).timestampNs < timestampNs) {
            expected = next(expected + 1);
        }
        reader.seekToTimestamp(timestampNs);
        expect(reader, expected);
    }

    private void checkTransaction(final PartitionReader reader, final long id) {
        int expected = next(start);
        while (expected < entries.size() && entry(expected).transactionId < id) {
            expected = next(expected + 1);
        }
        reader.seekToTransactionId(id);
        expect(reader, expected);
    }

    /** The next record that a reader is handed. */
    private void expect(final PartitionReader reader, final int offset) {
        final long[] read = {entries.size()};
        reader.poll(frame -> {
            checkFrame(frame);
            read[0] = frame.offset();
        }, 1);
        assertThat(read[0]).isEqualTo(offset);
    }

    private void checkBackwards(
        final PartitionReader reader, final List<Integer> there, final SplittableRandom random) {
        int left = there.size();
        reader.seekToEnd();
        assertThat(reader.offset()).isEqualTo(entries.size());
        while (left > 0) {
            final List<Integer> read = new ArrayList<>();
            final int limit = 1 + random.nextInt(there.size());
            assertThat(reader.readBackwards(frame -> {
                checkFrame(frame);
                read.add(0, (int) frame.offset());
            }, limit)).isEqualTo(Math.min(limit, left));
            assertThat(read).isEqualTo(there.subList(Math.max(0, left - limit), left));
            left -= read.size();
        }
        assertThat(reader.readBackwards(frame -> { }, 1)).isZero();
    }

    private void checkDurable(final PartitionLog log, final PartitionReader reader) {
        final long durable = log.durablePosition();
        reader.seek(log.startPosition());
        reader.isolation(ReadIsolation.DURABLE);
        final int[] last = {start - 1};
        while (reader.poll(frame -> last[0] = (int) frame.offset(), 1_000) > 0) {
            // to the bound
        }
        for (int offset = next(last[0] + 1); offset < entries.size(); offset = next(offset + 1)) {
            if (places.get(offset)[1] <= durable) {
                throw new AssertionError("record " + offset + " is durable and was not handed over");
            }
        }
        assertThat(last[0] < start || places.get(last[0])[1] <= durable).isTrue();
    }
}
