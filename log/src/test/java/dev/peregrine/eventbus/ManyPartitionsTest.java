/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Partitions that nobody uses cost neither threads nor segments, whatever the segment length. */
class ManyPartitionsTest {
    private static final int PER_STREAM = 500;
    private static final int USED_SEGMENT_LENGTH = 64 << 10;

    @TempDir
    private Path directory;

    private void openAll(final int streams) {
        final int threads = Thread.activeCount();
        for (int opening = 0; opening < 2; opening++) {
            try (EventBus bus = EventBus.open(directory, FilesFacade.SYSTEM)) {
                for (int i = 0; i < streams; i++) {
                    bus.provision(StreamConfig.of("idle-" + i).withPartitions(PER_STREAM));
                }
                bus.provision(StreamConfig.of("used").withSegmentLength(USED_SEGMENT_LENGTH));
                try (Publisher publisher = bus.publisher("used", "one")) {
                    publisher.publish(1, 1, 1, 1, new UnsafeBuffer(new byte[8]), 0, 8);
                }
                while (bus.doHousekeeping() > 0) {
                    // until all is allocated that is wanted
                }
                for (int i = 0; i < streams; i++) {
                    for (int partition = 0; partition < PER_STREAM; partition++) {
                        assertThat(bus.stream("idle-" + i).partition(partition).diskBytes()).isZero();
                    }
                }
                assertThat(bus.stream("used").partition(0).diskBytes()).isGreaterThan(2 * USED_SEGMENT_LENGTH);
                assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
            }
        }
    }

    @Test
    void shouldOpenFiveHundredPartitionsWithoutThreadsOrSegments() {
        openAll(1);
    }

    @Test
    @Tag("long")
    void shouldOpenTenThousandPartitionsWithoutThreadsOrSegments() {
        openAll(20);
    }
}
