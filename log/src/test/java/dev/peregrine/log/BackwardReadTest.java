/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.testing.FaultyFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackwardReadTest {
    private static final int SEGMENT_LENGTH = 128 << 10;
    private static final int LONGEST = 400;

    @TempDir
    private Path directory;
    private PartitionLog log;
    private Appender appender;
    private final List<Seen> all = new ArrayList<>();

    private record Seen(long position, long offset, long sequence, int length) {
        static Seen of(final Frame frame) {
            return new Seen(frame.position(), frame.offset(), frame.sequence(), frame.payloadLength());
        }
    }

    @BeforeEach
    void open() {
        log = PartitionLog.open(PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH));
        appender = log.newAppender(1);
    }

    @AfterEach
    void close() {
        appender.close();
        log.close();
    }

    /** Plain records, aborted claims and messages of two fragments over some segments, in an order drawn by lot. */
    private void write(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final RawFrames raw = new RawFrames(log);
        long first = -1;
        for (long i = 0; log.appendedPosition() < 4 * SEGMENT_LENGTH; i++) {
            final int kind = random.nextInt(10);
            if (kind == 0) {
                appender.claim(100);
                appender.abort();
            } else if (kind == 1 && first < 0) {
                first = raw.fragment(2, i, FrameDescriptor.FLAG_BEGIN, -1, 500, (byte) i);
            } else if (kind == 1) {
                raw.fragment(2, i, FrameDescriptor.FLAG_END, first, 300, (byte) i);
                first = -1;
            } else {
                Records.append(appender, 1, i, LONGEST);
            }
        }
        readForward();
    }

    private void readForward() {
        all.clear();
        try (PartitionReader reader = log.newReader(0)) {
            reader.poll(frame -> all.add(Seen.of(frame)), Integer.MAX_VALUE);
        }
    }

    private static List<Seen> back(final PartitionReader reader, final int limit) {
        final List<Seen> seen = new ArrayList<>();
        assertThat(reader.readBackwards(frame -> seen.add(Seen.of(frame)), limit)).isEqualTo(seen.size());
        Collections.reverse(seen);
        return seen;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldHandOverTheSameRecordsAsForwardInReverse(final long seed) {
        write(seed);
        assertThat(all).anySatisfy(record -> assertThat(record.length()).isEqualTo(800));
        final int size = all.size();
        try (PartitionReader reader = log.newReader(0)) {
            assertThat(back(reader, 10)).isEmpty();
            reader.seekToEnd();
            assertThat(reader.offset()).isEqualTo(size);
            assertThat(back(reader, 10)).isEqualTo(all.subList(size - 10, size));
            assertThat(reader.offset()).isEqualTo(size - 10);
            assertThat(back(reader, 1)).isEqualTo(all.subList(size - 11, size - 10));
            assertThat(back(reader, 500)).isEqualTo(all.subList(size - 511, size - 11));
            final List<Seen> forward = new ArrayList<>();
            reader.poll(frame -> forward.add(Seen.of(frame)), 3);
            assertThat(forward).isEqualTo(all.subList(size - 511, size - 508));
            reader.seekToEnd();
            assertThat(back(reader, Integer.MAX_VALUE)).isEqualTo(all);
            assertThat(reader.position()).isEqualTo(all.get(0).position());
            assertThat(back(reader, 1)).isEmpty();
        }
    }

    @Test
    void shouldSeldomOpenTheIndexHoweverFewRecordsAreAskedForAtOnce() {
        final FaultyFiles files = new FaultyFiles();
        final int segmentLength = 1 << 20;
        try (PartitionLog longer = PartitionLog.open(PartitionConfig.of(directory.resolve("long"), "test/1")
            .withSegmentLength(segmentLength).withFiles(files)); Appender to = longer.newAppender(1)) {
            long records = 0;
            while (longer.appendedPosition() < 2 * segmentLength) {
                Records.append(to, 1, records++, LONGEST);
            }
            try (PartitionReader reader = longer.newReader(0)) {
                reader.seekToEnd();
                final int before = files.count(FaultyFiles.Call.OPEN);
                final List<Long> seen = new ArrayList<>();
                while (reader.readBackwards(frame -> seen.add(frame.sequence()), 1) > 0) {
                    // one after the other
                }
                Collections.reverse(seen);
                assertThat(seen).isEqualTo(Records.upTo(records));
                assertThat(files.count(FaultyFiles.Call.OPEN) - before).isLessThan(50);
            }
        }
    }

    @Test
    void shouldSeeWhatIsCommittedIntoAGapThatItHasMet() {
        try (Appender slow = log.newAppender(3); PartitionReader reader = log.newReader(0)) {
            Records.append(appender, 1, 0, LONGEST);
            final int length = Records.length(3, 0, LONGEST);
            Records.write(slow, slow.claim(length), 3, 0, length);
            Records.append(appender, 1, 1, LONGEST);
            reader.seek(log.appendedPosition());
            assertThat(back(reader, 1)).hasSize(1);
            slow.commit(7, 9, 3, 0, 0);
            reader.seek(log.appendedPosition());
            assertThat(back(reader, 10)).hasSize(3);
        }
    }

    @Test
    void shouldEndWhereTruncationDid() {
        write(3);
        log.truncateBefore(2 * SEGMENT_LENGTH);
        readForward();
        try (PartitionReader reader = log.newReader(0)) {
            reader.seekToEnd();
            final List<Seen> seen = back(reader, Integer.MAX_VALUE);
            assertThat(seen).isEqualTo(all);
            assertThat(seen.get(0).offset()).isPositive();
        }
    }

    @Test
    void shouldBeginBeforeAnOpenClaimAndAtWhatIsDurable() {
        Records.append(appender, 1, 0, LONGEST);
        log.force();
        Records.append(appender, 1, 1, LONGEST);
        try (Appender slow = log.newAppender(2); PartitionReader reader = log.newReader(0)) {
            slow.claim(10);
            Records.append(appender, 1, 2, LONGEST);
            reader.seekToEnd();
            assertThat(back(reader, 5)).extracting(Seen::sequence).containsExactly(0L, 1L);
            reader.isolation(ReadIsolation.DURABLE);
            reader.seekToEnd();
            assertThat(reader.offset()).isEqualTo(1);
            assertThat(back(reader, 5)).extracting(Seen::sequence).containsExactly(0L);
        }
    }

    @Test
    void shouldStayBehindTheRecordThatItsHandlerThrewOn() {
        for (long i = 0; i < 5; i++) {
            Records.append(appender, 1, i, LONGEST);
        }
        try (PartitionReader reader = log.newReader(0)) {
            reader.seekToEnd();
            assertThatThrownBy(() -> reader.readBackwards(frame -> {
                if (frame.sequence() == 2) {
                    throw new IllegalStateException("two");
                }
            }, 5)).hasMessage("two");
            assertThat(reader.offset()).isEqualTo(3);
            assertThat(back(reader, 1)).extracting(Seen::sequence).containsExactly(2L);
        }
    }
}
