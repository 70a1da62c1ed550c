/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.EndOfStreamException;
import dev.peregrine.core.error.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class StreamEndTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 600;
    private static final int PUBLISHERS = 3;

    @TempDir
    private Path directory;

    private PartitionConfig config(final Path at, final Durability durability) {
        return PartitionConfig.of(at, "ends/0").withSegmentLength(SEGMENT_LENGTH).withDurability(durability, 1);
    }

    private static void checkEnded(final PartitionLog log, final Map<Long, List<Long>> records) {
        assertThat(log.isEnded()).isTrue();
        assertThat(Records.readAll(log, 0, LONGEST)).isEqualTo(records);
        try (PartitionReader reader = log.newReader(log.startPosition())) {
            assertThat(reader.isEndOfStream()).isEqualTo(records.isEmpty());
            while (reader.poll(frame -> { }, 1_000) > 0) {
                assertThat(reader.poll(frame -> { }, 0)).isZero();
            }
            assertThat(reader.isEndOfStream()).isTrue();
            assertThat(reader.position()).isEqualTo(log.appendedPosition());
        }
        assertThatThrownBy(() -> log.newAppender(1)).isInstanceOf(EndOfStreamException.class)
            .hasMessageContaining("ends/0");
    }

    @Test
    void shouldSayWhoseClaimKeepsTheEndFromTheDisk() {
        final PartitionConfig config = config(directory, Durability.SYNC).withHoleTimeout(20);
        try (PartitionLog log = PartitionLog.open(config); Appender appender = log.newAppender(1, "slow")) {
            appender.claim(8);
            assertThatThrownBy(log::end).isInstanceOf(StorageException.class).hasMessageContaining("publisher slow");
            appender.commit(1, 1, 0, 0, 0);
            log.end();
            assertThat(log.isEnded()).isTrue();
            assertThat(log.durablePosition()).isEqualTo(log.appendedPosition());
        }
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void shouldTakeNothingMoreAndSurviveARestart(final Durability durability) {
        final Map<Long, List<Long>> records = Map.of(1L, Records.upTo(300));
        try (PartitionLog log = PartitionLog.open(config(directory, durability));
            Appender appender = log.newAppender(1)) {
            for (int i = 0; i < 300; i++) {
                Records.append(appender, 1, i, LONGEST);
            }
            assertThat(log.isEnded()).isFalse();
            log.end();
            log.end();
            assertThatThrownBy(() -> appender.claim(5)).isInstanceOf(EndOfStreamException.class);
            assertThat(log.endOffset()).isEqualTo(300);
            checkEnded(log, records);
            log.doHousekeeping();
        }
        for (int restart = 0; restart < 2; restart++) {
            try (PartitionLog log = PartitionLog.open(config(directory, durability))) {
                assertThat(log.recovery().isClean()).isTrue();
                checkEnded(log, records);
                log.doHousekeeping();
                log.force();
            }
        }
    }

    @Test
    void shouldEndAtAnyDistanceFromTheBorderOfASegment() {
        for (int left = 0; left <= 2 * StreamEnd.LENGTH; left += FrameDescriptor.ALIGNMENT) {
            final Path at = directory.resolve("left-" + left);
            try (PartitionLog log = PartitionLog.open(config(at, Durability.OS)); Appender appender = log.newAppender(1)) {
                while (SEGMENT_LENGTH - log.appendedPosition() > left) {
                    final long room = SEGMENT_LENGTH - left - log.appendedPosition();
                    appender.claim((int) Math.min(room, 4_096) - FrameDescriptor.HEADER_LENGTH);
                    appender.commit(1, 1, 0, 1, 0);
                }
                log.end();
                log.truncateBefore(Long.MAX_VALUE);
            }
            try (PartitionLog log = PartitionLog.open(config(at, Durability.OS))) {
                assertThat(log.isEnded()).as("%d bytes left", left).isTrue();
            }
        }
    }

    @Test
    void shouldEndAnEmptyLog() {
        try (PartitionLog log = PartitionLog.open(config(directory, Durability.SYNC))) {
            log.end();
            checkEnded(log, Map.of());
        }
        try (PartitionLog log = PartitionLog.open(config(directory, Durability.SYNC))) {
            checkEnded(log, Map.of());
        }
    }

    @Test
    void shouldBeKnownAsSoonAsTheLastRecordIsRead() {
        try (PartitionLog log = PartitionLog.open(config(directory, Durability.OS)); PartitionLog seen =
            PartitionLog.openReadOnly(config(directory, Durability.OS)); Appender appender = log.newAppender(4)) {
            for (int i = 0; i < 3; i++) {
                Records.append(appender, 4, i, LONGEST);
            }
            for (final PartitionLog of : List.of(log, seen)) {
                try (PartitionReader reader = of.newReader(0); PartitionReader control = of.newControlReader(0)) {
                    reader.poll(frame -> { }, 2);
                    assertThat(reader.isEndOfStream()).isFalse();
                    reader.poll(frame -> assertThat(reader.isEndOfStream()).as("in it").isFalse(), 1);
                    log.end();
                    assertThat(reader.isEndOfStream()).isTrue();
                    control.poll(frame -> { }, 3);
                    assertThat(control.isEndOfStream()).as("the end itself is there to be read").isFalse();
                    control.poll(frame -> { }, 1);
                    assertThat(control.isEndOfStream()).isTrue();
                }
            }
        }
    }

    @Test
    void shouldLetAnOpenClaimBeCommittedBeforeTheEnd() {
        try (PartitionLog log = PartitionLog.open(config(directory, Durability.OS));
            Appender open = log.newAppender(4); PartitionReader reader = log.newReader(0)) {
            final int length = Records.length(4, 0, LONGEST);
            Records.write(open, open.claim(length), 4, 0, length);
            log.end();
            assertThat(reader.poll(frame -> { }, 10)).isZero();
            assertThat(reader.isEndOfStream()).isFalse();
            open.commit(7, 9, 4, 0, 0);
            assertThatThrownBy(() -> open.claim(length)).isInstanceOf(EndOfStreamException.class);
            checkEnded(log, Map.of(4L, List.of(0L)));
        }
    }

    /** Every acknowledged record is there, and none that was refused; also in the image of a kill at some moment. */
    @Test
    void shouldLoseNothingThatRacesWithTheEnd() throws Exception {
        final ExecutorService threads = Executors.newFixedThreadPool(PUBLISHERS);
        try {
            for (int round = 0; round < 20; round++) {
                final Path at = directory.resolve("race-" + round);
                final long[] acknowledged = new long[PUBLISHERS];
                final CountDownLatch going = new CountDownLatch(PUBLISHERS);
                try (PartitionLog log = PartitionLog.open(config(at, Durability.OS))) {
                    final List<Future<?>> running = new ArrayList<>();
                    for (int i = 0; i < PUBLISHERS; i++) {
                        final int producer = i;
                        running.add(threads.submit(() -> publish(log, producer, acknowledged, going)));
                    }
                    going.await();
                    log.end();
                    for (final Future<?> future : running) {
                        future.get();
                    }
                    check(log, acknowledged);
                }
                try (PartitionLog log = PartitionLog.open(config(at, Durability.OS))) {
                    check(log, acknowledged);
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void publish(
        final PartitionLog log, final int producer, final long[] acknowledged, final CountDownLatch going) {
        try (Appender appender = log.newAppender(producer)) {
            while (true) {
                Records.append(appender, producer, acknowledged[producer], LONGEST);
                if (acknowledged[producer]++ == 0) {
                    going.countDown();
                }
            }
        } catch (final EndOfStreamException expected) {
            assertThat(log.isEnded()).isTrue();
        }
    }

    private static void check(final PartitionLog log, final long[] acknowledged) {
        final Map<Long, List<Long>> read = Records.readAll(log, 0, LONGEST);
        for (int i = 0; i < PUBLISHERS; i++) {
            assertThat(read.get((long) i)).isEqualTo(Records.upTo(acknowledged[i]));
        }
        checkEnded(log, read);
    }
}
