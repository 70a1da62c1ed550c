/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GapTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 400;

    @TempDir
    private Path directory;
    private PartitionLog log;
    private long end;

    @BeforeEach
    void fillSomeSegments() {
        log = PartitionLog.open(PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH));
        try (Appender appender = log.newAppender(1)) {
            for (long i = 0; end < 4 * SEGMENT_LENGTH; i++) {
                end = Records.append(appender, 1, i, LONGEST);
            }
        }
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void shouldReportWhatTruncationTookBeforeTheRecordsBehindIt() {
        final List<Object> seen = new ArrayList<>();
        try (PartitionReader reader = log.newReader(0)) {
            reader.onGap(seen::add);
            reader.poll(frame -> { }, 1);
            log.truncateBefore(3 * SEGMENT_LENGTH); // the reader holds the first segment and may finish it
            final long[] last = {-1};
            while (last[0] < 3 * SEGMENT_LENGTH) {
                reader.poll(frame -> last[0] = frame.position(), 1);
                if (last[0] >= SEGMENT_LENGTH) {
                    seen.add(last[0]);
                }
            }
            assertThat(seen).containsExactly(
                new Gap("test/0", Gap.Cause.TRUNCATED, SEGMENT_LENGTH, 3 * SEGMENT_LENGTH), last[0]);
            assertThat(reader.gaps()).isEqualTo(1);
            assertThat(reader.lastGap().toString()).contains("test/0", "truncated");
        }
    }

    @Test
    void shouldTellALateHandlerOfTheGapThatTheReaderStartedWith() {
        log.truncateBefore(2 * SEGMENT_LENGTH);
        final List<Gap> gaps = new ArrayList<>();
        try (PartitionReader reader = log.newReader(SEGMENT_LENGTH)) {
            assertThat(reader.gaps()).isEqualTo(1);
            reader.onGap(gaps::add);
            reader.onGap(gaps::add);
        }
        assertThat(gaps).containsExactly(new Gap("test/0", Gap.Cause.TRUNCATED, SEGMENT_LENGTH, 2 * SEGMENT_LENGTH));
    }

    @Test
    void shouldReportNoneToWhoReadsFromTheBeginningOrGoesThere() {
        log.truncateBefore(2 * SEGMENT_LENGTH);
        try (PartitionReader reader = log.newReader(0)) {
            reader.poll(frame -> { }, 10);
            reader.seek(log.startPosition());
            reader.poll(frame -> { }, Integer.MAX_VALUE);
            assertThat(reader.position()).isEqualTo(end);
            assertThat(reader.gaps()).isZero();
            assertThat(reader.lastGap()).isNull();
        }
    }
}
