/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.testing.FaultyFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Truncation that is interrupted at every one of its steps, and what it may not take. */
class TruncationTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int RECORDS = 600;
    private static final int LENGTH = 1_000;

    @TempDir
    private Path directory;

    private final List<Long> positions = new ArrayList<>();

    private static PartitionConfig config(final Path at, final Durability durability) {
        return PartitionConfig.of(at, "cut/0").withSegmentLength(SEGMENT_LENGTH).withDurability(durability, 0);
    }

    private void append(final PartitionLog log) {
        try (Appender appender = log.newAppender(1)) {
            for (int i = 0; i < RECORDS; i++) {
                final int at = appender.claim(LENGTH);
                appender.buffer().putLong(at, positions.size());
                positions.add(appender.claimPosition());
                appender.commit(1, 1, 0, positions.size(), 0);
            }
        }
    }

    private void checkNumbers(final PartitionLog log) {
        final long[] next = {log.startOffset()};
        assertThat(positions.get((int) next[0])).isGreaterThanOrEqualTo(log.startPosition());
        try (PartitionReader reader = log.newReader(0)) {
            while (reader.poll(frame -> {
                assertThat(frame.offset()).isEqualTo(next[0]);
                assertThat(frame.buffer().getLong(frame.payloadOffset())).isEqualTo(next[0]++);
            }, 1_000) > 0) {
                // to the end
            }
        }
        assertThat(log.endOffset()).isEqualTo(next[0]);
    }

    @Test
    void shouldDeleteWholeSegmentsBeforeARecordAndNeverTheRecord() {
        try (PartitionLog log = PartitionLog.open(config(directory, Durability.OS))) {
            append(log);
            final long first = log.truncateBeforeOffset(RECORDS / 2);
            assertThat(first).isBetween(RECORDS / 2 - SEGMENT_LENGTH / (long) LENGTH, RECORDS / 2L);
            assertThat(log.startPosition()).isEqualTo(positions.get((int) first) & -SEGMENT_LENGTH);
            assertThat(log.truncateBeforeOffset(3)).as("never back").isEqualTo(first);
            checkNumbers(log);
            log.truncateBeforeOffset(Long.MAX_VALUE);
            assertThat(log.endOffset()).isEqualTo(RECORDS);
            assertThat(log.startPosition()).isEqualTo(positions.get(RECORDS - 1) & -SEGMENT_LENGTH);
        }
    }

    private static void appendMessage(final PartitionLog log) {
        try (Appender appender = log.newAppender(2)) {
            appender.claimMessage(4 * SEGMENT_LENGTH, null);
            appender.commit(1, 1, 0, 1, 0);
        }
    }

    private static void checkMessage(final PartitionLog log) {
        final int[] longest = {0};
        try (PartitionReader reader = log.newReader(0)) {
            while (reader.poll(frame -> longest[0] = Math.max(longest[0], frame.payloadLength()), 1_000) > 0) {
                // to the end
            }
            assertThat(reader.lastGap()).isNull();
        }
        assertThat(longest[0]).isEqualTo(4 * SEGMENT_LENGTH);
        assertThat(log.startPosition()).isPositive();
    }

    @Test
    void shouldKeepAMessageWholeWhoseEndTheIndexHasNotReachedAfterARestart() {
        try (PartitionLog log = PartitionLog.open(config(directory, Durability.OS))) {
            append(log);
            appendMessage(log);
            assertThat(log.endOffset()).isEqualTo(RECORDS + 1);
        }
        try (PartitionLog log = PartitionLog.open(config(directory, Durability.OS))) {
            log.truncateBefore(log.appendedPosition() - 1);
            checkMessage(log);
        }
    }

    @Test
    void shouldKeepAMessageWholeThatIsBeingWritten() {
        final FaultyFiles files = new FaultyFiles();
        try (PartitionLog log = PartitionLog.open(config(directory, Durability.OS).withFiles(files))) {
            append(log);
            files.delayNth(FaultyFiles.Call.ALLOCATE, 3, () -> log.truncateBefore(Long.MAX_VALUE));
            appendMessage(log);
            checkMessage(log);
        }
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void shouldBeWholeOrNotHappenedWhenInterruptedAtAnyStep(final Durability durability) throws IOException {
        final PowerCutFiles files = new PowerCutFiles();
        final SplittableRandom random = new SplittableRandom(3);
        final List<Path> killed = new ArrayList<>();
        final List<Path> cut = new ArrayList<>();
        final Path at = directory.resolve("log");
        final long start;
        try (PartitionLog log = PartitionLog.open(config(at, durability).withFiles(files))) {
            append(log);
            log.force();
            assertThat(log.endOffset()).isEqualTo(RECORDS);
            files.beforeEach(() -> {
                final Path kill = directory.resolve("killed-" + killed.size());
                CrashImage.copy(at, kill);
                killed.add(kill);
                final Path power = directory.resolve("cut-" + cut.size());
                try {
                    files.cutPower(power, random);
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
                cut.add(power);
            });
            start = log.truncateBeforeOffset(RECORDS / 2);
            files.beforeEach(() -> { });
        }
        assertThat(killed).hasSizeGreaterThan(5);
        int done = 0;
        for (final Path image : killed) {
            done += reopen(image, durability, start);
        }
        assertThat(done).isBetween(1, killed.size() - 1);
        for (final Path image : cut) {
            reopen(image, durability, start);
        }
    }

    private int reopen(final Path image, final Durability durability, final long start) throws IOException {
        try (PartitionLog log = PartitionLog.open(config(image, durability))) {
            assertThat(log.startOffset()).as(image.toString()).isIn(0L, start);
            assertThat(log.endOffset()).isEqualTo(RECORDS);
            checkNumbers(log);
            final boolean done = log.startOffset() == start;
            assertThat(Files.exists(image.resolve(SegmentDescriptor.fileName(0)))).isNotEqualTo(done);
            return done ? 1 : 0;
        }
    }
}
