/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many publishers and readers at once over the smallest segments, so that every border is met often. */
@Timeout(300)
class LogStressTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int PUBLISHERS = 4;
    private static final int LONGEST = 1_500;

    @TempDir
    private Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean stop = new AtomicBoolean();

    private PartitionConfig config() {
        return PartitionConfig.of(directory, "stress/0").withSegmentLength(SEGMENT_LENGTH);
    }

    @AfterEach
    void stopThreads() {
        stop.set(true);
        threads.shutdownNow();
    }

    private Callable<Void> publisher(
        final PartitionLog log, final long producer, final long count, final boolean abortsSome) {
        return () -> {
            try (Appender appender = log.newAppender(producer)) {
                for (long i = 0; i < count; i++) {
                    if (abortsSome && i % 11 == producer) {
                        appender.claim((int) (i % 700));
                        appender.abort();
                    }
                    Records.append(appender, producer, i, LONGEST);
                }
            }
            return null;
        };
    }

    /** Reads until it has seen so many records of every publisher; fails at the first that is not the expected one. */
    private Callable<Long> tail(final PartitionLog log, final long countEach) {
        return () -> {
            final long[] next = new long[PUBLISHERS];
            long lastPosition = -1;
            final long[] position = {-1};
            try (PartitionReader reader = log.newReader(0)) {
                while (Arrays.stream(next).anyMatch(n -> n < countEach) && !stop.get()) {
                    final int polled = reader.poll(frame -> {
                        Records.check(frame, LONGEST);
                        final int producer = (int) frame.producerId();
                        if (frame.sequence() != next[producer] || frame.position() <= position[0]) {
                            throw new AssertionError("producer " + producer + ": got " + frame.sequence()
                                + ", expected " + next[producer] + " at position " + frame.position());
                        }
                        next[producer]++;
                        position[0] = frame.position();
                    }, 64);
                    if (polled == 0) {
                        Thread.onSpinWait();
                    }
                    lastPosition = reader.position();
                }
            }
            assertThat(next).containsOnly(countEach);
            return lastPosition;
        };
    }

    private void run(final long countEach, final boolean abortsSome) throws Exception {
        try (PartitionLog log = PartitionLog.open(config())) {
            final List<Future<?>> running = new ArrayList<>();
            running.add(threads.submit(tail(log, countEach)));
            running.add(threads.submit(tail(log, countEach)));
            for (long producer = 0; producer < PUBLISHERS; producer++) {
                running.add(threads.submit(publisher(log, producer, countEach, abortsSome)));
            }
            final Future<?> housekeeping = threads.submit(() -> {
                while (!stop.get()) {
                    log.doHousekeeping();
                    Thread.onSpinWait();
                }
            });
            for (final Future<?> future : running) {
                future.get();
            }
            stop.set(true);
            housekeeping.get();
            assertThat(log.verify()).isEqualTo(countEach * PUBLISHERS);
        }
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(log.recovery().isClean()).isTrue();
            assertThat(Records.readAll(log, 0, LONGEST)).hasSize(PUBLISHERS)
                .allSatisfy((producer, sequences) -> assertThat(sequences).isEqualTo(Records.upTo(countEach)));
            for (long producer = 0; producer < PUBLISHERS; producer++) {
                assertThat(log.lastSequence(producer)).isEqualTo(countEach - 1);
            }
        }
    }

    @Test
    void shouldShowEveryRecordOnceAndInOrderToTailingReaders() throws Exception {
        run(8_000, true);
    }

    @Test
    @Tag("long")
    void shouldShowEveryRecordOnceAndInOrderForLong() throws Exception {
        run(300_000, true);
    }

    @Test
    void shouldKeepReadersAliveWhileTheLogIsTruncatedUnderThem() throws Exception {
        final long count = 10_000;
        try (PartitionLog log = PartitionLog.open(config())) {
            final AtomicLong reached = new AtomicLong();
            final Future<?> publishing = threads.submit(publisher(log, 0, count, false));
            final Future<Long> reading = threads.submit(() -> {
                final long[] last = {-1};
                try (PartitionReader reader = log.newReader(0)) {
                    while (last[0] < count - 1) {
                        reader.poll(frame -> {
                            Records.check(frame, LONGEST);
                            if (frame.sequence() <= last[0]) {
                                throw new AssertionError(frame.sequence() + " after " + last[0]);
                            }
                            last[0] = frame.sequence();
                        }, 50);
                        reached.set(reader.position());
                    }
                }
                return last[0];
            });
            // the laggard: its segments are taken away again and again
            final Future<Long> lagging = threads.submit(() -> {
                final long[] last = {-1};
                try (PartitionReader reader = log.newReader(0)) {
                    while (last[0] < count - 1) {
                        reader.poll(frame -> {
                            Records.check(frame, LONGEST);
                            last[0] = frame.sequence();
                        }, 1);
                        log.truncateBefore(reached.get());
                    }
                }
                return last[0];
            });
            publishing.get();
            assertThat(reading.get()).isEqualTo(count - 1);
            assertThat(lagging.get()).isEqualTo(count - 1);
            assertThat(log.startPosition()).isPositive();
        }
    }
}
