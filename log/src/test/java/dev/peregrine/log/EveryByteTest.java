/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every byte of a log's files, flipped once: verify names the file, or the byte is one of those that mean nothing:
 * <ul>
 * <li>the seal and the boot id of a segment, which are hints: without them recovery reads more, and a wrong one needs four
 *     right bytes; and the rest of the header's page, which nobody reads;
 * <li>what lies behind the defined part of a padding frame, and between a frame and the next alignment;
 * <li>in the counters, the epoch and the appended position, which are hints, and what is between the fields;
 * <li>behind the end of the log, the sign of a length: a claim that was never committed, which the next start cuts.
 * </ul>
 */
@Timeout(3_600)
class EveryByteTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 600;
    private static final int RECORDS = 210;

    @TempDir
    private Path directory;

    @BeforeEach
    void write() {
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(1)) {
            for (int i = 0; i < RECORDS; i++) {
                if (i % 20 == 0) {
                    appender.claim(100);
                    appender.abort();
                }
                Records.append(appender, 1, i, LONGEST);
            }
            log.end();
            log.truncateBeforeOffset(RECORDS - 10);
            assertThat(log.startPosition()).isPositive();
            assertThat(log.endOffset()).isEqualTo(RECORDS);
        }
        assertThat(inspect()).isEmpty();
    }

    private PartitionConfig config() {
        return PartitionConfig.of(directory, "bytes/0").withSegmentLength(SEGMENT_LENGTH);
    }

    /** Files with a defect; fails if a record is handed over that was not written. */
    private Set<Path> inspect() {
        return inspect(directory);
    }

    private static Set<Path> inspect(final Path at) {
        final Set<Path> damaged = new HashSet<>();
        LogInspector.inspect(FilesFacade.SYSTEM, at, frame -> {
            if (frame.flags() == 0) {
                Records.check(frame, LONGEST);
            }
        }).defects().forEach(defect -> damaged.add(defect.file()));
        return damaged;
    }

    /** Bytes of a file that mean nothing. */
    private static BitSet harmless(final Path file) throws IOException {
        final BitSet harmless = new BitSet();
        if (file.endsWith(CountersDescriptor.FILE)) {
            harmless.set(CountersDescriptor.FORMAT_OFFSET + Integer.BYTES, CountersDescriptor.SUPERSEDED_OFFSET);
            harmless.set(CountersDescriptor.SUPERSEDED_OFFSET + Long.BYTES, CountersDescriptor.DURABLE_OFFSET);
            harmless.set(CountersDescriptor.APPENDED_OFFSET, CountersDescriptor.DURABLE_COMPLEMENT_OFFSET);
            harmless.set(CountersDescriptor.DURABLE_COMPLEMENT_OFFSET + Long.BYTES, CountersDescriptor.FILE_LENGTH);
        }
        if (!file.toString().endsWith(SegmentDescriptor.SUFFIX)) {
            return harmless;
        }
        harmless.set(SegmentDescriptor.SEALED_OFFSET, SegmentDescriptor.HEADER_LENGTH);
        final UnsafeBuffer bytes = new UnsafeBuffer(Files.readAllBytes(file));
        int offset = SegmentDescriptor.HEADER_LENGTH;
        while (offset < bytes.capacity() && bytes.getInt(offset) > 0) {
            final int length = bytes.getInt(offset);
            final int next = offset + BitUtil.align(length, FrameDescriptor.ALIGNMENT);
            final boolean padding =
                (bytes.getByte(offset + FrameDescriptor.FLAGS_OFFSET) & FrameDescriptor.FLAG_PADDING) != 0;
            harmless.set(offset + (padding ? FrameDescriptor.PADDING_HEADER_LENGTH : length), next);
            if (padding) {
                harmless.set(offset + FrameDescriptor.VERSION_OFFSET);
                harmless.set(offset + FrameDescriptor.EXTENSION_WORDS_OFFSET, offset + FrameDescriptor.SCHEMA_ID_OFFSET);
            }
            offset = next;
        }
        return harmless;
    }

    private void flipAll(final int stepInZeros) throws IOException {
        int flips = 0;
        for (final Path file : FilesFacade.SYSTEM.list(directory)) {
            final BitSet harmless = harmless(file);
            final byte[] bytes = Files.readAllBytes(file);
            int zerosFrom = bytes.length;
            while (file.toString().endsWith(SegmentDescriptor.SUFFIX) && bytes[zerosFrom - 1] == 0) {
                zerosFrom--;
            }
            try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
                for (int at = 0; at < bytes.length; at += at < zerosFrom + 64 ? 1 : stepInZeros) {
                    final int bit = at >= zerosFrom ? 1 << at % 7 : 1 << at % 8; // not the sign of a length
                    write(access, at, bytes[at] ^ bit);
                    if (harmless.get(at)) {
                        assertThat(inspect()).as("%s byte %d", file, at).isSubsetOf(Set.of(file));
                    } else {
                        assertThat(inspect()).as("%s byte %d", file, at).contains(file);
                    }
                    write(access, at, bytes[at]);
                    flips++;
                    if (at > SegmentDescriptor.BOOT_ID_OFFSET + 100 && at < SegmentDescriptor.HEADER_LENGTH - 100
                        && file.toString().endsWith(SegmentDescriptor.SUFFIX)) {
                        at += stepInZeros; // the rest of the header's page
                    }
                }
            }
        }
        assertThat(flips).isGreaterThan(2_000);
        assertThat(inspect()).isEmpty();
    }

    private static void write(final RandomAccessFile file, final int at, final int value) throws IOException {
        file.seek(at);
        file.write(value);
    }

    @Test
    void shouldTellEveryFlippedByteThatMatters() throws IOException {
        assertThat(FilesFacade.SYSTEM.list(directory)).extracting(file -> file.getFileName().toString())
            .anyMatch(name -> name.endsWith(SegmentDescriptor.SUFFIX))
            .anyMatch(name -> name.endsWith(IndexDescriptor.SUFFIX)).contains(StartMark.FILE_NAME);
        flipAll(397);
    }

    /** In a log of this run of the machine, and in one that looks as if a power cut had ended it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotCareForBytesThatNoChecksumCovers(final boolean powerCut) throws IOException {
        final Map<Long, List<Long>> records;
        try (PartitionLog log = PartitionLog.open(config())) {
            records = Records.readAll(log, log.startPosition(), LONGEST);
        }
        for (int bit = 0; bit < Byte.SIZE; bit++) {
            int flips = 0;
            for (final Path file : FilesFacade.SYSTEM.list(directory)) {
                if (file.toString().endsWith(SegmentDescriptor.SUFFIX)) {
                    final byte[] bytes = Files.readAllBytes(file);
                    final BitSet uncovered = harmless(file);
                    final int pattern = bit;
                    uncovered.clear(0, SegmentDescriptor.HEADER_LENGTH);
                    uncovered.stream().forEach(at -> bytes[at] ^= (byte) (1 << pattern));
                    flips += uncovered.cardinality();
                    bytes[SegmentDescriptor.BOOT_ID_OFFSET] ^= (byte) (powerCut ? 1 + bit : 0);
                    Files.write(file, bytes);
                }
            }
            assertThat(flips).isGreaterThan(RECORDS / 2);
            assertThat(inspect()).isEmpty();
            try (PartitionLog log = PartitionLog.open(config())) {
                assertThat(log.recovery().isClean()).isTrue();
                assertThat(log.isEnded()).isTrue();
                assertThat(Records.readAll(log, log.startPosition(), LONGEST)).isEqualTo(records);
                log.verify();
            }
        }
    }

    @Test
    @Tag("long")
    void shouldTellEveryFlippedByteOfTheSpaceBehindTheEndToo() throws IOException {
        flipAll(1);
    }

    @Test
    void shouldDetectEveryFlippedByteOfACompressedSegment() throws IOException {
        final Path packed = directory.resolve("packed");
        try (PartitionLog log = PartitionLog.open(PartitionConfig.of(packed, "bytes/1")
            .withSegmentLength(SEGMENT_LENGTH).withStorage(StorageConfig.plain().withCompressionLevel(3)));
            Appender appender = log.newAppender(1)) {
            for (int i = 0; i < RECORDS; i++) {
                Records.append(appender, 1, i, LONGEST);
            }
            while (log.doMaintenance() > 0) {
                // until nothing is left to do
            }
        }
        int flips = 0;
        for (final Path file : FilesFacade.SYSTEM.list(packed)) {
            if (PackedSegmentDescriptor.isPacked(file)) {
                final byte[] bytes = Files.readAllBytes(file);
                try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
                    for (int at = 0; at < bytes.length; at++) {
                        write(access, at, bytes[at] ^ 1 << at % 8);
                        assertThat(inspect(packed)).as("%s byte %d", file, at).containsExactly(file);
                        write(access, at, bytes[at]);
                        flips++;
                    }
                }
            }
        }
        assertThat(flips).isGreaterThan(500);
        assertThat(inspect(packed)).isEmpty();
    }

    /** What the inspector tells of index and mark, the log itself mends or refuses. */
    @Test
    void shouldNumberRecordsRightOrRefuseWhateverByteOfTheIndexIsFlipped() throws IOException {
        final List<Path> derived = FilesFacade.SYSTEM.list(directory).stream()
            .filter(file -> file.toString().endsWith(IndexDescriptor.SUFFIX)).toList();
        for (final Path file : derived) {
            final byte[] bytes = Files.readAllBytes(file);
            for (int at = 0; at < bytes.length; at++) {
                final byte[] flipped = bytes.clone();
                flipped[at] ^= (byte) (1 << at % 8);
                Files.write(file, flipped);
                try (PartitionLog log = PartitionLog.open(config())) {
                    assertThat(log.endOffset()).as("%s byte %d", file, at).isEqualTo(RECORDS);
                }
            }
        }
    }
}
