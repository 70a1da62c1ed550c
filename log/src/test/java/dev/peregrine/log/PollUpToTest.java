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

/** A reader stops at a position in one poll, across segments and their padding too. */
class PollUpToTest {
    private static final int RECORDS = 500;

    @TempDir
    private Path directory;

    @Test
    void shouldHandOverWhatEndsUpToAPosition() {
        final List<Long> ends = new ArrayList<>();
        try (PartitionLog log = PartitionLog.open(PartitionConfig.of(directory, "test/0").withSegmentLength(64 << 10));
            Appender appender = log.newAppender(1); PartitionReader reader = log.newReader(0)) {
            for (int i = 0; i < RECORDS; i++) {
                Records.append(appender, i, 0, 1_000);
                ends.add(log.appendedPosition());
            }
            assertThat(log.appendedPosition()).isGreaterThan(2 * (64 << 10));
            int from = 0;
            for (int to = 0; to < RECORDS; to += 1 + to % 7) {
                final int expected = to + 1 - from;
                assertThat(reader.pollUpTo(ends.get(to), frame -> { }, RECORDS)).isEqualTo(expected);
                assertThat(reader.position()).isEqualTo(ends.get(to));
                assertThat(reader.pollUpTo(ends.get(to), frame -> { }, 1)).isZero();
                assertThat(reader.pollUpTo(ends.get(to) + 8, frame -> { }, 1)).as("half a record").isZero();
                from = to + 1;
            }
            assertThat(reader.offset()).isEqualTo(from);
            assertThat(reader.pollUpTo(Long.MAX_VALUE, frame -> { }, RECORDS)).isEqualTo(RECORDS - from);
        }
    }
}
