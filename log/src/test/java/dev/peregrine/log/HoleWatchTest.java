/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ClaimLostException;
import dev.peregrine.core.files.SystemFiles;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Claims whose publishers are gone, and those whose publishers are only slow. */
@Timeout(120)
class HoleWatchTest {
    private static final long HOUR_MS = 3_600_000;
    private static final int LONGEST = 300;

    @TempDir
    private Path directory;

    private PartitionConfig config(final long timeoutMs) {
        return PartitionConfig.of(directory, "test/0").withSegmentLength(64 << 10).withHoleTimeout(timeoutMs);
    }

    private static void inThread(final String name, final Runnable task) throws InterruptedException {
        final Thread thread = new Thread(task, name);
        thread.start();
        thread.join();
    }

    @Test
    void shouldSealClaimOfThreadThatEnded() throws InterruptedException {
        try (PartitionLog log = PartitionLog.open(config(0)); Appender dead = log.newAppender(1, "web");
            Appender other = log.newAppender(2)) {
            inThread("doomed", () -> dead.claim(100));
            Records.append(other, 2, 0, LONGEST);
            assertThat(Records.readAll(log, 0, LONGEST)).isEmpty();
            final Hole hole = log.hole();
            assertThat(hole.position()).isZero();
            assertThat(hole.publisher()).isEqualTo("web");
            assertThat(hole.producerId()).isEqualTo(1);
            assertThat(hole.thread()).isEqualTo("doomed");
            assertThat(hole.ownerGone()).isTrue();
            log.doHousekeeping();
            assertThat(log.hole()).isNull();
            assertThat(Records.readAll(log, 0, LONGEST)).isEqualTo(Map.of(2L, List.of(0L)));
            assertThatThrownBy(() -> dead.commit(7, 9, 1, 0, 0)).isInstanceOf(ClaimLostException.class)
                .hasMessageContaining("test/0").hasMessageContaining("position 0");
            Records.append(dead, 1, 0, LONGEST); // the appender itself goes on
            assertThat(Records.readAll(log, 0, LONGEST)).isEqualTo(Map.of(1L, List.of(0L), 2L, List.of(0L)));
        }
        try (PartitionLog log = PartitionLog.open(config(0))) {
            assertThat(log.recovery().isClean()).isTrue();
            assertThat(log.verify()).isEqualTo(2);
        }
    }

    @Test
    void shouldLeaveSlowPublisherAlone() {
        try (PartitionLog log = PartitionLog.open(config(0)); Appender slow = log.newAppender(1)) {
            final int length = Records.length(1, 0, LONGEST);
            final int at = slow.claim(length);
            for (int i = 0; i < 5; i++) {
                log.doHousekeeping();
            }
            assertThat(log.hole().ownerGone()).isFalse();
            assertThat(log.hole().publisher()).isEqualTo("1");
            Records.write(slow, at, 1, 0, length);
            slow.commit(7, 9, 1, 0, 0);
            assertThat(log.hole()).isNull();
            assertThat(Records.readAll(log, 0, LONGEST)).isEqualTo(Map.of(1L, List.of(0L)));
        }
    }

    @Test
    void shouldWaitForTheTimeBeforeItSeals() throws InterruptedException {
        try (PartitionLog log = PartitionLog.open(config(HOUR_MS)); Appender dead = log.newAppender(1)) {
            inThread("doomed", () -> dead.claim(100));
            log.doHousekeeping();
            assertThat(log.hole().ownerGone()).isTrue();
            dead.commit(7, 9, 1, 0, 0); // taken over in time
            assertThat(log.hole()).isNull();
            assertThat(log.verify()).isEqualTo(1);
        }
    }

    @Test
    void shouldTakeAnotherTimeWhileItIsOpen() throws InterruptedException {
        try (PartitionLog log = PartitionLog.open(config(HOUR_MS)); Appender dead = log.newAppender(1)) {
            inThread("doomed", () -> dead.claim(100));
            log.doHousekeeping();
            assertThat(log.hole()).isNotNull();
            log.adjust(0, log.config().storage());
            log.doHousekeeping();
            assertThat(log.hole()).isNull();
        }
    }

