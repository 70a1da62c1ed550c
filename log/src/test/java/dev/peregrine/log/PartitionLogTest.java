/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionLogTest {
    private static final int SEGMENT_LENGTH = 64 << 10;

    @TempDir
    private Path directory;

    private PartitionConfig config() {
        return PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH);
    }

    private static void append(final PartitionLog log, final long from, final long to, final int length) {
        try (Appender appender = log.newAppender(7)) {
            for (long i = from; i < to; i++) {
                final int at = appender.claim(length);
                appender.buffer().putLong(at, i);
                appender.commit(100, 1, i * 31, i, i);
            }
        }
    }

    private static List<Long> read(final PartitionLog log) {
        final List<Long> values = new ArrayList<>();
        try (PartitionReader reader = log.newReader(log.startPosition())) {
            while (reader.poll(frame -> values.add(frame.buffer().getLong(frame.payloadOffset())), 1000) > 0) {
                // until nothing is there
            }
        }
        return values;
    }

    private static List<Long> numbers(final long to) {
        final List<Long> numbers = new ArrayList<>();
        for (long i = 0; i < to; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    @Test
    void shouldReadBackWhatWasAppendedAcrossManySegments() {
        try (PartitionLog log = PartitionLog.open(config())) {
            append(log, 0, 10_000, 100);
            assertThat(read(log)).isEqualTo(numbers(10_000));
            assertThat(log.startPosition()).isZero();
        }
    }

    @Test
    void shouldGoOnWhereItEndedAfterReopening() {
        try (PartitionLog log = PartitionLog.open(config())) {
            append(log, 0, 1_000, 100);
        }
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(log.recovery().isClean()).isTrue();
            assertThat(log.lastSequence(7)).isEqualTo(999);
            assertThat(log.lastSequence(8)).isEqualTo(-1);
            append(log, 1_000, 2_000, 100);
            assertThat(read(log)).isEqualTo(numbers(2_000));
            assertThat(log.verify()).isGreaterThanOrEqualTo(2_000);
        }
    }

    @Test
    void shouldHideAnAbortedClaim() {
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(0)) {
            appender.claim(40);
            appender.abort();
            append(log, 0, 3, 8);
            assertThat(read(log)).isEqualTo(numbers(3));
        }
    }
}
