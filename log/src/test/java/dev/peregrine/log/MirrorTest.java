/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.DiskFullException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.testing.FaultyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever one of two disks does, what was reported durable is there. */
class MirrorTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 900;

    @TempDir
    private Path home;
    private final OneDiskFiles files = new OneDiskFiles();

    private Path disk(final String name) {
        return home.resolve(name);
    }

    private PartitionConfig config(final Durability durability) {
        return PartitionConfig.of(disk("first"), "mirrored/0").withSegmentLength(SEGMENT_LENGTH)
            .withDurability(durability, 0).withFiles(files).withMirror(disk("second"));
    }

    private PartitionLog open() {
        return PartitionLog.open(config(Durability.INTERVAL));
    }

    private static void append(final PartitionLog log, final long from, final long to) {
        final Appender appender = log.newAppender(1);
        for (long sequence = from; sequence < to; sequence++) {
            Records.append(appender, 1, sequence, LONGEST);
            if (sequence % 50 == 0) {
                log.doHousekeeping();
            }
        }
    }

    private static void check(final PartitionLog log, final long records) {
        log.verify();
        assertThat(Records.readAll(log, log.startPosition(), LONGEST).get(1L)).isEqualTo(Records.upTo(records));
    }

    private void delete(final Path root) throws IOException {
        try (Stream<Path> found = Files.walk(root)) {
            for (final Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private List<Path> segments(final String disk) throws IOException {
        return FilesFacade.SYSTEM.list(disk(disk)).stream()
            .filter(file -> file.toString().endsWith(".seg")).toList();
    }

    private static void flip(final Path file, final int offset) throws IOException {
        final byte[] bytes = Files.readAllBytes(file);
        bytes[Math.min(offset, bytes.length / 2)] ^= 4;
        Files.write(file, bytes);
    }

    @ParameterizedTest
    @CsvSource({"first,INTERVAL", "second,INTERVAL", "first,OS", "second,OS"})
    void shouldSurviveTheLossOfEitherDirectory(final String lost, final Durability durability) throws IOException {
        try (PartitionLog log = PartitionLog.open(config(durability))) {
            append(log, 0, 1_000);
            if (durability != Durability.OS) {
                log.force();
            } else {
                log.doHousekeeping();
            }
            CrashImage.copy(disk("first"), disk("dead-first")); // as the death of the process leaves them
            CrashImage.copy(disk("second"), disk("dead-second"));
        }
        delete(disk("first"));
        delete(disk("second"));
        Files.move(disk("dead-first"), disk("first"));
        Files.move(disk("dead-second"), disk("second"));
        delete(disk(lost));
        try (PartitionLog log = PartitionLog.open(config(durability))) {
            assertThat(log.recovery().filesRestored()).isPositive();
            assertThat(log.degraded()).isNull();
            check(log, 1_000);
            append(log, 1_000, 1_500);
        }
        delete(disk("first".equals(lost) ? "second" : "first")); // the one made anew holds all by itself
        try (PartitionLog log = PartitionLog.open(config(durability))) {
            check(log, 1_500);
        }
        try (PartitionLog log = PartitionLog.open(config(durability))) {
            assertThat(log.recovery().isClean()).isTrue();
        }
    }

    @Test
    void shouldStartFromTheSecondDirectoryAlone() throws IOException {
        try (PartitionLog log = open()) {
            append(log, 0, 1_000);
            log.truncateBefore(2L * SEGMENT_LENGTH);
        }
        delete(disk("first"));
        try (PartitionLog log = PartitionLog.open(config(Durability.INTERVAL).withMirror(null)
            .withFiles(FilesFacade.SYSTEM).withSegmentLength(SEGMENT_LENGTH))) {
            assertThat(log.appendedPosition()).isZero(); // a new log, which is not what is asked for here
        }
        delete(disk("first"));
        Files.move(disk("second"), disk("first"));
        try (PartitionLog log = PartitionLog.open(config(Durability.INTERVAL).withMirror(null))) {
            assertThat(log.startPosition()).isEqualTo(2L * SEGMENT_LENGTH);
            assertThat(log.lastOffset()).isEqualTo(999);
            log.verify();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"first", "second"})
    void shouldHealFlippedBitsOfTheUnsealedTail(final String damaged) throws IOException {
        final SplittableRandom random = new SplittableRandom(7);
        long records = 0;
        for (int round = 0; round < 10; round++) {
            final int end;
            try (PartitionLog log = open()) {
                append(log, records, records + 30);
                records += 30;
                end = SegmentDescriptor.HEADER_LENGTH + (int) (log.appendedPosition() % SEGMENT_LENGTH);
            }
            final List<Path> found = segments(damaged);
            for (final Path file : found) {
                if (Files.readAllBytes(file)[SegmentDescriptor.SEALED_OFFSET] == 0) {
                    flip(file, random.nextInt(SegmentDescriptor.BASE_POSITION_OFFSET));
                    if (end > SegmentDescriptor.HEADER_LENGTH) {
                        flip(file, SegmentDescriptor.HEADER_LENGTH + FrameDescriptor.LENGTH_OFFSET);
                        flip(file, random.nextInt(SegmentDescriptor.HEADER_LENGTH, end));
                    }
                    break;
                }
            }
            try (PartitionLog log = open()) {
                assertThat(log.recovery().isClean()).isFalse();
                check(log, records);
            }
            assertThat(Files.readAllBytes(segments("first").get(0)))
                .isEqualTo(Files.readAllBytes(segments("second").get(0)));
        }
    }

    @Test
    void shouldHealSingleFramesInPlace() throws IOException {
        try (PartitionLog log = open()) {
            append(log, 0, 60);
        }
        flip(segments("first").get(0), SegmentDescriptor.HEADER_LENGTH + FrameDescriptor.LENGTH_OFFSET + 1);
        flip(segments("first").get(0), SegmentDescriptor.HEADER_LENGTH + 20_000);
        try (PartitionLog log = open()) {
            assertThat(log.recovery().framesRestored()).isEqualTo(2);
            assertThat(log.recovery().cutBytes()).isZero();
            check(log, 60);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHealASealedSegmentInWhichAReaderMetDamage(final boolean compressed) throws IOException {
        final PartitionConfig config = config(Durability.INTERVAL)
            .withStorage(StorageConfig.plain().withCompressionLevel(compressed ? 3 : 0));
        try (PartitionLog log = PartitionLog.open(config)) {
            append(log, 0, 1_000);
            while (log.doMaintenance() > 0) {
                // until all is compressed
            }
        }
        flip(FilesFacade.SYSTEM.list(disk("first")).stream()
            .filter(file -> file.getFileName().toString().matches("0*65536[.]seg.*")).findFirst().orElseThrow(),
            SegmentDescriptor.HEADER_LENGTH + 10_000);
        try (PartitionLog log = PartitionLog.open(config)) {
            assertThatThrownBy(log::verify).isInstanceOf(CorruptDataException.class);
        }
        try (PartitionLog log = PartitionLog.open(config)) {
            assertThat(log.recovery().framesRestored() + log.recovery().filesRestored()).isEqualTo(1);
            check(log, 1_000);
        }
        try (PartitionLog log = PartitionLog.open(config)) {
            assertThat(log.recovery().isClean()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Durability.class, names = {"INTERVAL", "SYNC"})
    void shouldGoOnWithTheFirstDiskAndMakeTheSecondAnew(final Durability durability) throws IOException {
        try (PartitionLog log = PartitionLog.open(config(durability))) {
            append(log, 0, 300);
            files.breakDisk(disk("second"));
            append(log, 300, 400);
            log.force();
            assertThat(log.durablePosition()).isEqualTo(log.appendedPosition());
            assertThat(log.degraded()).contains("second copy").contains("Input/output error");
        }
        final OneDiskFiles replaced = new OneDiskFiles();
        try (PartitionLog log = PartitionLog.open(config(durability).withFiles(replaced))) {
            assertThat(log.degraded()).isNull();
            check(log, 400);
        }
        delete(disk("first"));
        try (PartitionLog log = PartitionLog.open(config(durability).withFiles(replaced))) {
            check(log, 400);
        }
    }

    @Test
    void shouldGoOnWithTheSecondDiskAndMakeTheFirstAnew() throws IOException {
        try (PartitionLog log = open()) {
            append(log, 0, 50);
            log.force();
            CrashImage.copy(disk("first"), disk("outdated"));
            append(log, 50, 60);
            files.breakDisk(disk("first"));
            log.force();
            append(log, 60, 70);
            log.force();
            assertThat(log.durablePosition()).isEqualTo(log.appendedPosition());
            assertThat(log.degraded()).contains("first copy").contains("Input/output error");
        }
        delete(disk("first"));
        Files.move(disk("outdated"), disk("first"));
        try (PartitionLog log = PartitionLog.open(config(Durability.INTERVAL).withFiles(FilesFacade.SYSTEM))) {
            check(log, 70);
        }
    }

    @Test
    void shouldStopWhenBothDisksFail() {
        final PartitionLog log = open();
        append(log, 0, 51);
        log.force();
        final long durable = log.durablePosition();
        append(log, 51, 52);
        files.breakDisk(disk("second"));
        files.breakDisk(disk("first"));
        assertThatThrownBy(log::force).isInstanceOf(StorageException.class);
        assertThat(log.durablePosition()).isEqualTo(durable);
        assertThatThrownBy(() -> append(log, 52, 53)).isInstanceOf(StorageException.class);
        log.close();
    }

    /** A full disk is not a lost one: nothing is given up that comes back with some room. */
    @Test
    void shouldRefusePublishersWhileTheFirstDiskIsFullAndKeepBothCopies() throws IOException {
        try (PartitionLog log = open()) {
            append(log, 0, 50);
            files.fill(disk("first"));
            assertThatThrownBy(() -> append(log, 50, 1_000)).isInstanceOf(DiskFullException.class)
                .hasMessageContaining(disk("first").toString());
            final long there = log.lastSequence(1) + 1;
            check(log, there);
            log.force();
            files.free(disk("first"));
            append(log, there, 1_000);
            log.force();
            assertThat(log.degraded()).isNull();
        }
        for (final String lost : List.of("second", "first")) {
            delete(disk(lost));
            try (PartitionLog log = open()) {
                check(log, 1_000);
            }
        }
    }

    @Test
    void shouldGoOnWhenTheSecondDiskIsFullOrNotThere() throws IOException {
        try (PartitionLog log = open()) {
            append(log, 0, 50);
            files.fill(disk("second"));
            append(log, 50, 1_000);
            log.force();
            assertThat(log.degraded()).contains("No space left");
        }
        files.breakDisk(disk("second"));
        try (PartitionLog log = open()) {
            assertThat(log.degraded()).contains("second copy");
            append(log, 1_000, 1_200);
            log.force();
        }
        try (PartitionLog log = PartitionLog.open(config(Durability.INTERVAL).withFiles(FilesFacade.SYSTEM))) {
            assertThat(log.degraded()).isNull();
            check(log, 1_200);
        }
        delete(disk("first"));
        try (PartitionLog log = PartitionLog.open(config(Durability.INTERVAL).withFiles(FilesFacade.SYSTEM))) {
            check(log, 1_200);
        }
    }

    @Test
    void shouldNotTakeAnythingFromACopyThatIsOutOfDate() throws IOException {
        try (PartitionLog log = open()) {
            append(log, 0, 40);
        }
        CrashImage.copy(disk("first"), disk("early"));
        try (PartitionLog log = open()) {
            append(log, 40, 80); // of which the first disk loses all
        }
        delete(disk("first"));
        Files.move(disk("early"), disk("first"));
        try (PartitionLog log = PartitionLog.open(config(Durability.INTERVAL).withMirror(null))) {
            check(log, 40);
            append(log, 40, 41);
        }
        try (PartitionLog log = open()) {
            check(log, 41);
        }
        delete(disk("first"));
        try (PartitionLog log = open()) {
            check(log, 41);
        }
    }

    @Test
    void shouldMirrorTruncationAndCompression() throws IOException {
        final PartitionConfig config =
            config(Durability.INTERVAL).withStorage(StorageConfig.plain().withCompressionLevel(3));
        final long end;
        try (PartitionLog log = PartitionLog.open(config)) {
            append(log, 0, 1_000);
            log.force();
            log.truncateBefore(2L * SEGMENT_LENGTH);
            while (log.doMaintenance() > 0) {
                // until all is compressed
            }
            end = log.appendedPosition();
            assertThat(log.degraded()).isNull();
            for (final Path file : FilesFacade.SYSTEM.list(disk("first"))) {
                final String name = file.getFileName().toString();
                if (name.endsWith(".zst") || name.equals(StartMark.FILE_NAME)) {
                    assertThat(disk("second").resolve(name)).hasSameBinaryContentAs(file);
                }
            }
            assertThat(segments("second")).hasSameSizeAs(segments("first"));
        }
        delete(disk("first"));
        try (PartitionLog log = PartitionLog.open(config)) {
            assertThat(log.startPosition()).isEqualTo(2L * SEGMENT_LENGTH);
            assertThat(log.appendedPosition()).isEqualTo(end);
            assertThat(log.lastOffset()).isEqualTo(999);
            log.verify();
        }
    }

    /** Until then whoever forces must force the segment, in both. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCountASegmentAsCompressedOnlyWhenBothCopiesHaveTheFile(final boolean truncated) {
        final FaultyFiles faulty = new FaultyFiles();
        try (PartitionLog log = PartitionLog.open(config(Durability.OS).withFiles(faulty)
            .withStorage(StorageConfig.plain().withCompressionLevel(1)))) {
            append(log, 0, 1_000);
            log.doHousekeeping();
            final List<Boolean> counted = new ArrayList<>();
            faulty.delayNth(FaultyFiles.Call.RENAME, 2, () -> { // the second copy of the file gets its name
                counted.add(log.directory().isPacked(0));
                if (truncated) {
                    log.truncateBefore(log.appendedPosition());
                }
            });
            while (log.doMaintenance() > 0) {
                // until all is compressed
            }
            assertThat(counted).containsExactly(false);
            assertThat(log.degraded()).isNull();
            assertThat(disk("second").resolve(SegmentDescriptor.fileName(0))).doesNotExist();
            for (final String disk : List.of("first", "second")) {
                assertThat(Files.exists(disk(disk).resolve(PackedSegmentDescriptor.fileName(0)))).isEqualTo(!truncated);
            }
        }
    }

    /** The forcer finds a segment, is held up, and comes to its copy when it has been compressed or truncated away. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotTakeASegmentThatHasGoneForAFailedDisk(final boolean truncated) {
        try (PartitionLog log = PartitionLog.open(config(Durability.INTERVAL)
            .withStorage(StorageConfig.plain().withCompressionLevel(1)))) {
            append(log, 0, 1_000);
            log.force();
            final Mirror mirror = log.directory().mirror();
            final Segment segment = log.directory().acquire(0);
            if (truncated) {
                log.truncateBefore(2L * SEGMENT_LENGTH);
            } else {
                while (!log.directory().isPacked(0)) {
                    log.doMaintenance();
                }
            }
            assertThat(disk("second").resolve(SegmentDescriptor.fileName(0))).doesNotExist();

            mirror.seal(segment);

            log.directory().release(segment);
            assertThat(log.degraded()).isNull();
        }
    }
}