    @Test
    void shouldEndClaimOnceWhenItIsAbortedOrClosedTooLate() throws InterruptedException {
        try (PartitionLog log = PartitionLog.open(config(0)); Appender first = log.newAppender(1);
            Appender second = log.newAppender(2); Appender other = log.newAppender(3)) {
            inThread("doomed", () -> {
                first.claim(100);
                second.claim(200);
            });
            Records.append(other, 3, 0, LONGEST);
            log.doHousekeeping();
            first.abort();
            second.close();
            assertThatThrownBy(first::abort).isInstanceOf(IllegalStateException.class);
            Records.append(first, 1, 0, LONGEST);
            assertThat(Records.readAll(log, 0, LONGEST)).isEqualTo(Map.of(1L, List.of(0L), 3L, List.of(0L)));
            assertThat(log.verify()).isEqualTo(2);
        }
    }

    @Test
    void shouldSealClaimOfAppenderThatWasDropped() {
        try (PartitionLog log = PartitionLog.open(config(0)); Appender other = log.newAppender(2)) {
            claimAndDrop(log);
            Records.append(other, 2, 0, LONGEST);
            while (log.hole() != null) {
                System.gc();
                log.doHousekeeping();
            }
            assertThat(Records.readAll(log, 0, LONGEST)).isEqualTo(Map.of(2L, List.of(0L)));
        }
    }

    private static void claimAndDrop(final PartitionLog log) {
        log.newAppender(1).claim(100);
    }

    @Test
    void shouldSealClaimThatFoundNoSegment() {
        final boolean[] fails = {false};
        final SystemFiles files = new SystemFiles() {
            @Override
            public MappedByteBuffer map(
                final FileChannel channel, final FileChannel.MapMode mode, final long position, final long length)
                throws IOException {
                if (fails[0]) {
                    throw new IOException("Map failed");
                }
                return super.map(channel, mode, position, length);
            }
        };
        try (PartitionLog log = PartitionLog.open(config(0).withFiles(files)); Appender appender = log.newAppender(1)) {
            for (int i = 0; i < 3; i++) {
                log.doHousekeeping();
            }
        }
        try (PartitionLog log = PartitionLog.open(config(0).withFiles(files)); Appender appender = log.newAppender(1)) {
            for (int i = 0; i < 3; i++) {
                log.doHousekeeping();
            }
            final long end;
            try (PartitionReader ignored = log.newReader(0)) {
                end = log.appendedPosition();
                fails[0] = true;
                assertThatThrownBy(() -> {
                    while (true) {
                        Records.append(appender, 1, 0, LONGEST); // until it comes to a segment that is not mapped
                    }
                }).hasMessageContaining("Map failed");
                fails[0] = false;
            }
            assertThat(log.appendedPosition()).isGreaterThan(end);
            log.doHousekeeping();
            assertThat(log.hole()).isNull();
            Records.append(appender, 1, 1, LONGEST);
            assertThat(Records.readAll(log, 0, LONGEST).get(1L)).endsWith(1L);
        }
    }

    @Test
    void shouldReadWhatWasCommittedWhateverDies() throws InterruptedException {
        final SplittableRandom random = new SplittableRandom(7);
        try (PartitionLog log = PartitionLog.open(config(0)); Appender appender = log.newAppender(1)) {
            final long[] next = {0};
            for (int round = 0; round < 300; round++) {
                final boolean dies = random.nextBoolean();
                final boolean sealedFirst = random.nextBoolean();
                inThread("round-" + round, () -> {
                    final int length = Records.length(1, next[0], LONGEST);
                    Records.write(appender, appender.claim(length), 1, next[0], length);
                    if (!dies) {
                        appender.commit(7, 9, 1 ^ next[0], next[0], next[0]);
                    }
                });
                if (sealedFirst) {
                    log.doHousekeeping();
                }
                if (dies && sealedFirst) {
                    assertThatThrownBy(() -> appender.commit(7, 9, 1, 0, 0)).isInstanceOf(ClaimLostException.class);
                } else if (dies) {
                    appender.commit(7, 9, 1 ^ next[0], next[0], next[0]);
                    next[0]++;
                } else {
                    next[0]++;
                }
            }
            assertThat(Records.readAll(log, 0, LONGEST)).isEqualTo(Map.of(1L, Records.upTo(next[0])));
        }
    }
}
