/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.CorruptDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DamageTest {
    private static final int SEGMENT_LENGTH = 256 << 10;
    private static final int FRAME = FrameDescriptor.alignedLength(Long.BYTES);
    private static final int PER_SEGMENT = SEGMENT_LENGTH / FRAME;
    private static final int RECORDS = 3 * PER_SEGMENT + 10;

    @TempDir
    private Path directory;
    private final List<Gap> gaps = new ArrayList<>();

    private PartitionConfig config() {
        return PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH)
            .withStorage(StorageConfig.plain().withUnpacked(new UnpackedSegments(SEGMENT_LENGTH)));
    }

    private void appendAndSeal(final PartitionConfig config) {
        try (PartitionLog log = PartitionLog.open(config)) {
            try (Appender appender = log.newAppender(1)) {
                for (long i = 0; i < RECORDS; i++) {
                    final int at = appender.claim(Long.BYTES);
                    appender.buffer().putLong(at, i);
                    appender.commit(1, 1, i, i, i);
                }
            }
            assertThat(log.verify()).isEqualTo(RECORDS); // seals what is full
            assertThat(log.endOffset()).isEqualTo(RECORDS); // writes the index
            while (log.doMaintenance() > 0) {
                // until nothing is left to do
            }
        }
    }

    private Path segment(final int number, final String suffix) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList().get(number);
        }
    }

    private void overwrite(final Path file, final int at, final int... bytes) throws IOException {
        final byte[] content = Files.readAllBytes(file);
        for (int i = 0; i < bytes.length; i++) {
            content[at + i] = (byte) bytes[i];
        }
        Files.write(file, content);
    }

    /** Reads on; records carry the number that they were given. */
    private List<Long> read(final PartitionReader reader, final boolean numbered) {
        final List<Long> read = new ArrayList<>();
        reader.onGap(gaps::add);
        while (reader.poll(frame -> {
            final long value = frame.buffer().getLong(frame.payloadOffset());
            read.add(value);
            assertThat(frame.offset()).satisfiesAnyOf(
                number -> assertThat(number).isEqualTo(value),
                number -> assertThat(numbered ? 0 : number).isNegative());
        }, 100) > 0) {
            // until nothing is there
        }
        return read;
    }

    private static List<Long> allBut(final long from, final long to) {
        final List<Long> expected = Records.upTo(RECORDS);
        expected.removeIf(number -> number >= from && number < to);
        return expected;
    }

    private static Gap gap(final long from, final long to) {
        return new Gap("test/0", Gap.Cause.DAMAGED, from, to);
    }

    @ParameterizedTest
    @ValueSource(strings = {"payload", "length", "zero", "long length", "negative length", "flags"})
    void shouldStayAtDamageAndPassItWhenToldTo(final String what) throws IOException {
        appendAndSeal(config());
        final int at = SegmentDescriptor.HEADER_LENGTH + 4 * FRAME;
        final Path file = segment(1, ".seg");
        switch (what) {
            case "payload" -> overwrite(file, at + FrameDescriptor.HEADER_LENGTH, 99);
            case "length" -> overwrite(file, at + FrameDescriptor.LENGTH_OFFSET, 2 * FRAME);
            case "zero" -> overwrite(file, at + FrameDescriptor.LENGTH_OFFSET, 0, 0, 0, 0);
            case "long length" -> overwrite(file, at + FrameDescriptor.LENGTH_OFFSET, 0, 0, 0, 0x7f);
            case "negative length" -> overwrite(file, at + FrameDescriptor.LENGTH_OFFSET, 0, 0, 0, 0x80);
            default -> overwrite(file, at + FrameDescriptor.FLAGS_OFFSET, FrameDescriptor.FLAG_PADDING);
        }
        final long damaged = PER_SEGMENT + 4;
        try (PartitionLog log = PartitionLog.open(config()); PartitionReader reader = log.newReader(0)) {
            assertThatThrownBy(() -> read(reader, true)).isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("position " + damaged * FRAME);
            assertThat(reader.position()).isEqualTo(damaged * FRAME);
            assertThat(log.damagedRanges()).isZero();
            log.skipDamage(true);
            assertThat(read(reader, true)).isEqualTo(allBut(0, damaged + 1));
            assertThat(gaps).containsExactly(gap(damaged * FRAME, (damaged + 1) * FRAME));
            assertThat(gaps.get(0).toString()).contains("damaged");
            try (PartitionReader other = log.newReader(0)) {
                assertThat(read(other, true)).isEqualTo(allBut(damaged, damaged + 1));
                assertThat(other.gaps()).isEqualTo(1);
            }
            assertThat(log.damagedRanges()).isEqualTo(1);
            log.skipDamage(false);
            reader.seek(damaged * FRAME);
            assertThatThrownBy(() -> read(reader, true)).isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void shouldNumberRecordsBehindDamageThatHidesWhatItTook() throws IOException {
        appendAndSeal(config());
        overwrite(segment(0, ".seg"), SegmentDescriptor.HEADER_LENGTH + 10 * FRAME + 5, new int[20 * FRAME]);
        try (PartitionLog log = PartitionLog.open(config()); PartitionReader reader = log.newReader(0)) {
            log.skipDamage(true);
            assertThat(read(reader, true)).isEqualTo(allBut(10, 31));
            assertThat(gaps).containsExactly(gap(10 * FRAME, 31 * FRAME));
            assertThat(reader.offset()).isEqualTo(RECORDS);
        }
    }

    @Test
    void shouldPassDamageToTheEndOfASegment() throws IOException {
        appendAndSeal(config());
        overwrite(segment(0, ".seg"), SegmentDescriptor.HEADER_LENGTH + 10 * FRAME,
            new int[SEGMENT_LENGTH - 10 * FRAME]);
        try (PartitionLog log = PartitionLog.open(config()); PartitionReader reader = log.newReader(0)) {
            log.skipDamage(true);
            assertThat(read(reader, true)).isEqualTo(allBut(10, PER_SEGMENT));
            assertThat(gaps).containsExactly(gap(10 * FRAME, SEGMENT_LENGTH));
        }
    }

    @Test
    void shouldHandOverWithoutNumbersWhereTheIndexIsGone() throws IOException {
        appendAndSeal(config());
        overwrite(segment(0, ".seg"), SegmentDescriptor.HEADER_LENGTH + 4 * FRAME + 20, 99);
        for (int i = 3; i >= 0; i--) {
            Files.delete(segment(i, ".idx"));
        }
        try (PartitionLog log = PartitionLog.open(config()); PartitionReader reader = log.newReader(0)) {
            log.skipDamage(true);
            assertThat(read(reader, false)).isEqualTo(allBut(4, 5));
            assertThat(reader.offset()).isNegative();
            assertThat(gaps).hasSize(1);
        }
    }

    @Test
    void shouldPassACompressedSegmentThatCannotBeUnpacked() throws IOException {
        final PartitionConfig packed = config().withStorage(config().storage().withCompressionLevel(3));
        appendAndSeal(packed);
        final Path file = segment(1, PackedSegmentDescriptor.SUFFIX);
        final int middle = (int) (Files.size(file) / 2);
        overwrite(file, middle, Files.readAllBytes(file)[middle] ^ 0x55);
        try (PartitionLog log = PartitionLog.open(packed); PartitionReader reader = log.newReader(0)) {
            assertThatThrownBy(() -> read(reader, true)).isInstanceOf(CorruptDataException.class);
            log.skipDamage(true);
            assertThat(read(reader, true)).isEqualTo(allBut(0, 2 * PER_SEGMENT));
            assertThat(gaps).containsExactly(gap(SEGMENT_LENGTH, 2 * SEGMENT_LENGTH));
        }
    }

    @Test
    void shouldUseUpTheNumberOfAMessageWithDamageInIt() throws IOException {
        final long first;
        final long end;
        try (PartitionLog log = PartitionLog.open(config())) {
            log.awaitAllocated(SEGMENT_LENGTH);
            final RawFrames frames = new RawFrames(log);
            first = frames.fragment(1, 0, FrameDescriptor.FLAG_BEGIN, -1, 100, (byte) 1);
            frames.fragment(1, 0, 0, first, 100, (byte) 2);
            frames.fragment(1, 0, FrameDescriptor.FLAG_END, first, 100, (byte) 3);
            end = log.appendedPosition();
            try (Appender appender = log.newAppender(2)) {
                for (int i = 1; i <= PER_SEGMENT; i++) {
                    final int at = appender.claim(Long.BYTES);
                    appender.buffer().putLong(at, i);
                    appender.commit(1, 1, 0, 0, i);
                }
            }
            log.verify();
            assertThat(log.endOffset()).isEqualTo(1 + PER_SEGMENT);
        }
        overwrite(segment(0, ".seg"), SegmentDescriptor.HEADER_LENGTH + FrameDescriptor.HEADER_LENGTH + 7, 99);
        try (PartitionLog log = PartitionLog.open(config()); PartitionReader reader = log.newReader(0)) {
            log.skipDamage(true);
            assertThat(read(reader, true)).hasSize(PER_SEGMENT).startsWith(1L, 2L);
            assertThat(gaps).hasSize(2).last().isEqualTo(gap(first, end));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldHandOverEveryRecordThatIsWholeWhereverBytesAreWrong(final long seed) throws IOException {
        appendAndSeal(config());
        final SplittableRandom random = new SplittableRandom(seed);
        final TreeSet<Long> lost = new TreeSet<>();
        for (int i = 0; i < 5; i++) {
            final int number = random.nextInt(3);
            final Path file = segment(number, ".seg");
            final int at = random.nextInt(SEGMENT_LENGTH);
            final int inFile = SegmentDescriptor.HEADER_LENGTH + at;
            overwrite(file, inFile, Files.readAllBytes(file)[inFile] ^ 1 << random.nextInt(8));
            lost.add((long) number * PER_SEGMENT + at / FRAME);
        }
        final List<Long> expected = Records.upTo(RECORDS);
        expected.removeAll(lost);
        try (PartitionLog log = PartitionLog.open(config()); PartitionReader reader = log.newReader(0)) {
            log.skipDamage(true);
            assertThat(read(reader, false)).containsAll(expected).isSorted().doesNotHaveDuplicates();
        }
    }
}
