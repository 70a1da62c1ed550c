/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.testing.FaultyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sealed segments are compressed behind everybody's back, and read as if they were not. */
class CompressionTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 700;
    private static final int RECORDS = 1_000;

    @TempDir
    private Path directory;
    private final UnpackedSegments unpacked = new UnpackedSegments(2 * SEGMENT_LENGTH);

    private PartitionConfig config(final FilesFacade files) {
        return PartitionConfig.of(directory, "packed/0").withSegmentLength(SEGMENT_LENGTH).withFiles(files)
            .withStorage(StorageConfig.plain().withCompressionLevel(3).withUnpacked(unpacked));
    }

    private PartitionLog open() {
        return PartitionLog.open(config(FilesFacade.SYSTEM));
    }

    private static void append(final PartitionLog log, final long from, final long to) {
        try (Appender appender = log.newAppender(1)) {
            for (long sequence = from; sequence < to; sequence++) {
                Records.append(appender, 1, sequence, LONGEST);
            }
        }
    }

    private static void maintain(final PartitionLog log) {
        while (log.doMaintenance() > 0) {
            // until nothing is left to do
        }
    }

    private List<Path> files(final String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private static List<Long> read(final PartitionLog log) {
        return Records.readAll(log, 0, LONGEST).getOrDefault(1L, List.of());
    }

    @Test
    void shouldReplaceSealedSegmentsOnly() throws IOException {
        try (PartitionLog log = open()) {
            append(log, 0, RECORDS);
            final long before = log.diskBytes();
            final long active = log.appendedPosition() / SEGMENT_LENGTH;
            maintain(log);
            assertThat(active).isGreaterThan(3);
            assertThat(files(PackedSegmentDescriptor.SUFFIX)).hasSize((int) active);
            assertThat(log.diskBytes()).isLessThan(before).isEqualTo(bytesOnDisk());
            assertThat(read(log)).isEqualTo(Records.upTo(RECORDS));
        }
    }

    private long bytesOnDisk() throws IOException {
        long bytes = 0;
        for (final Path file : files(".seg")) {
            bytes += Files.size(file);
        }
        for (final Path file : files(PackedSegmentDescriptor.SUFFIX)) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    @Test
    void shouldGoOnAfterOpeningAnewWithoutUnpackingAnything() {
        try (PartitionLog log = open()) {
            append(log, 0, RECORDS);
            maintain(log);
        }
        try (PartitionLog log = open()) {
            assertThat(unpacked.bytes()).isZero();
            assertThat(log.recovery().isClean()).isTrue();
            assertThat(log.lastSequence(1)).isEqualTo(RECORDS - 1);
            append(log, RECORDS, 2 * RECORDS);
            maintain(log);
            assertThat(read(log)).isEqualTo(Records.upTo(2 * RECORDS));
            assertThat(log.verify()).isGreaterThanOrEqualTo(2 * RECORDS);
        }
        assertThat(unpacked.bytes()).as("memory given back").isZero();
    }

    @Test
    void shouldShareUnpackedSegmentsAndKeepWithinTheBoundWhenNobodyReads() {
        try (PartitionLog log = open()) {
            append(log, 0, RECORDS);
            maintain(log);
            final List<PartitionReader> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                final PartitionReader reader = log.newReader(0);
                reader.poll(frame -> { }, 1);
                readers.add(reader);
            }
            final long one = SEGMENT_LENGTH + SegmentDescriptor.HEADER_LENGTH;
            assertThat(unpacked.bytes()).isEqualTo(one);
            for (int i = 1; i < 3; i++) {
                readers.get(i).seek((long) i * SEGMENT_LENGTH);
                readers.get(i).poll(frame -> { }, 1);
            }
            assertThat(unpacked.bytes()).as("nobody's segment is taken").isEqualTo(3 * one);
            readers.forEach(PartitionReader::close);
            assertThat(unpacked.bytes()).isLessThanOrEqualTo(2 * SEGMENT_LENGTH);
        }
    }

    @Test
    void shouldLeaveReadersInWhatWasReplacedOrTruncated() {
        try (PartitionLog log = open()) {
            append(log, 0, RECORDS);
            final List<Long> plain = new ArrayList<>();
            final List<Long> packed = new ArrayList<>();
            try (PartitionReader beforeReplacing = log.newReader(0); PartitionReader afterwards = log.newReader(0)) {
                beforeReplacing.poll(frame -> plain.add(frame.sequence()), 10);
                maintain(log);
                beforeReplacing.poll(frame -> plain.add(frame.sequence()), 10);
                assertThat(plain).isEqualTo(Records.upTo(20));
            }
            try (PartitionReader reader = log.newReader(0)) {
                reader.poll(frame -> packed.add(frame.sequence()), 10);
                log.truncateBefore(2L * SEGMENT_LENGTH);
                reader.poll(frame -> packed.add(frame.sequence()), 10);
                assertThat(packed).isEqualTo(Records.upTo(20));
                reader.seek(0);
                assertThat(reader.position()).isEqualTo(2L * SEGMENT_LENGTH);
                assertThat(reader.poll(frame -> { }, 1)).isEqualTo(1);
            }
        }
    }

    @Test
    void shouldForceWithoutUnpacking() {
        try (PartitionLog log = open()) {
            append(log, 0, RECORDS);
            maintain(log);
            log.force();
            assertThat(log.durablePosition()).isEqualTo(log.appendedPosition());
            assertThat(unpacked.bytes()).isZero();
        }
    }

    /** Else a power cut could take both: the segment that nobody forced, and the name of what stands for it. */
    @Test
    void shouldForceTheSegmentUntilTheNameOfItsCompressedFileIsOnTheDisk() {
        final FaultyFiles files = new FaultyFiles();
        try (PartitionLog log = PartitionLog.open(config(files))) {
            append(log, 0, RECORDS);
            final int segments = (int) (log.appendedPosition() / SEGMENT_LENGTH) + 1;
            final List<Integer> forced = new ArrayList<>();
            files.delayNth(FaultyFiles.Call.FORCE_DIRECTORY, 1, () -> {
                final int before = files.count(FaultyFiles.Call.FORCE);
                log.force();
                forced.add(files.count(FaultyFiles.Call.FORCE) - before);
            });
            maintain(log);
            assertThat(forced).containsExactly(segments);
            assertThat(log.directory().isPacked(0)).isTrue();
            assertThat(read(log)).isEqualTo(Records.upTo(RECORDS));
        }
    }

    @Test
    void shouldKeepTheSegmentIfTheDirectoryCannotBeForced() {
        final FaultyFiles files = new FaultyFiles();
        try (PartitionLog log = PartitionLog.open(config(files))) {
            append(log, 0, RECORDS);
            files.failNth(FaultyFiles.Call.FORCE_DIRECTORY, 1, "Input/output error");
            assertThatThrownBy(() -> maintain(log)).isInstanceOf(StorageException.class);
            assertThat(log.directory().isPacked(0)).isFalse();
            assertThat(directory.resolve(SegmentDescriptor.fileName(0))).exists();
        }
    }

    @Test
    void shouldTakeTheCompressedFileAwayWithASegmentThatIsTruncatedMeanwhile() throws IOException {
        final FaultyFiles files = new FaultyFiles();
        try (PartitionLog log = PartitionLog.open(config(files))) {
            append(log, 0, RECORDS);
            final long end = log.appendedPosition();
            files.delayNth(FaultyFiles.Call.FORCE_DIRECTORY, 1, () -> log.truncateBefore(end));
            maintain(log);
            assertThat(files(PackedSegmentDescriptor.SUFFIX)).isEmpty();
            assertThat(log.diskBytes()).isEqualTo(bytesOnDisk());
        }
    }

    @Test
    void shouldNotCompressBehindAnOpenClaim() throws IOException {
        try (PartitionLog log = open(); Appender slow = log.newAppender(2)) {
            append(log, 0, RECORDS / 2);
            final long claimedIn = log.appendedPosition() / SEGMENT_LENGTH;
            slow.claim(10);
            append(log, RECORDS / 2, RECORDS);
            maintain(log);
            assertThat(files(PackedSegmentDescriptor.SUFFIX)).hasSize((int) claimedIn);
            slow.abort();
            maintain(log);
            assertThat(files(PackedSegmentDescriptor.SUFFIX).size()).isGreaterThan((int) claimedIn);
        }
    }

    @Test
    void shouldHaveOneGoodCopyAtEveryMoment() throws IOException {
        for (final FaultyFiles.Call call : new FaultyFiles.Call[] {FaultyFiles.Call.OPEN, FaultyFiles.Call.FORCE,
            FaultyFiles.Call.RENAME, FaultyFiles.Call.FORCE_DIRECTORY, FaultyFiles.Call.DELETE}) {
            for (int nth = 1; nth <= 4; nth++) {
                final FaultyFiles files = new FaultyFiles();
                try (PartitionLog log = PartitionLog.open(config(files))) {
                    append(log, log.lastSequence(1) + 1, log.lastSequence(1) + 201);
                    files.failNth(call, nth, "Input/output error");
                    try {
                        maintain(log);
                    } catch (final StorageException e) {
                        assertThat(e).hasMessageContaining("Input/output error").hasMessageContaining("packed/0");
                    }
                    files.heal();
                    assertThat(read(log)).isEqualTo(Records.upTo(log.lastSequence(1) + 1));
                }
                try (PartitionLog log = open()) {
                    assertThat(read(log)).isEqualTo(Records.upTo(log.lastSequence(1) + 1));
                    assertThat(log.recovery().isClean()).isTrue();
                }
                assertThat(files(PackedSegmentDescriptor.NEW_SUFFIX)).isEmpty();
            }
        }
    }

    @Test
    void shouldTakeTheCompressedFileWhereBothAreFoundUnlessItIsDamaged() throws IOException {
        final byte[] segment;
        try (PartitionLog log = open()) {
            append(log, 0, RECORDS);
            log.force();
            segment = Files.readAllBytes(files(".seg").get(0));
            maintain(log);
        }
        final Path plain = directory.resolve(SegmentDescriptor.fileName(0));
        final Path packed = directory.resolve(PackedSegmentDescriptor.fileName(0));
        Files.write(plain, segment);
        open().close();
        assertThat(plain).doesNotExist();
        Files.write(plain, segment);
        final byte[] bytes = Files.readAllBytes(packed);
        bytes[bytes.length / 2] ^= 8;
        Files.write(packed, bytes);
        try (PartitionLog log = open()) {
            assertThat(packed).doesNotExist();
            assertThat(read(log)).isEqualTo(Records.upTo(RECORDS));
        }
    }

    @Test
    void shouldDetectEveryFlippedBitOfACompressedSegment() throws IOException {
        try (PartitionLog log = open()) {
            append(log, 0, 300);
            maintain(log);
        }
        final Path packed = directory.resolve(PackedSegmentDescriptor.fileName(0));
        final byte[] bytes = Files.readAllBytes(packed);
        try (PartitionLog log = open(); PartitionReader reader = log.newReader(0)) {
            final int inHeader = Byte.SIZE * PackedSegmentDescriptor.tableOffset(1);
            for (int at = 0; at < Byte.SIZE * bytes.length; at += at < inHeader ? 1 : 97) {
                bytes[at / Byte.SIZE] ^= 1 << at % Byte.SIZE;
                Files.write(packed, bytes);
                bytes[at / Byte.SIZE] ^= 1 << at % Byte.SIZE;
                assertThatThrownBy(() -> reader.poll(frame -> { }, 1)).as("bit " + at)
                    .isInstanceOf(CorruptDataException.class).hasMessageContaining(packed.toString());
            }
            Files.write(packed, bytes);
            assertThat(reader.poll(frame -> { }, 1)).isEqualTo(1);
        }
    }

    @Test
    void shouldLeaveDamagedSegmentsAlone() throws IOException {
        try (PartitionLog log = open()) {
            append(log, 0, RECORDS);
            final Path first = files(".seg").get(0);
            final byte[] bytes = Files.readAllBytes(first);
            bytes[SegmentDescriptor.HEADER_LENGTH + SEGMENT_LENGTH / 2] ^= 1;
            Files.write(first, bytes);
            assertThatThrownBy(() -> maintain(log)).isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("packed/0");
            assertThat(files(PackedSegmentDescriptor.SUFFIX)).isEmpty();
            assertThat(files(PackedSegmentDescriptor.NEW_SUFFIX)).isEmpty();
            assertThat(log.doMaintenance()).isZero();
        }
    }

    @Test
    void shouldSayWhenACompressedSegmentWasDeletedFromOutside() throws IOException {
        try (PartitionLog log = open()) {
            append(log, 0, RECORDS);
            maintain(log);
            Files.delete(files(PackedSegmentDescriptor.SUFFIX).get(0));
            assertThatThrownBy(() -> read(log)).isInstanceOf(StorageException.class)
                .hasMessageContaining("cannot read compressed segment");
        }
    }
}
