/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.SystemFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Truncated segments become new ones, but never under somebody who may still look at them. */
class SpareSegmentsTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 900;
    private static final int KEPT = 2 * SEGMENT_LENGTH;

    @TempDir
    private Path directory;

    private final CountingFiles files = new CountingFiles();
    private long sequence;

    /** Counts how often a file is used again. */
    private static final class CountingFiles extends SystemFiles {
        private int usedAgain;

        @Override
        public void clear(final Path file, final long lengthBytes, final Runnable betweenBlocks) throws IOException {
            usedAgain += Files.exists(file) ? 1 : 0;
            super.clear(file, lengthBytes, betweenBlocks);
        }
    }

    private PartitionConfig config() {
        return PartitionConfig.of(directory, "spare/0").withSegmentLength(SEGMENT_LENGTH).withFiles(files);
    }

    /** Appends some segments and truncates all but the last of them as it goes; returns how many files it used again. */
    private int appendAndTruncate(final PartitionLog log, final int segments) {
        final int before = files.usedAgain;
        try (Appender appender = log.newAppender(1)) {
            final long end = log.appendedPosition() + (long) segments * SEGMENT_LENGTH;
            while (log.appendedPosition() < end) {
                Records.append(appender, 1, sequence++, LONGEST);
                if (log.appendedPosition() - log.startPosition() > KEPT) {
                    log.truncateBefore(log.appendedPosition() - KEPT);
                }
                while (log.doHousekeeping() > 0) {
                    // allocates ahead
                }
            }
        }
        return files.usedAgain - before;
    }

    private List<Path> segmentFiles() throws IOException {
        return files(SegmentDescriptor.SUFFIX);
    }

    private List<Path> files(final String ending) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    private void checkContent(final PartitionLog log) {
        final List<Long> kept = Records.readAll(log, 0, LONGEST).get(1L);
        final List<Long> expected = new ArrayList<>();
        for (long next = kept.get(0); next < sequence; next++) {
            expected.add(next);
        }
        assertThat(kept).isEqualTo(expected).hasSizeGreaterThan(KEPT / LONGEST / 2);
    }

    @Test
    void shouldMakeNewSegmentsOfTruncatedOnes() throws IOException {
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(appendAndTruncate(log, 20)).isGreaterThan(10);
            assertThat(log.startPosition()).isGreaterThan(15 * SEGMENT_LENGTH);
            checkContent(log);
        }
        assertThat(files(SegmentDescriptor.SPARE_ENDING)).as("left after the log was closed").isEmpty();
        try (PartitionLog log = PartitionLog.open(config())) {
            checkContent(log);
        }
    }

    @Test
    void shouldLeaveASegmentToTheReaderThatIsInIt() {
        try (PartitionLog log = PartitionLog.open(config())) {
            appendAndTruncate(log, 1);
            try (PartitionReader reader = log.newReader(0)) {
                final List<Long> seen = new ArrayList<>();
                reader.poll(frame -> {
                    appendAndTruncate(log, 20);
                    Records.check(frame, LONGEST);
                    seen.add(frame.sequence());
                }, 1);
                assertThat(seen).containsExactly(0L);
            }
        }
    }

    @Test
    void shouldNotUseWhatAReaderWithoutItsKnowledgeMayHaveOpen() {
        try (PartitionLog log = PartitionLog.open(config())) {
            appendAndTruncate(log, 1);
            try (PartitionLog other = PartitionLog.openReadOnly(config()); PartitionReader reader = other.newReader(0)) {
                reader.poll(frame -> {
                    assertThat(appendAndTruncate(log, 20)).isZero();
                    Records.check(frame, LONGEST);
                }, 1);
            }
            assertThat(appendAndTruncate(log, 20)).as("when it has gone").isGreaterThan(10);
        }
    }

    @Test
    void shouldNotUseWhatAReaderIsJustOpening() {
        try (PartitionLog log = PartitionLog.open(config())) {
            appendAndTruncate(log, 1);
            final PartitionConfig overtaken = config().withFiles(new SystemFiles() {
                private boolean used;

                @Override
                public FileChannel openRead(final Path file) throws IOException {
                    final FileChannel opened = super.openRead(file);
                    if (!used && file.toString().endsWith(SegmentDescriptor.SUFFIX)) {
                        used = true;
                        appendAndTruncate(log, 20);
                    }
                    return opened;
                }
            });
            try (PartitionLog other = PartitionLog.openReadOnly(overtaken)) {
                assertThat(Records.readAll(other, 0, LONGEST).get(1L)).startsWith(0L).endsWith(sequence - 1);
            }
        }
    }

    @Test
    void shouldTellReadersOfATruncatedSegmentFromOneThatWasLost() throws IOException {
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(1)) {
            while (log.appendedPosition() < 6 * SEGMENT_LENGTH) {
                Records.append(appender, 1, sequence++, LONGEST);
            }
            log.truncateBefore(2 * SEGMENT_LENGTH);
            assertThat(files(SegmentDescriptor.SPARE_ENDING)).hasSize(2);
            try (PartitionLog other = PartitionLog.openReadOnly(config()); PartitionReader reader = other.newReader(0)) {
                log.truncateBefore(3 * SEGMENT_LENGTH);
                assertThat(reader.poll(frame -> assertThat(frame.position() / SEGMENT_LENGTH).isEqualTo(3), 1)).isOne();
                assertThat(reader.gaps()).isOne();
            }
        }
    }

    @Test
    void shouldNotUseWhatABackupHasLinked() throws IOException {
        final Path backup = Files.createDirectory(directory.resolve("backup"));
        try (PartitionLog log = PartitionLog.open(config())) {
            appendAndTruncate(log, 3);
            final Path file = segmentFiles().get(0);
            final Path link = Files.createLink(backup.resolve(file.getFileName()), file);
            final byte[] before = Files.readAllBytes(link);
            appendAndTruncate(log, 20);
            assertThat(file).doesNotExist();
            assertThat(Files.readAllBytes(link)).isEqualTo(before);
        }
    }

    @Test
    void shouldNotUseWhatAnEarlierWriterMade() throws IOException {
        try (PartitionLog log = PartitionLog.open(config())) {
            appendAndTruncate(log, 3);
        }
        final int segments = segmentFiles().size();
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(appendAndTruncate(log, 2)).isZero();
            assertThat(log.startPosition()).as("some of its segments are gone").isGreaterThan(SEGMENT_LENGTH);
            assertThat(appendAndTruncate(log, segments + 5)).as("of its own").isPositive();
        }
    }

    @Test
    void shouldEndTheLogWhereAPowerCutLeftTheHeaderOfTheSegmentBefore() throws IOException {
        final long end;
        try (PartitionLog log = PartitionLog.open(config())) {
            appendAndTruncate(log, 5);
            end = log.appendedPosition();
        }
        final List<Path> left = segmentFiles();
        final Path last = left.get(left.size() - 1);
        final long base = Long.parseLong(last.getFileName().toString().substring(0, 20));
        assertThat(base).as("one that was allocated ahead").isGreaterThan(end);
        final ByteBuffer header = ByteBuffer.allocate(SegmentDescriptor.HEADER_LENGTH);
        SegmentHeader.write(header, SEGMENT_LENGTH, base - 5L * SEGMENT_LENGTH, 7, 8);
        try (FileChannel channel = FileChannel.open(last, StandardOpenOption.WRITE)) {
            channel.write(header, 0);
        }
        for (final Path file : left.subList(0, left.size() - 1)) {
            CrashImage.restartMachine(file.getParent());
        }
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(log.appendedPosition()).isEqualTo(end);
            checkContent(log);
        }
        assertThat(files(SegmentDescriptor.TORN_SUFFIX)).isNotEmpty();
    }

    @Test
    void shouldSayWhetherReadersAreThere() throws IOException {
        assertThat(ReaderPresence.enter(directory)).as("no writer has been here").isNull();
        assertThat(ReaderPresence.isNobodyIn(directory)).isFalse();
        ReaderPresence.prepare(files, directory);
        assertThat(ReaderPresence.isNobodyIn(directory)).isTrue();
        final ReaderPresence one = ReaderPresence.enter(directory);
        final ReaderPresence two = ReaderPresence.enter(directory);
        assertThat(ReaderPresence.isNobodyIn(directory)).isFalse();
        one.leave();
        assertThat(ReaderPresence.isNobodyIn(directory)).isFalse();
        two.leave();
        assertThat(ReaderPresence.isNobodyIn(directory)).isTrue();
    }

    @Test
    void shouldSeeAReaderThatCameByAnotherName() throws IOException {
        final Path home = Files.createDirectory(directory.resolve("home"));
        final Path link = Files.createSymbolicLink(directory.resolve("link"), home);
        ReaderPresence.prepare(files, home);
        final ReaderPresence reader = ReaderPresence.enter(link);
        assertThat(ReaderPresence.isNobodyIn(home)).isFalse();
        reader.leave();
        assertThat(ReaderPresence.isNobodyIn(home)).isTrue();
    }

    @Test
    void shouldTellADirectoryFromOneThatWasThereBefore() throws IOException {
        ReaderPresence.prepare(files, directory);
        final ReaderPresence before = ReaderPresence.enter(directory);
        Files.delete(directory.resolve(ReaderPresence.FILE_NAME));
        ReaderPresence.prepare(files, directory);
        assertThat(ReaderPresence.isNobodyIn(directory)).isTrue();
        final ReaderPresence now = ReaderPresence.enter(directory);
        assertThat(ReaderPresence.isNobodyIn(directory)).isFalse();
        before.leave();
        assertThat(ReaderPresence.isNobodyIn(directory)).isFalse();
        now.leave();
        assertThat(ReaderPresence.isNobodyIn(directory)).isTrue();
    }
}
