/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening a large log: prints how long it takes, and holds that recovery reads no more than the last segment. */
@Tag("long")
class RestartTest {
    private static final long BYTES = Long.getLong("peregrine.restart-bytes", 10L << 30);
    private static final int RECORD = 4_000;

    @TempDir
    private Path directory;

    @Test
    void shouldReadOnlyTheLastSegmentOfALargeLog() throws InterruptedException {
        final PartitionConfig config = PartitionConfig.of(directory, "large/0");
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[RECORD]);
        long records = 0;
        try (PartitionLog log = PartitionLog.open(config)) {
            final AtomicBoolean running = new AtomicBoolean(true);
            final Thread housekeeper = new Thread(() -> {
                while (running.get()) {
                    if (log.doHousekeeping() == 0) {
                        LockSupport.parkNanos(50_000);
                    }
                }
            });
            housekeeper.start();
            try (Appender appender = log.newAppender(1)) {
                while (appender.append(1, 1, records, records, records, payload, 0, RECORD) < BYTES) {
                    records++;
                }
            }
            records++;
            assertThat(log.endOffset()).isEqualTo(records); // the index has come to the end
            running.set(false);
            housekeeper.join();
        }
        for (int run = 0; run < 3; run++) {
            final long startNs = System.nanoTime();
            try (PartitionLog log = PartitionLog.open(config)) {
                final long openedNs = System.nanoTime();
                final long lastOffset = log.lastOffset();
                System.out.printf("%d MiB of log: open %d ms, last offset %d after %d ms, frames verified %d%n",
                    log.appendedPosition() >> 20, (openedNs - startNs) / 1_000_000, lastOffset,
                    (System.nanoTime() - openedNs) / 1_000_000, log.recovery().framesVerified());
                assertThat(lastOffset).isEqualTo(records - 1);
                assertThat(log.recovery().framesVerified())
                    .isLessThanOrEqualTo(PartitionConfig.DEFAULT_SEGMENT_LENGTH / RECORD);
            }
        }
    }
}
