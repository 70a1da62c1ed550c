/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.DiskFullException;
import dev.peregrine.core.error.TransactionIdOutOfOrderException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TryClaimTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int FRAME = SEGMENT_LENGTH / 8 - FrameDescriptor.HEADER_LENGTH;
    private static final int LONGEST = 700;

    @TempDir
    private Path directory;

    private final FaultyFiles files = new FaultyFiles();

    private PartitionLog open() {
        return PartitionLog.open(
            PartitionConfig.of(directory, "try/0").withSegmentLength(SEGMENT_LENGTH).withFiles(files));
    }

    /** Appends until there is no room; returns the next sequence. */
    private static long fill(final Appender appender, final long producer, final long from) {
        long sequence = from;
        while (true) {
            final int length = Records.length(producer, sequence, LONGEST);
            final int at = appender.tryClaim(length, null);
            if (at == Appender.NO_ROOM) {
                return sequence;
            }
            Records.write(appender, at, producer, sequence, length);
            appender.commit(7, 9, producer ^ sequence, sequence, sequence);
            sequence++;
        }
    }

    @Test
    void shouldTakeWhatIsAllocatedAndNoMore() {
        try (PartitionLog log = open(); Appender appender = log.newAppender(1)) {
            assertThat(fill(appender, 1, 0)).isZero();
            assertThat(log.appendedPosition()).isZero();
            log.doHousekeeping();
            final long first = fill(appender, 1, 0);
            assertThat(log.appendedPosition()).isBetween(SEGMENT_LENGTH - 1_000L, (long) SEGMENT_LENGTH);
            files.full(true);
            assertThatThrownBy(log::doHousekeeping).isInstanceOf(DiskFullException.class);
            assertThat(fill(appender, 1, first)).isEqualTo(first);
            assertThat(appender.tryClaim(5 * FRAME, null)).isEqualTo(Appender.NO_ROOM);
            files.full(false);
            while (log.doHousekeeping() > 0) {
                // allocates ahead
            }
            final long second = fill(appender, 1, first);
            assertThat(second).isGreaterThan(first);
            assertThat(Records.readAll(log, 0, LONGEST)).isEqualTo(Map.of(1L, Records.upTo(second)));
            assertThat(files.allocations()).isEqualTo(4);
        }
    }

    @Test
    void shouldCheckLikeTheBlockingClaim() {
        final RecordOptions options = new RecordOptions().transactionId(5);
        try (PartitionLog log = open(); Appender appender = log.newAppender(1)) {
            while (log.doHousekeeping() > 0) {
                // allocates ahead
            }
            assertThatThrownBy(() -> appender.tryClaim(-1, null)).isInstanceOf(IllegalArgumentException.class);
            appender.tryClaim(FRAME - options.extensionLength(), options);
            assertThatThrownBy(() -> appender.tryClaim(8, null)).isInstanceOf(IllegalStateException.class);
            appender.commit(1, 1, 1, 1, 1);
            options.transactionId(4);
            assertThatThrownBy(() -> appender.tryClaim(8, options))
                .isInstanceOf(TransactionIdOutOfOrderException.class);
            appender.tryClaim(5 * FRAME, options.transactionId(6));
            appender.commit(1, 1, 1, 1, 2);
            assertThat(RawMessages.read(log)).extracting(RawMessages.Message::transactionId).containsExactly(5L, 6L);
        }
    }

    @Test
    @Timeout(120)
    void shouldShareRoomAmongManyWhoTry() throws Exception {
        final int publishers = 3;
        final long count = 2_000;
        final ExecutorService threads = Executors.newFixedThreadPool(publishers);
        try (PartitionLog log = open()) {
            final List<Future<?>> running = new ArrayList<>();
            for (int p = 0; p < publishers; p++) {
                final long producer = p;
                running.add(threads.submit(() -> {
                    try (Appender appender = log.newAppender(producer)) {
                        for (long sequence = 0; sequence < count; sequence++) {
                            final int length = Records.length(producer, sequence, LONGEST);
                            int at;
                            while ((at = appender.tryClaim(length, null)) == Appender.NO_ROOM) {
                                Thread.onSpinWait();
                            }
                            Records.write(appender, at, producer, sequence, length);
                            appender.commit(7, 9, producer ^ sequence, sequence, sequence);
                        }
                    }
                }));
            }
            while (running.stream().anyMatch(future -> !future.isDone())) {
                log.doHousekeeping();
            }
            for (final Future<?> future : running) {
                future.get();
            }
            assertThat(Records.readAll(log, 0, LONGEST)).hasSize(publishers)
                .allSatisfy((producer, sequences) -> assertThat(sequences).isEqualTo(Records.upTo(count)));
        } finally {
            threads.shutdownNow();
        }
    }
}
