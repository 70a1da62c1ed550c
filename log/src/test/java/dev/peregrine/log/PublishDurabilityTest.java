/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Durability of single publishes, and futures of it. */
class PublishDurabilityTest {
    private static final long DAY_MS = 24L * 60 * 60 * 1_000;
    private static final int FRAME = FrameDescriptor.alignedLength(8);

    @TempDir
    private Path directory;

    private final FaultyFiles files = new FaultyFiles();
    private final RecordOptions options = new RecordOptions();

    private PartitionLog open(final Durability durability, final long intervalMs) {
        return PartitionLog.open(PartitionConfig.of(directory, "test/0").withSegmentLength(64 << 10)
            .withDurability(durability, intervalMs).withFiles(files));
    }

    private static void housekeeping(final PartitionLog log) {
        while (log.doHousekeeping() > 0) {
            // allocates ahead, forces, completes
        }
    }

    private long append(final Appender appender, final Durability durability) {
        appender.claim(8, options.clear().durability(durability));
        return appender.commit(1, 1, 1, 1, 1);
    }

    @Test
    void shouldForceStrongerRecordOfOsStream() {
        try (PartitionLog log = open(Durability.OS, 0); Appender appender = log.newAppender(1)) {
            append(appender, null);
            assertThat(files.forces()).isZero();
            final long end = append(appender, Durability.SYNC);
            assertThat(log.durablePosition()).isEqualTo(end);
            append(appender, null); // the override was of one record
            appender.claim(8);
            appender.commit(1, 1, 1, 1, 1);
            assertThat(log.durablePosition()).isEqualTo(end);
            final long later = append(appender, Durability.INTERVAL);
            assertThat(log.durablePosition()).isEqualTo(end);
            housekeeping(log);
            assertThat(log.durablePosition()).isEqualTo(later);
        }
    }

    @Test
    void shouldNotWaitForWeakerRecordOfSyncStream() {
        try (PartitionLog log = open(Durability.SYNC, 0); Appender appender = log.newAppender(1)) {
            final int before = files.forces();
            append(appender, Durability.OS);
            housekeeping(log);
            assertThat(files.forces()).isEqualTo(before);
            final long second = append(appender, Durability.INTERVAL);
            assertThat(files.forces()).isEqualTo(before);
            housekeeping(log);
            assertThat(log.durablePosition()).isEqualTo(second);
            assertThat(append(appender, null)).isEqualTo(log.durablePosition());
            appender.claim(8, options.durability(Durability.OS));
            appender.abort();
            appender.claim(8);
            assertThat(appender.commit(1, 1, 1, 1, 1)).isEqualTo(log.durablePosition());
        }
    }

    @Test
    void shouldCarryDurabilityOfBatchesAndLongMessages() {
        try (PartitionLog log = open(Durability.OS, 0); Appender appender = log.newAppender(1)) {
            final RecordBatch batch = new RecordBatch(1_000);
            batch.add(1, 1, 1, 1, new UnsafeBuffer(new byte[8]), 0, 8);
            appender.append(batch, 0, 0);
            assertThat(log.durablePosition()).isZero();
            long end = appender.append(batch.durability(Durability.SYNC), 0, 0);
            assertThat(log.durablePosition()).isEqualTo(end);
            appender.claimMessage(100_000, options.durability(Durability.SYNC));
            end = appender.commit(1, 1, 1, 1, 1);
            assertThat(log.durablePosition()).isEqualTo(end);
            appender.claimMessage(100_000, null);
            appender.commit(1, 1, 1, 1, 1);
            assertThat(log.durablePosition()).isEqualTo(end);
        }
    }

    @Test
    void shouldCompleteFuturesWithOneForce() throws Exception {
        try (PartitionLog log = open(Durability.OS, DAY_MS); Appender appender = log.newAppender(1)) {
            final List<CompletableFuture<Long>> futures = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                futures.add(0, log.whenDurable(append(appender, null)));
            }
            final CompletableFuture<Long> later = log.whenDurable(101 * FRAME);
            assertThat(futures).noneMatch(CompletableFuture::isDone);
            housekeeping(log);
            assertThat(files.forces()).isEqualTo(1);
            for (final CompletableFuture<Long> future : futures) {
                assertThat(future.get()).isEqualTo(100 * FRAME);
            }
            assertThat(later).isNotDone();
            assertThat(log.whenDurable(5)).isCompletedWithValue(100L * FRAME);
            append(appender, null);
            housekeeping(log);
            assertThat(later).isCompletedWithValue(101L * FRAME);
        }
    }

    @Test
    void shouldLeaveFuturesToTheIntervalWhereThereIsOne() {
        try (PartitionLog log = open(Durability.INTERVAL, DAY_MS); Appender appender = log.newAppender(1)) {
            final CompletableFuture<Long> future = log.whenDurable(append(appender, null));
            housekeeping(log);
            assertThat(future).isNotDone();
            final long end = append(appender, Durability.SYNC);
            assertThat(future).isNotDone();
            housekeeping(log);
            assertThat(future).isCompletedWithValue(end);
        }
    }

    @Test
    void shouldFailFuturesWhenForceFails() {
        try (PartitionLog log = open(Durability.OS, 0); Appender appender = log.newAppender(1)) {
            final CompletableFuture<Long> future = log.whenDurable(append(appender, null));
            files.forceFails(true);
            assertThatThrownBy(log::doHousekeeping).isInstanceOf(StorageException.class);
            assertThatThrownBy(future::get).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StorageException.class);
            assertThatThrownBy(() -> log.whenDurable(FRAME).get()).hasCauseInstanceOf(StorageException.class);
        }
    }

    @Test
    void shouldEndFuturesAtClose() {
        final CompletableFuture<Long> reached;
        final CompletableFuture<Long> missed;
        try (PartitionLog log = open(Durability.INTERVAL, DAY_MS); Appender appender = log.newAppender(1)) {
            reached = log.whenDurable(append(appender, null));
            missed = log.whenDurable(10 * FRAME);
        }
        assertThat(reached).isCompletedWithValue((long) FRAME);
        assertThatThrownBy(missed::get).hasCauseInstanceOf(ClosedException.class);
    }

    @Test
    void shouldForceForItselfWhereTooManyWait() {
        try (PartitionLog log = open(Durability.OS, 0); Appender appender = log.newAppender(1)) {
            final long end = append(appender, null);
            for (int i = 0; i < DurableWaiters.CAPACITY; i++) {
                assertThat(log.whenDurable(end)).isNotDone();
            }
            assertThat(log.whenDurable(end)).isCompletedWithValue(end);
        }
    }
}
