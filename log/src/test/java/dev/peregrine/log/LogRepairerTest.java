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
import dev.peregrine.core.files.SystemFiles;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogRepairerTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 600;
    private static final int RECORDS = 700;

    @TempDir
    private Path directory;

    private final List<Long> ends = new ArrayList<>();

    private PartitionConfig config() {
        return PartitionConfig.of(directory, "mend/0").withSegmentLength(SEGMENT_LENGTH);
    }

    @BeforeEach
    void write() {
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(1)) {
            for (int i = 0; i < RECORDS; i++) {
                ends.add(Records.append(appender, 1, i, LONGEST));
            }
            assertThat(log.appendedPosition()).isGreaterThan(3L * SEGMENT_LENGTH);
            assertThat(log.endOffset()).isEqualTo(RECORDS);
        }
    }

    private Path segment(final int number) {
        return directory.resolve(SegmentDescriptor.fileName((long) number * SEGMENT_LENGTH));
    }

    private static void damage(final Path file, final int at) throws IOException {
        final byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 8;
        Files.write(file, bytes);
    }

    private List<Long> repairAndRead(final LogRepairer.Mode mode) {
        assertThat(LogRepairer.repair(FilesFacade.SYSTEM, directory, mode)).isNotEmpty();
        assertThat(LogInspector.inspect(FilesFacade.SYSTEM, directory, frame -> { }).defects()).isEmpty();
        assertThat(LogRepairer.repair(FilesFacade.SYSTEM, directory, mode)).as("again").isEmpty();
        try (PartitionLog log = PartitionLog.open(config())) {
            log.verify();
            final List<Long> read = Records.readAll(log, 0, LONGEST).getOrDefault(1L, List.of());
            assertThat(log.endOffset()).isEqualTo(read.size());
            try (Appender appender = log.newAppender(2)) {
                Records.append(appender, 2, 0, LONGEST);
            }
            assertThat(log.endOffset()).isEqualTo(read.size() + 1);
            return read;
        }
    }

    private boolean anyTorn() throws IOException {
        try (Stream<Path> found = Files.list(directory)) {
            return found.anyMatch(file -> file.toString().endsWith(SegmentDescriptor.TORN_SUFFIX));
        }
    }

    /** The record in which a position lies. */
    private long recordAt(final long position) {
        return ends.stream().filter(end -> end <= position).count();
    }

    @ParameterizedTest
    @EnumSource(LogRepairer.Mode.class)
    void shouldLeaveAWholeLogAlone(final LogRepairer.Mode mode) throws IOException {
        assertThat(LogRepairer.repair(FilesFacade.SYSTEM, directory, mode)).isEmpty();
        assertThat(anyTorn()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, IndexDescriptor.HEADER_LENGTH + 5})
    void shouldTakeADamagedIndexAwayAndNothingElse(final int at) throws IOException {
        final Path index = directory.resolve(IndexDescriptor.fileName(SEGMENT_LENGTH));
        damage(index, at);
        assertThat(LogInspector.inspect(FilesFacade.SYSTEM, directory, frame -> { }).defects())
            .extracting(InspectionReport.Defect::file).containsOnly(index);
        assertThat(repairAndRead(LogRepairer.Mode.SEAL)).isEqualTo(Records.upTo(RECORDS));
        assertThat(anyTorn()).isFalse();
    }

    @Test
    void shouldCutBeforeTheFirstDamage() throws IOException {
        damage(segment(1), SegmentDescriptor.HEADER_LENGTH + 20_000);
        damage(segment(2), SegmentDescriptor.HEADER_LENGTH + 20_000);
        final long lost = recordAt(SEGMENT_LENGTH + 20_000);
        assertThat(repairAndRead(LogRepairer.Mode.CUT)).isEqualTo(Records.upTo(lost));
        assertThat(anyTorn()).isTrue();
    }

    @Test
    void shouldSealDamagedPartsAndKeepTheRest() throws IOException {
        damage(segment(1), SegmentDescriptor.HEADER_LENGTH + 20_000);
        damage(segment(2), SegmentDescriptor.HEADER_LENGTH + 20_000);
        final List<Long> expected = Records.upTo(RECORDS);
        expected.remove((Long) recordAt(SEGMENT_LENGTH + 20_000));
        expected.remove((Long) recordAt(2 * SEGMENT_LENGTH + 20_000));
        assertThat(repairAndRead(LogRepairer.Mode.SEAL)).isEqualTo(expected);
        assertThat(anyTorn()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"header", "missing", "short"})
    void shouldMendALogWithoutASegment(final String how) throws IOException {
        switch (how) {
            case "header" -> damage(segment(1), SegmentDescriptor.SEGMENT_ID_OFFSET);
            case "missing" -> Files.delete(segment(1));
            default -> Files.write(segment(1), new byte[5_000]);
        }
        assertThatThrownBy(() -> PartitionLog.open(config()).close()).isInstanceOf(CorruptDataException.class);
        final Path other = directory.resolve("other");
        CrashImage.copy(directory, other);
        final List<Long> kept = repairAndRead(LogRepairer.Mode.SEAL);
        final long first = recordAt(SEGMENT_LENGTH);
        final long behind = recordAt(2 * SEGMENT_LENGTH);
        assertThat(kept).startsWith(0L, 1L).contains(first - 1, behind, RECORDS - 1L).doesNotContain(first);

        assertThat(LogRepairer.repair(FilesFacade.SYSTEM, other, LogRepairer.Mode.CUT)).isNotEmpty();
        try (PartitionLog log = PartitionLog.open(
            PartitionConfig.of(other, "cut/0").withSegmentLength(SEGMENT_LENGTH))) {
            assertThat(Records.readAll(log, 0, LONGEST).get(1L)).isEqualTo(Records.upTo(first));
        }
    }

    @Test
    void shouldGoOnWhereTheLogBeganIfNothingIsLeft() throws IOException {
        damage(segment(0), SegmentDescriptor.SEGMENT_ID_OFFSET);
        assertThat(repairAndRead(LogRepairer.Mode.CUT)).isEmpty();
    }

    /** Dies at one of its changes. */
    private static final class DyingFiles extends SystemFiles {
        private int left;

        DyingFiles(final int changes) {
            this.left = changes;
        }

        private void change() throws IOException {
            if (left-- == 0) {
                throw new IOException("killed");
            }
        }

        @Override
        public void rename(final Path from, final Path to) throws IOException {
            change();
            super.rename(from, to);
        }

        @Override
        public void delete(final Path file) throws IOException {
            change();
            super.delete(file);
        }

        @Override
        public void force(final MappedByteBuffer buffer, final int offset, final int lengthBytes) throws IOException {
            change();
            super.force(buffer, offset, lengthBytes);
        }
    }

    @ParameterizedTest
    @EnumSource(LogRepairer.Mode.class)
    void shouldFinishWhatWasKilledInTheMiddle(final LogRepairer.Mode mode) throws IOException {
        final Path whole = directory.resolve("whole");
        damage(segment(1), SegmentDescriptor.HEADER_LENGTH + 20_000);
        CrashImage.copy(directory, whole);
        final long lost = recordAt(SEGMENT_LENGTH + 20_000);
        final List<Long> expected = Records.upTo(mode == LogRepairer.Mode.CUT ? lost : RECORDS);
        expected.remove((Long) lost);
        boolean killed = true;
        for (int changes = 0; killed; changes++) {
            final Path at = directory.resolve("killed" + changes);
            CrashImage.copy(whole, at);
            try {
                LogRepairer.repair(new DyingFiles(changes), at, mode);
                killed = false;
            } catch (final StorageException e) {
                LogRepairer.repair(FilesFacade.SYSTEM, at, mode);
            }
            try (PartitionLog log = PartitionLog.open(
                PartitionConfig.of(at, "mend/0").withSegmentLength(SEGMENT_LENGTH))) {
                assertThat(Records.readAll(log, 0, LONGEST).get(1L)).as("%d changes", changes).isEqualTo(expected);
                assertThat(log.endOffset()).as("%d changes", changes).isEqualTo(expected.size());
            }
            assertThat(killed || changes > 3).isTrue();
        }
    }

    @Test
    void shouldFindTheFirstNumberInTheIndexWhenTheMarkIsDamaged() throws IOException {
        final long first;
        try (PartitionLog log = PartitionLog.open(config())) {
            first = log.truncateBeforeOffset(RECORDS / 2);
            assertThat(first).isPositive();
        }
        damage(directory.resolve(StartMark.FILE_NAME), 40);
        assertThatThrownBy(() -> PartitionLog.open(config()).close()).isInstanceOf(CorruptDataException.class);
        assertThat(LogRepairer.repair(FilesFacade.SYSTEM, directory, LogRepairer.Mode.SEAL)).hasSize(1);
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(log.startOffset()).isEqualTo(first);
            assertThat(log.endOffset()).isEqualTo(RECORDS);
        }
    }
}
