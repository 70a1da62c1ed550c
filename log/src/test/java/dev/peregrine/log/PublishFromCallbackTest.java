/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What runs on the housekeeping thread may publish, also around the making of a segment. */
class PublishFromCallbackTest {
    private static final int SEGMENT_LENGTH = 4 << 20;

    @TempDir
    private Path directory;
    private long appended;
    private boolean begun;

    /** Publishes up to a position. */
    private void fill(final PartitionLog log, final Appender appender, final long end) {
        while (log.appendedPosition() < end) {
            Records.append(appender, 1, appended, 400);
            appended++;
        }
    }

    private void assertAllThere(final PartitionConfig config) {
        try (PartitionLog log = PartitionLog.open(config); PartitionReader reader = log.newReader(0)) {
            assertThat(reader.poll(frame -> { }, Integer.MAX_VALUE)).isEqualTo((int) appended);
        }
    }

    @Test
    @Timeout(60)
    void shouldKeepWhatIsPublishedByAFutureThatCompletes() {
        final PartitionConfig config = PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH);
        try (PartitionLog log = PartitionLog.open(config); Appender appender = log.newAppender(1)) {
            fill(log, appender, 1);
            while (log.doHousekeeping() > 0) {
                assertThat(begun).isFalse();
            }
            while (!begun) { // until the next one is made
                fill(log, appender, log.appendedPosition() + SEGMENT_LENGTH / 4);
                log.doHousekeeping(() -> {
                    if (!begun) {
                        begun = true;
                        fill(log, appender, log.appendedPosition() + 1);
                        log.whenDurable(log.appendedPosition()).thenRun(() -> fill(log, appender, 5L * SEGMENT_LENGTH));
                    }
                });
            }
            log.doHousekeeping();
            assertThat(log.appendedPosition()).isGreaterThanOrEqualTo(5L * SEGMENT_LENGTH);
        }
        assertAllThere(config);
    }

    @Test
    @Timeout(60)
    void shouldRefuseToMakeASegmentWithinItsMaking() {
        final PartitionConfig config = PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH);
        try (PartitionLog log = PartitionLog.open(config); Appender appender = log.newAppender(1)) {
            Records.append(appender, 1, appended++, 400);
            log.doHousekeeping(() -> {
                if (!begun) {
                    begun = true;
                    assertThatThrownBy(() -> fill(log, appender, 5L * SEGMENT_LENGTH))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("let another thread publish");
                }
            });
            assertThat(begun).isTrue();
            fill(log, appender, 5L * SEGMENT_LENGTH);
        }
        assertAllThere(config);
    }
}
