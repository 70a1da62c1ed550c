/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An interrupt closes the channels that its thread comes to; nobody else may notice, nor the log fail by it. */
class InterruptTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 300;
    private static final long RECORDS = 1_000;

    @TempDir
    private Path home;

    @AfterEach
    void clear() {
        Thread.interrupted();
    }

    private PartitionConfig config() {
        return PartitionConfig.of(home.resolve("first"), "test/0").withSegmentLength(SEGMENT_LENGTH)
            .withStorage(StorageConfig.plain().withCompressionLevel(1));
    }

    private static void append(final PartitionLog log, final long from, final long to) {
        try (Appender appender = log.newAppender(1)) {
            for (long sequence = from; sequence < to; sequence++) {
                Records.append(appender, 1, sequence, LONGEST);
            }
        }
    }

    private static long interrupted(final LongSupplier lookUp) {
        Thread.currentThread().interrupt();
        final long found = lookUp.getAsLong();
        assertThat(Thread.interrupted()).as("status after it").isTrue();
        return found;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLookUpAndReadOnAnInterruptedThread(final boolean readOnly) {
        final long at;
        try (PartitionLog log = PartitionLog.open(config())) {
            append(log, 0, RECORDS);
            at = log.positionOfOffset(700);
            while (log.doMaintenance() > 0) {
                // until all is compressed
            }
            append(log, RECORDS, 2 * RECORDS);
        }
        try (PartitionLog log = readOnly ? PartitionLog.openReadOnly(config()) : PartitionLog.open(config());
            PartitionReader reader = log.newReader(0)) {
            assertThat(interrupted(() -> log.positionOfOffset(700))).isEqualTo(at);
            assertThat(interrupted(() -> log.positionOfTimestamp(700))).isEqualTo(at);
            assertThat(interrupted(() -> log.offsetOf(at))).isEqualTo(700);
            assertThat(interrupted(log::endOffset)).isEqualTo(2 * RECORDS);
            assertThat(interrupted(log::durablePosition)).isNotNegative();
            assertThat(interrupted(() -> reader.poll(frame -> { }, Integer.MAX_VALUE))).isEqualTo(2 * RECORDS);
            assertThat(interrupted(() -> reader.readBackwards(frame -> { }, Integer.MAX_VALUE))).isEqualTo(2 * RECORDS);
        }
    }

    @Test
    void shouldAllocateForceAndTruncateOnAnInterruptedThread() {
        final PartitionConfig config =
            config().withDurability(Durability.SYNC, 0).withMirror(home.resolve("second"));
        try (PartitionLog log = PartitionLog.open(config)) {
            for (long sequence = 0; sequence < RECORDS; sequence += 100) {
                final long from = sequence;
                interrupted(() -> {
                    append(log, from, from + 100);
                    return log.durablePosition();
                });
            }
            assertThat(log.degraded()).isNull();
            assertThat(log.durablePosition()).isEqualTo(log.appendedPosition());
            assertThat(Records.readAll(log, 0, LONGEST).get(1L)).isEqualTo(Records.upTo(RECORDS));
            interrupted(() -> log.truncateBeforeOffset(RECORDS / 2));
            assertThat(log.startPosition()).isPositive();
            assertThat(log.degraded()).isNull();
        }
        try (PartitionLog log = PartitionLog.open(config)) {
            final List<Long> read = Records.readAll(log, log.startPosition(), LONGEST).get(1L);
            assertThat(read).endsWith(RECORDS - 1).contains(RECORDS / 2);
        }
    }
}
