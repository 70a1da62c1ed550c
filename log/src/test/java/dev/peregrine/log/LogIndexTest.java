/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogIndexTest {
    private static final int SEGMENT_LENGTH = 256 << 10;
    private static final int RECORDS = 20_000;

    @TempDir
    private Path directory;

    /** Position of each record, and its time; the number is the index. */
    private final List<Long> positions = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    /** Highest transaction id up to each record. */
    private final List<Long> transactions = new ArrayList<>();
    private final RecordOptions options = new RecordOptions();
    private final SplittableRandom random = new SplittableRandom(1);

    private PartitionConfig config() {
        return PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH);
    }

    private void append(final PartitionLog log, final int count) {
        try (Appender appender = log.newAppender(7)) {
            for (int i = 0; i < count; i++) {
                if (random.nextInt(50) == 0) {
                    appender.claim(random.nextInt(400));
                    appender.abort();
                }
                if (random.nextInt(50) == 0) {
                    appender.claim(random.nextInt(400));
                    appender.commit(1, 1, 0, Long.MAX_VALUE, 0, FrameDescriptor.FLAG_CONTROL);
                }
                final int number = positions.size();
                final long time = 10L * number + random.nextInt(300); // not in order
                final boolean inTransaction = random.nextInt(3) == 0;
                final long transaction = number / 5 * 10L;
                transactions.add(Math.max(inTransaction ? transaction : FrameExtension.NO_TRANSACTION_ID,
                    number == 0 ? FrameExtension.NO_TRANSACTION_ID : transactions.get(number - 1)));
                final int length = 8 + random.nextInt(200);
                final int at = inTransaction
                    ? appender.claim(length, options.clear().transactionId(transaction)) : appender.claim(length);
                appender.buffer().putLong(at, number);
                positions.add(appender.claimPosition());
                times.add(time);
                appender.commit(100, 1, 0, time, number);
            }
        }
    }

    private void check(final PartitionLog log, final int first) {
        assertThat(log.startOffset()).isEqualTo(first);
        assertThat(log.endOffset()).isEqualTo(positions.size());
        assertThat(log.lastOffset()).isEqualTo(positions.size() - 1);
        try (PartitionReader reader = log.newReader(0)) {
            for (int i = 0; i < 60; i++) {
                final int number = first + random.nextInt(positions.size() - first);
                reader.seekToOffset(number);
                checkNext(reader, number);
                reader.seek(positions.get(number));
                assertThat(reader.offset()).isEqualTo(number);
                checkNext(reader, number);
                assertThat(log.positionOfOffset(number)).isEqualTo(positions.get(number));
                assertThat(log.offsetOf(positions.get(number))).isEqualTo(number);

                final long time = times.get(number) + random.nextInt(3) - 1;
                int expected = first;
                while (expected < times.size() && times.get(expected) < time) {
                    expected++;
                }
                reader.seekToTimestamp(time);
                assertThat(reader.offset()).isEqualTo(expected);
                if (expected < times.size()) {
                    checkNext(reader, expected);
                    assertThat(log.positionOfTimestamp(time)).isEqualTo(positions.get(expected));
                }

                final long transaction = transactions.get(number) - random.nextInt(7);
                expected = first;
                while (expected < times.size() && transactions.get(expected) < transaction) {
                    expected++;
                }
                reader.seekToTransactionId(transaction);
                if (expected > first || first == 0) {
                    checkNext(reader, expected);
                }
            }
            assertThat(log.highestTransactionId()).isEqualTo(transactions.get(transactions.size() - 1));
            reader.seekToTransactionId(Long.MAX_VALUE);
            assertThat(reader.offset()).isEqualTo(positions.size());
            reader.seekToOffset(-5);
            checkNext(reader, first);
            reader.seekToTimestamp(Long.MIN_VALUE);
            checkNext(reader, first);
            reader.seekToOffset(positions.size() + 5);
            assertThat(reader.offset()).isEqualTo(positions.size());
            reader.seekToTimestamp(Long.MAX_VALUE);
            assertThat(reader.offset()).isEqualTo(positions.size());
            assertThat(reader.poll(frame -> { }, 1)).isZero();
        }
    }

    /** Reads two, so that the number is known to go on too. */
    private void checkNext(final PartitionReader reader, final int number) {
        final List<Long> read = new ArrayList<>();
        final int polled = reader.poll(frame -> {
            assertThat(frame.offset()).isEqualTo(frame.buffer().getLong(frame.payloadOffset()));
            read.add(frame.offset());
        }, 2);
        assertThat(polled).isEqualTo(Math.min(2, positions.size() - number));
        assertThat(read.get(0)).isEqualTo(number);
        assertThat(reader.offset()).isEqualTo(number + polled);
    }

    private List<Path> indexFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(IndexDescriptor.SUFFIX)).sorted().toList();
        }
    }

    @Test
    void shouldFindRecordsByNumberAndTimeWhileTheLogGrows() {
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(log.lastOffset()).isEqualTo(-1);
            assertThat(log.positionOfOffset(0)).isZero();
            for (int i = 0; i < 5; i++) {
                append(log, RECORDS / 5);
                log.doHousekeeping();
                check(log, 0);
            }
        }
    }

    @Test
    void shouldBeWrittenByHousekeepingAloneAndReadFewFramesLater() throws IOException {
        try (PartitionLog log = PartitionLog.open(config())) {
            append(log, RECORDS);
            for (int i = 0; i < 10; i++) {
                log.doHousekeeping();
            }
            assertThat(indexFiles()).hasSize((int) (log.appendedPosition() / SEGMENT_LENGTH) + 1);
            assertThat(Files.size(indexFiles().get(0))).isEqualTo(IndexDescriptor.entryAt(4));
        }
        try (PartitionLog log = PartitionLog.open(config())) {
            check(log, 0);
            append(log, 100);
            check(log, 0);
        }
    }

    @Test
    void shouldKeepNumbersWhenTheBeginningIsTruncated() throws IOException {
        try (PartitionLog log = PartitionLog.open(config())) {
            append(log, RECORDS);
            try (PartitionReader overtaken = log.newReader(0)) {
                checkNext(overtaken, 0);
                log.truncateBefore(positions.get(RECORDS / 2));
                final int first = firstKept(log);
                assertThat(first).isBetween(RECORDS / 4, RECORDS / 2);
                check(log, first);
                final long[] last = {0};
                while (overtaken.poll(frame -> {
                    assertThat(frame.offset()).isEqualTo(frame.buffer().getLong(frame.payloadOffset()));
                    last[0] = frame.offset();
                }, 1_000) > 0) {
                    // to the end
                }
                assertThat(last[0]).isEqualTo(RECORDS - 1);
            }
        }
        for (final Path file : indexFiles()) {
            Files.delete(file);
        }
        try (PartitionLog log = PartitionLog.open(config())) {
            check(log, firstKept(log));
            log.truncateBefore(log.appendedPosition());
            check(log, firstKept(log));
        }
    }

    @Test
    void shouldTruncateUpToASegmentThatHoldsNoRecordYet() {
        try (PartitionLog log = PartitionLog.open(config()); Appender open = log.newAppender(1)) {
            append(log, RECORDS / 4);
            final long border = log.startPosition() + (log.appendedPosition() / SEGMENT_LENGTH + 1) * SEGMENT_LENGTH;
            long claimed = 0;
            while (claimed < border) {
                open.claim(1_000);
                claimed = open.claimPosition();
                if (claimed < border) {
                    open.abort();
                }
            }
            assertThat(claimed).isGreaterThan(border); // padding lies between them
            log.truncateBefore(log.appendedPosition());
            assertThat(log.startPosition()).isEqualTo(border);
            assertThat(log.startOffset()).isEqualTo(positions.size());
            open.abort();
            append(log, 100);
            check(log, positions.size() - 100);
        }
        try (PartitionLog log = PartitionLog.open(config())) {
            check(log, positions.size() - 100);
        }
    }

    @Test
    void shouldTruncateToTheLastSegmentWhereTheNextIsNotMadeYet() {
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(1)) {
            while (log.appendedPosition() < SEGMENT_LENGTH) {
                appender.claim(SEGMENT_LENGTH / 16 - FrameDescriptor.HEADER_LENGTH);
                appender.commit(1, 1, 0, 1, 0);
            }
            log.truncateBefore(SEGMENT_LENGTH);
            assertThat(log.startPosition()).isIn(0L, (long) SEGMENT_LENGTH);
            assertThat(log.endOffset()).isEqualTo(16);
        }
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(log.endOffset()).isEqualTo(16);
        }
    }

    @Test
    void shouldRefuseALogWhoseBeginningIsNotTheOneThatWasNoted() throws IOException {
        try (PartitionLog log = PartitionLog.open(config())) {
            append(log, RECORDS);
            log.truncateBefore(positions.get(RECORDS / 2));
        }
        final Path mark = directory.resolve(StartMark.FILE_NAME);
        final byte[] noted = Files.readAllBytes(mark);
        for (int i = 0; i < noted.length; i++) {
            final byte[] flipped = noted.clone();
            flipped[i] ^= 16;
            Files.write(mark, flipped);
            assertThatThrownBy(() -> PartitionLog.open(config())).hasMessageContaining(StartMark.FILE_NAME);
        }
        Files.delete(mark);
        assertThatThrownBy(() -> PartitionLog.open(config())).hasMessageContaining("misses the segment at position 0");
        Files.write(mark, noted);
        final Path first = directory.resolve(SegmentDescriptor.fileName(StartMark.read(directory).position()));
        Files.move(first, first.resolveSibling("away"));
        assertThatThrownBy(() -> PartitionLog.open(config())).hasMessageContaining("misses the segment");
    }

    private int firstKept(final PartitionLog log) {
        int first = 0;
        while (positions.get(first) < log.startPosition()) {
            first++;
        }
        return first;
    }

    @ParameterizedTest
    @ValueSource(strings = {"all deleted", "one deleted", "cut", "header", "flipped", "old"})
    void shouldBeMadeAgainWhenMissingOrDamaged(final String how) throws IOException {
        try (PartitionLog log = PartitionLog.open(config())) {
            append(log, RECORDS);
            check(log, 0);
        }
        final List<Path> files = indexFiles();
        assertThat(files).hasSizeGreaterThan(4);
        switch (how) {
            case "all deleted" -> {
                for (final Path file : files) {
                    Files.delete(file);
                }
            }
            case "one deleted" -> Files.delete(files.get(2));
            case "old" -> Files.copy(files.get(1), files.get(2), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            default -> damageEach(files, how);
        }
        try (PartitionLog log = PartitionLog.open(config())) {
            check(log, 0);
            append(log, 100);
            check(log, 0);
        }
    }

    private static void damageEach(final List<Path> files, final String how) throws IOException {
        for (int i = 0; i < files.size(); i++) {
            try (RandomAccessFile file = new RandomAccessFile(files.get(i).toFile(), "rw")) {
                if ("cut".equals(how)) {
                    file.setLength(file.length() - 1 - i);
                } else {
                    file.seek("header".equals(how) ? 9 : file.length() - 30);
                    final int was = file.read();
                    file.seek(file.getFilePointer() - 1);
                    file.write(was ^ 4);
                }
            }
        }
    }

    @Test
    void shouldTellNoNumberBehindAnOpenClaim() {
        try (PartitionLog log = PartitionLog.open(config()); Appender open = log.newAppender(1)) {
            append(log, 10);
            open.claim(50);
            final long hole = open.claimPosition();
            append(log, 10);
            try (PartitionReader reader = log.newReader(positions.get(15))) {
                assertThat(log.endOffset()).isEqualTo(10);
                assertThat(log.offsetOf(hole)).isEqualTo(10);
                assertThat(reader.offset()).isNegative();
                assertThat(reader.poll(frame -> assertThat(frame.offset()).isNegative(), 10)).isEqualTo(5);
                open.abort();
                reader.seek(positions.get(15));
                checkNext(reader, 15);
            }
            check(log, 0);
        }
    }
}
