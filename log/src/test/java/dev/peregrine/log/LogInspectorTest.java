/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogInspectorTest {
    private static final int SEGMENT_LENGTH = 256 << 10;
    private static final int LONGEST = 300;
    private static final int RECORDS = 5_000;

    @TempDir
    private Path directory;

    private PartitionLog open() {
        return PartitionLog.open(PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH));
    }

    /** Returns the position behind each record. */
    private static List<Long> append(final PartitionLog log) {
        final List<Long> ends = new ArrayList<>();
        try (Appender appender = log.newAppender(3)) {
            for (int i = 0; i < RECORDS; i++) {
                ends.add(Records.append(appender, 3, i, LONGEST));
            }
        }
        log.endOffset(); // writes the index
        return ends;
    }

    private InspectionReport inspect() {
        return LogInspector.inspect(FilesFacade.SYSTEM, directory, frame -> Records.check(frame, LONGEST));
    }

    private static void flip(final Path file, final long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            final int was = bytes.read();
            bytes.seek(at);
            bytes.write(was ^ 1);
        }
    }

    private Path file(final long base, final String suffix) {
        return directory.resolve(String.format("%020d%s", base, suffix));
    }

    @Test
    void shouldCountEverythingInAWholeLog() {
        try (PartitionLog log = open()) {
            final List<Long> ends = append(log);
            final List<Long> numbers = new ArrayList<>();
            final InspectionReport report = LogInspector.inspect(
                FilesFacade.SYSTEM, directory, frame -> numbers.add(frame.offset()));
            assertThat(report.defects()).isEmpty();
            assertThat(numbers).isEqualTo(Records.upTo(RECORDS));
            assertThat(report.endPosition()).isEqualTo(ends.get(RECORDS - 1));
            assertThat(report.producers()).containsEntry(3L, new InspectionReport.Producer(RECORDS, RECORDS - 1));
            assertThat(report.highestTimestampNs()).isEqualTo(RECORDS - 1);

            log.truncateBefore(ends.get(RECORDS / 2));
            final InspectionReport rest = inspect();
            assertThat(rest.defects()).isEmpty();
            assertThat(rest.startPosition()).isEqualTo(log.startPosition()).isPositive();
            assertThat(rest.startOffset()).isEqualTo(log.startOffset()).isEqualTo(RECORDS - rest.records());
        }
    }

    @Test
    void shouldNameTheDamagedFrameAndReadOnBehindIt() throws IOException {
        final List<Long> ends;
        try (PartitionLog log = open()) {
            ends = append(log);
        }
        final long position = ends.get(10);
        flip(file(0, ".seg"), SegmentDescriptor.HEADER_LENGTH + position + FrameDescriptor.HEADER_LENGTH + 3);
        final InspectionReport report = inspect();
        assertThat(report.records()).isEqualTo(RECORDS - 1);
        assertThat(report.defects()).containsExactly(new InspectionReport.Defect(file(0, ".seg"),
            SegmentDescriptor.HEADER_LENGTH + position, position, "the frame fails its checksum"));
    }

    @Test
    void shouldNameADamagedAndAFalseIndexEntry() throws IOException {
        try (PartitionLog log = open()) {
            append(log);
        }
        flip(file(0, ".idx"), IndexDescriptor.entryAt(2) + 9);
        final InspectionReport damaged = inspect();
        assertThat(damaged.defects()).singleElement().satisfies(defect -> {
            assertThat(defect.file()).isEqualTo(file(0, ".idx"));
            assertThat(defect.fileOffset()).isEqualTo(IndexDescriptor.entryAt(2));
        });
        assertThat(damaged.records()).isEqualTo(RECORDS);

        Files.delete(file(0, ".idx"));
        final long id;
        try (RandomAccessFile segment = new RandomAccessFile(file(SEGMENT_LENGTH, ".seg").toFile(), "r")) {
            segment.seek(SegmentDescriptor.SEGMENT_ID_OFFSET);
            id = Long.reverseBytes(segment.readLong());
        }
        IndexFile.create(FilesFacade.SYSTEM, file(SEGMENT_LENGTH, ".idx"), id,
            new IndexDescriptor.Entry(SEGMENT_LENGTH, 5, 5, 5)).close();
        assertThat(inspect().defects()).singleElement().satisfies(
            defect -> assertThat(defect.problem()).contains("is not what the log says"));
    }

    @Test
    void shouldNameAFileThatIsLongerThanCanBeMapped() throws IOException {
        try (PartitionLog log = open()) {
            append(log);
        }
        final Path file = file(SEGMENT_LENGTH, ".seg");
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.setLength(1L + Integer.MAX_VALUE); // takes no room
        }
        assertThat(inspect().defects()).first().satisfies(defect -> {
            assertThat(defect.file()).isEqualTo(file);
            assertThat(defect.problem()).contains("2147483648 bytes");
        });
        assertThat(LogRepairer.repair(FilesFacade.SYSTEM, directory, LogRepairer.Mode.CUT)).isNotEmpty();
        assertThat(inspect().defects()).isEmpty();
    }

    @Test
    void shouldNameAHeaderOfALengthThatNoSegmentHas() throws IOException {
        open().close();
        final Path file = file(0, ".seg");
        final ByteBuffer bytes = ByteBuffer.allocate(SegmentDescriptor.HEADER_LENGTH + Integer.BYTES);
        SegmentHeader.write(bytes, Integer.BYTES, 0, 7, 8);
        Files.write(file, bytes.array());
        assertThat(inspect().defects()).singleElement().satisfies(defect -> assertThat(defect.problem())
            .contains("4 bytes of data"));
    }

    @Test
    void shouldTakeAnIndexThatIsJustBegunForNoDamage() throws IOException {
        try (PartitionLog log = open()) {
            append(log);
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file(SEGMENT_LENGTH, ".idx").toFile(), "rw")) {
            bytes.setLength(IndexDescriptor.HEADER_LENGTH);
            assertThat(inspect().defects()).isEmpty();
            bytes.setLength(0);
            assertThat(inspect().defects()).isEmpty();
        }
    }

    @Test
    void shouldMissASegment() throws IOException {
        try (PartitionLog log = open()) {
            append(log);
        }
        Files.delete(file(SEGMENT_LENGTH, ".seg"));
        assertThat(inspect().defects()).extracting(InspectionReport.Defect::problem)
            .anyMatch(problem -> problem.contains("position " + SEGMENT_LENGTH + " is missing"));
    }

    @Test
    void shouldTakeAnOpenClaimForNoDamage() {
        try (PartitionLog log = open(); Appender dead = log.newAppender(1)) {
            dead.claim(100);
            append(log);
            final InspectionReport report = inspect();
            assertThat(report.openClaims()).isEqualTo(1);
            assertThat(report.defects()).isEmpty();
            assertThat(report.records()).isEqualTo(RECORDS);
        }
    }

    @Test
    void shouldFindNoDamageBesidePublishersAtWork() {
        try (PartitionLog log = open()) {
            final AtomicBoolean stop = new AtomicBoolean();
            final CompletableFuture<?> publishing = CompletableFuture.runAsync(() -> {
                try (Appender one = log.newAppender(1); Appender other = log.newAppender(2)) {
                    for (int i = 0; !stop.get() && i < 100_000; i++) {
                        final int length = Records.length(1, i, LONGEST);
                        Records.write(one, one.claim(length), 1, i, length);
                        Records.append(other, 2, i, LONGEST);
                        one.commit(7, 9, 1 ^ i, i, i);
                        log.doHousekeeping();
                    }
                }
            });
            long records = 0;
            for (int i = 0; i < 20; i++) {
                final InspectionReport report = inspect();
                assertThat(report.defects()).isEmpty();
                assertThat(report.records()).isGreaterThanOrEqualTo(records);
                records = report.records();
            }
            stop.set(true);
            publishing.join();
        }
    }
}
