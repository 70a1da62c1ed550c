/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.testing.FaultyFiles;
import dev.peregrine.core.testing.FaultyFiles.Call;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A log that does everything while the n-th file call of a kind fails, for every n: the error is typed and names the log,
 * what was acknowledged is there, and the log goes on, at the latest when it is opened anew.
 */
@Timeout(300)
class FaultTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int RECORDS = 60;
    private static final int LENGTH = 3_000;

    @TempDir
    private Path directory;

    /** Number of records that were acknowledged. */
    private int acknowledged;
    /** Number of the next record. */
    private int started;

    private static PartitionConfig config(final Path at, final Durability durability) {
        return PartitionConfig.of(at, "faulty/0").withSegmentLength(SEGMENT_LENGTH).withDurability(durability, 0)
            .withStorage(StorageConfig.plain().withCompressionLevel(1).withCompaction(0, 0));
    }

    private void append(final PartitionLog log, final Appender appender, final int records) {
        final RecordOptions options = new RecordOptions();
        started = (int) log.endOffset(); // what failed may be there
        for (int i = 0; i < records; i++) {
            final byte[] key = Integer.toString(started).getBytes(StandardCharsets.US_ASCII);
            options.clear().key(new UnsafeBuffer(key), 0, key.length);
            final int length = started % 20 == 19 ? 4 * LENGTH : LENGTH; // a message of several frames
            final int at = appender.claimMessage(length, options);
            appender.buffer().setMemory(at, length, (byte) started);
            appender.commit(1, 1, 1, started, started);
            acknowledged = ++started;
        }
        log.force();
    }

    private static final class Work {
        private final Runnable[] steps;

        Work(final Runnable... steps) {
            this.steps = steps;
        }

        /** Runs each step, whatever befell those before; returns how many failed. */
        int run() {
            int errors = 0;
            for (final Runnable step : steps) {
                try {
                    step.run();
                } catch (final PeregrineException e) {
                    assertThat(e.getMessage()).contains("faulty");
                    errors++;
                }
            }
            return errors;
        }
    }

    private static void maintain(final PartitionLog log) {
        while (log.doMaintenance() > 0) {
            // until nothing is left to do
        }
    }

    private int live(final Path at, final Durability durability, final FaultyFiles files) {
        final PartitionLog log;
        try {
            log = PartitionLog.open(config(at, durability).withFiles(files));
        } catch (final PeregrineException e) {
            return 1;
        }
        try {
            final Appender appender = log.newAppender(1);
            return new Work(
                () -> append(log, appender, RECORDS), log::doHousekeeping, () -> maintain(log),
                () -> log.truncateBeforeOffset(RECORDS / 3), () -> log.backup(at.resolveSibling("copy"), bytes -> { }),
                () -> append(log, appender, RECORDS), () -> maintain(log), log::end).run();
        } finally {
            try {
                log.close();
            } catch (final PeregrineException e) {
                assertThat(e.getMessage()).contains("faulty");
            }
        }
    }

    private void check(final Path at, final Durability durability) {
        try (PartitionLog log = PartitionLog.open(config(at, durability));
            PartitionReader reader = log.newReader(0)) {
            final int[] next = {(int) log.startOffset()};
            while (reader.poll(frame -> {
                assertThat(frame.sequence()).isEqualTo(next[0]++);
                assertThat(frame.buffer().getByte(frame.payloadOffset() + frame.payloadLength() - 1))
                    .isEqualTo((byte) frame.sequence());
            }, 1_000) > 0) {
                // to the end
            }
            assertThat(next[0]).isBetween(acknowledged, started + 1);
            assertThat(log.endOffset()).isEqualTo(next[0]);
            log.verify();
            if (!log.isEnded()) {
                started = next[0];
                try (Appender appender = log.newAppender(1)) {
                    append(log, appender, 3);
                }
                log.end();
            }
            assertThat(log.isEnded()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Call.class)
    void shouldSayWhatFailedAndGoOn(final Call call) {
        final Map<Durability, Integer> errors = new EnumMap<>(Durability.class);
        for (final Durability durability : Durability.values()) {
            int nth = 0;
            boolean struck = true;
            while (struck) {
                nth += 1 + nth / 10;
                acknowledged = 0;
                started = 0;
                final Path at = directory.resolve("faulty-" + durability).resolve("log");
                final FaultyFiles files = new FaultyFiles().failNth(call, nth, "Input/output error");
                errors.merge(durability, live(at, durability, files), Integer::sum);
                struck = files.count(call) >= nth;
                check(at, durability);
                IoUtil.delete(at.getParent().toFile(), false);
            }
            assertThat(nth).as("%s is called", call).isGreaterThan(call == Call.WRITE_ATOMICALLY ? 0 : 1);
        }
    }

    @Test
    void shouldGoOnWithoutBeingOpenedAnewWhenTheDiskHasRoomAgain() {
        final Path at = directory.resolve("faulty").resolve("log");
        final FaultyFiles files = new FaultyFiles();
        try (PartitionLog log = PartitionLog.open(config(at, Durability.SYNC).withFiles(files));
            Appender appender = log.newAppender(1)) {
            append(log, appender, RECORDS);
            for (int round = 0; round < 3; round++) {
                files.diskFull(true);
                final int before = started;
                assertThat(new Work(() -> append(log, appender, 2_000), () -> log.truncateBeforeOffset(started / 2)).run())
                    .isGreaterThan(0);
                assertThat(started).isGreaterThan(before);
                files.heal();
                append(log, appender, RECORDS);
                log.truncateBeforeOffset(started - RECORDS);
            }
        }
        check(at, Durability.SYNC);
    }
}
