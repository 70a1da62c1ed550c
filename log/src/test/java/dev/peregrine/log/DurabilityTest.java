/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.DiskFullException;
import dev.peregrine.core.error.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is durable when, and what publishers meet when forces and allocations fail. */
@Timeout(120)
class DurabilityTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 400;

    @TempDir
    private Path directory;

    private final FaultyFiles files = new FaultyFiles();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private PartitionConfig config(final Durability durability, final long intervalMs) {
        return PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH)
            .withDurability(durability, intervalMs).withFiles(files);
    }

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @Test
    void shouldHaveForcedEachRecordWhenSyncCommitReturns() {
        try (PartitionLog log = PartitionLog.open(config(Durability.SYNC, 0)); Appender appender = log.newAppender(1)) {
            final int before = files.forces();
            for (int i = 0; i < 300; i++) {
                final long end = Records.append(appender, 1, i, LONGEST);
                assertThat(log.durablePosition()).isEqualTo(end);
            }
            assertThat(files.forces() - before).isGreaterThanOrEqualTo(300);
        }
    }

    @Test
    void shouldForceInTheBackgroundUnderInterval() {
        try (PartitionLog log = PartitionLog.open(config(Durability.INTERVAL, 0));
            Appender appender = log.newAppender(1)) {
            final long end = Records.append(appender, 1, 0, LONGEST);
            assertThat(log.durablePosition()).isZero();
            while (log.doHousekeeping() > 0) {
                // allocates ahead, then forces
            }
            assertThat(log.durablePosition()).isEqualTo(end);
        }
    }

    @Test
    void shouldForceOnlyWhenAskedUnderOs() {
        try (PartitionLog log = PartitionLog.open(config(Durability.OS, 0)); Appender appender = log.newAppender(1)) {
            final long end = Records.append(appender, 1, 0, LONGEST);
            while (log.doHousekeeping() > 0) {
                // allocates ahead
            }
            assertThat(log.durablePosition()).isZero();
            assertThat(files.forces()).isZero();
            log.force();
            assertThat(log.durablePosition()).isEqualTo(end);
            assertThat(files.forces()).isEqualTo(1);
        }
    }

    @Test
    void shouldNotCallDurableWhatLiesBehindAnOpenClaim() {
        try (PartitionLog log = PartitionLog.open(config(Durability.INTERVAL, 0));
            Appender slow = log.newAppender(1); Appender quick = log.newAppender(2)) {
            final long before = Records.append(quick, 2, 0, LONGEST);
            slow.claim(16);
            final long end = Records.append(quick, 2, 1, LONGEST);
            log.force();
            assertThat(log.durablePosition()).isEqualTo(before);
            slow.abort();
            log.force();
            assertThat(log.durablePosition()).isEqualTo(end);
        }
    }

    @Test
    void shouldRefuseToWaitForWhatNobodyHasClaimed() {
        try (PartitionLog log = PartitionLog.open(config(Durability.OS, 0)); Appender appender = log.newAppender(1)) {
            final long end = Records.append(appender, 1, 0, LONGEST);
            assertThatThrownBy(() -> log.awaitDurable(end + 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it ends at " + end);
            log.awaitDurable(end);
            assertThat(log.durablePosition()).isEqualTo(end);
        }
    }

    @Test
    void shouldWaitBehindAnOpenClaimInSpiteOfAnInterrupt() throws Exception {
        try (PartitionLog log = PartitionLog.open(config(Durability.OS, 0));
            Appender slow = log.newAppender(1); Appender quick = log.newAppender(2)) {
            slow.claim(16);
            final long end = Records.append(quick, 2, 0, LONGEST);
            final CountDownLatch started = new CountDownLatch(1);
            final Future<Boolean> waiting = threads.submit(() -> {
                Thread.currentThread().interrupt();
                started.countDown();
                log.awaitDurable(end);
                return Thread.currentThread().isInterrupted();
            });
            started.await();
            slow.abort();
            assertThat(waiting.get()).isTrue();
            assertThat(log.durablePosition()).isEqualTo(end);
        }
    }

    @Test
    void shouldForceWhatIsKeptAfterTruncation() {
        try (PartitionLog log = PartitionLog.open(config(Durability.OS, 0)); Appender appender = log.newAppender(1)) {
            long end = 0;
            for (int i = 0; i < 2_000; i++) {
                end = Records.append(appender, 1, i, LONGEST);
            }
            log.truncateBefore(end);
            assertThat(log.startPosition()).isPositive();
            log.force();
            assertThat(files.forces()).isPositive();
            assertThat(log.durablePosition()).isEqualTo(end);
        }
    }

    @Test
    void shouldShareForcesAmongPublishersThatWaitTogether() throws Exception {
        final int publishers = 4;
        final CountDownLatch firstForce = new CountDownLatch(1);
        final CountDownLatch allCommitted = new CountDownLatch(1);
        final int[] calls = {0};
        final PartitionConfig slow = config(Durability.SYNC, 0).withFiles(new dev.peregrine.core.files.SystemFiles() {
            @Override
            public void force(final java.nio.MappedByteBuffer buffer, final int offset, final int lengthBytes)
                throws java.io.IOException {
                calls[0]++; // one thread forces at a time
                firstForce.countDown();
                try {
                    allCommitted.await();
                } catch (final InterruptedException e) {
                    throw new java.io.IOException(e);
                }
                super.force(buffer, offset, lengthBytes);
            }
        });
        try (PartitionLog log = PartitionLog.open(slow)) {
            final List<Future<?>> running = new ArrayList<>();
            for (int p = 0; p < publishers; p++) {
                final long producer = p;
                running.add(threads.submit(() -> {
                    try (Appender appender = log.newAppender(producer)) {
                        Records.append(appender, producer, 0, LONGEST);
                    }
                }));
            }
            firstForce.await();
            // the first force waits until every publisher has committed: the second serves all who came too late for it
            long bytes = 0;
            for (long producer = 0; producer < publishers; producer++) {
                bytes += FrameDescriptor.alignedLength(Records.length(producer, 0, LONGEST));
            }
            try (PartitionReader reader = log.newReader(0)) {
                while (reader.position() < bytes) {
                    reader.poll(frame -> { }, 10);
                }
            }
            allCommitted.countDown();
            for (final Future<?> future : running) {
                future.get();
            }
            assertThat(calls[0]).isBetween(1, 2);
            assertThat(log.durablePosition()).isEqualTo(bytes);
        }
    }

    @Test
    void shouldStopForGoodAtFailedForce() {
        final PartitionLog log = PartitionLog.open(config(Durability.SYNC, 0));
        final Appender appender = log.newAppender(1);
        final long durable = Records.append(appender, 1, 0, LONGEST);
        files.forceFails(true);
        assertThatThrownBy(() -> Records.append(appender, 1, 1, LONGEST)).isInstanceOf(StorageException.class)
            .hasMessageContaining("force");
        files.forceFails(false);
        final int forces = files.forces();
        assertThatThrownBy(() -> Records.append(appender, 1, 2, LONGEST)).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> log.newAppender(2)).isInstanceOf(StorageException.class);
        assertThatThrownBy(log::force).isInstanceOf(StorageException.class);
        log.doHousekeeping();
        assertThat(log.durablePosition()).isEqualTo(durable);
        assertThat(Records.readAll(log, 0, LONGEST).get(1L)).startsWith(0L); // readers go on
        appender.close();
        log.close();
        assertThat(files.forces()).isEqualTo(forces);
        try (PartitionLog reopened = PartitionLog.open(config(Durability.SYNC, 0));
            Appender again = reopened.newAppender(1)) {
            assertThat(reopened.lastSequence(1)).isEqualTo(1); // the force failed, the record itself is whole
            final long end = Records.append(again, 1, 2, LONGEST);
            assertThat(reopened.durablePosition()).isEqualTo(end);
        }
    }

    @Test
    void shouldNotForceAgainInTheBackgroundAfterFailedForce() {
        final PartitionLog log = PartitionLog.open(config(Durability.INTERVAL, 0));
        try (Appender appender = log.newAppender(1)) {
            Records.append(appender, 1, 0, LONGEST);
            files.forceFails(true);
            assertThatThrownBy(() -> {
                while (log.doHousekeeping() > 0) {
                    // allocates ahead, then forces
                }
            }).isInstanceOf(StorageException.class);
            files.forceFails(false);
            log.doHousekeeping();
            assertThat(log.durablePosition()).isZero();
        }
        log.close();
    }

    @Test
    void shouldCloseAllWhenTheLastForceFails() {
        final PartitionLog log = PartitionLog.open(config(Durability.INTERVAL, 0));
        try (Appender appender = log.newAppender(1)) {
            Records.append(appender, 1, 0, LONGEST);
        }
        files.forceFails(true);
        assertThatThrownBy(log::close).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> log.newReader(0).poll(frame -> { }, 1))
            .isInstanceOf(dev.peregrine.core.error.ClosedException.class);
        files.forceFails(false);
        PartitionLog.open(config(Durability.INTERVAL, 0)).close();
    }

    @Test
    void shouldLetAllPublishersGoOnAfterSpaceWasFreed() throws Exception {
        final int publishers = 3;
        final int each = 3_000;
        final CountDownLatch allMetFullDisk = new CountDownLatch(publishers);
        final CountDownLatch freed = new CountDownLatch(1);
        try (PartitionLog log = PartitionLog.open(config(Durability.OS, 0))) {
            final List<Future<?>> running = new ArrayList<>();
            files.failAllocations(3, Integer.MAX_VALUE);
            for (int p = 0; p < publishers; p++) {
                final long producer = p;
                running.add(threads.submit(() -> {
                    boolean met = false;
                    try (Appender appender = log.newAppender(producer)) {
                        for (long i = 0; i < each; i++) {
                            try {
                                Records.append(appender, producer, i, LONGEST);
                            } catch (final StorageException e) {
                                if (met) {
                                    throw e;
                                }
                                met = true;
                                allMetFullDisk.countDown();
                                freed.await();
                                i--;
                            }
                        }
                    }
                    return null;
                }));
            }
            allMetFullDisk.await();
            assertThat(Records.readAll(log, 0, LONGEST)).isNotEmpty(); // readers go on
            files.failAllocations(Integer.MAX_VALUE, Integer.MAX_VALUE);
            freed.countDown();
            for (final Future<?> future : running) {
                future.get();
            }
            assertThat(Records.readAll(log, 0, LONGEST)).hasSize(publishers)
                .allSatisfy((producer, sequences) -> assertThat(sequences).isEqualTo(Records.upTo(each)));
        }
    }

    @Test
    void shouldSurviveAnyFailedAllocation() {
        for (int n = 1; n <= 6; n++) {
            final FaultyFiles faulty = new FaultyFiles();
            faulty.failAllocations(n, n + 1);
            final PartitionConfig config = PartitionConfig.of(directory.resolve("n" + n), "n" + n)
                .withSegmentLength(SEGMENT_LENGTH).withFiles(faulty);
            int failed = 0;
            try (PartitionLog log = PartitionLog.open(config); Appender appender = log.newAppender(1)) {
                for (long i = 0; i < 2_000; i++) {
                    try {
                        Records.append(appender, 1, i, LONGEST);
                    } catch (final StorageException e) {
                        failed++;
                        i--;
                    }
                }
                assertThat(failed).isEqualTo(1);
                assertThat(Records.readAll(log, 0, LONGEST).get(1L)).isEqualTo(Records.upTo(2_000));
            }
            try (PartitionLog log = PartitionLog.open(config)) {
                assertThat(log.recovery().isClean()).isTrue();
                assertThat(Records.readAll(log, 0, LONGEST).get(1L)).isEqualTo(Records.upTo(2_000));
            }
        }
    }

    @Test
    void shouldForceAlthoughTheDiskIsFull() {
        try (PartitionLog log = PartitionLog.open(config(Durability.INTERVAL, 0));
            Appender appender = log.newAppender(1)) {
            final long end = Records.append(appender, 1, 0, LONGEST);
            files.full(true);
            assertThatThrownBy(log::doHousekeeping).isInstanceOf(DiskFullException.class);
            assertThat(log.durablePosition()).isEqualTo(end);
            files.full(false);
        }
    }
}
