/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.SystemFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionCountersTest {
    private static final int SEGMENT_LENGTH = 64 << 10;

    @TempDir
    private Path directory;

    private PartitionConfig config(final Durability durability) {
        return PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH).withDurability(durability, 1);
    }

    @Test
    void shouldShowPositionsToOthersAsTheyMove() {
        try (PartitionLog log = PartitionLog.open(config(Durability.SYNC))) {
            assertThat(PartitionCounters.read(log.config())).isNull(); // nobody has used the log yet
            try (Appender appender = log.newAppender(1);
                PartitionCounters seen = PartitionCounters.read(log.config())) {
                assertThat(seen.durable()).isZero();
                final long end = Records.append(appender, 1, 0, 100);
                assertThat(seen.durable()).isEqualTo(end);
                log.doHousekeeping();
                assertThat(seen.appended()).isEqualTo(end);
                assertThat(seen.isSuperseded()).isFalse();
            }
        }
    }

    @Test
    void shouldGoOnInTheSameFileAfterReopening() {
        final long end;
        try (PartitionLog log = PartitionLog.open(config(Durability.OS)); Appender appender = log.newAppender(1)) {
            end = Records.append(appender, 1, 0, 100);
            log.force();
        }
        try (PartitionCounters seen = PartitionCounters.read(config(Durability.OS))) {
            assertThat(seen.durable()).isEqualTo(end);
            try (PartitionLog log = PartitionLog.open(config(Durability.OS))) {
                assertThat(seen.durable()).isEqualTo(log.durablePosition()).isZero(); // it does not know yet
                assertThat(seen.appended()).isEqualTo(end);
            }
        }
    }

    @Test
    void shouldDoWithoutAFileThatIsDamagedOrCannotBeMade() throws IOException {
        Files.write(PartitionCounters.fileIn(directory), new byte[] {1, 2, 3});
        assertThat(PartitionCounters.read(config(Durability.OS))).isNull();
        final PartitionConfig full = config(Durability.OS).withFiles(new SystemFiles() {
            @Override
            public FileChannel openReadWrite(final Path file) throws IOException {
                if (file.getFileName().toString().startsWith(CountersDescriptor.FILE)) {
                    throw new IOException("No space left on device");
                }
                return super.openReadWrite(file);
            }
        });
        try (PartitionLog log = PartitionLog.open(full); Appender appender = log.newAppender(1)) {
            Records.append(appender, 1, 0, 100);
            log.force();
            log.doHousekeeping();
            assertThat(Records.readAll(log, 0, 100).get(1L)).containsExactly(0L);
        }
        try (PartitionLog log = PartitionLog.open(config(Durability.OS));
            PartitionCounters seen = PartitionCounters.read(log.config())) {
            assertThat(seen).isNotNull();
        }
    }

    /** A flipped bit makes the file one of none of ours, or the durable position unknown, or nothing. */
    @Test
    void shouldNotBeMisledByAnyFlippedBit() throws IOException {
        final long end;
        try (PartitionLog log = PartitionLog.open(config(Durability.SYNC)); Appender appender = log.newAppender(1)) {
            end = Records.append(appender, 1, 0, 100);
        }
        final Path file = PartitionCounters.fileIn(directory);
        final byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes).hasSize(CountersDescriptor.FILE_LENGTH);
        int unknown = 0;
        int foreign = 0;
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            final byte[] flipped = bytes.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            Files.write(file, flipped);
            try (PartitionCounters seen = PartitionCounters.read(config(Durability.SYNC))) {
                if (seen == null) {
                    foreign++;
                    continue;
                }
                assertThat(seen.isSuperseded()).as("bit %d", bit).isFalse();
                assertThat(seen.durable()).as("bit %d", bit).isIn(0L, end);
                unknown += seen.durable() == 0 ? 1 : 0;
            }
        }
        assertThat(unknown).isEqualTo(2 * Long.SIZE);
        assertThat(foreign).isEqualTo(Long.SIZE + Integer.SIZE);
    }

    @Test
    void shouldServeOtherProcessesAndBeMendedByTheNextWriterWhateverByteIsFlipped() throws IOException {
        long records = 5;
        try (PartitionLog log = PartitionLog.open(config(Durability.SYNC)); Appender appender = log.newAppender(1)) {
            for (long i = 0; i < records; i++) {
                Records.append(appender, 1, i, 100);
            }
        }
        final Path file = PartitionCounters.fileIn(directory);
        for (int at = 0; at < CountersDescriptor.FILE_LENGTH; at++) {
            final byte[] bytes = Files.readAllBytes(file);
            bytes[at] ^= (byte) (1 << at % Byte.SIZE);
            Files.write(file, bytes);
            try (PartitionLog seen = PartitionLog.openReadOnly(config(Durability.SYNC))) {
                assertThat(seen.durablePosition()).as("byte %d", at).isBetween(0L, seen.appendedPosition());
                assertThat(Records.readAll(seen, 0, 100).get(1L)).as("byte %d", at).isEqualTo(Records.upTo(records));
                try (PartitionLog log = PartitionLog.open(config(Durability.SYNC));
                    Appender appender = log.newAppender(1)) {
                    final long end = Records.append(appender, 1, records++, 100);
                    assertThat(Records.readAll(seen, 0, 100).get(1L)).as("byte %d", at).isEqualTo(Records.upTo(records));
                    try (PartitionLog late = PartitionLog.openReadOnly(config(Durability.SYNC))) {
                        assertThat(late.durablePosition()).as("byte %d", at).isEqualTo(end);
                    }
                }
            }
        }
    }

    /** A writer that took over and died before it had put files of its own in place. */
    @Test
    void shouldTakeReadersAlongFromASupersededFile() throws IOException {
        try (PartitionLog log = PartitionLog.open(config(Durability.SYNC)); Appender appender = log.newAppender(1)) {
            Records.append(appender, 1, 0, 100);
        }
        try (PartitionLog seen = PartitionLog.openReadOnly(config(Durability.SYNC))) {
            assertThat(Records.readAll(seen, 0, 100).get(1L)).containsExactly(0L);
            PartitionCounters.supersede(config(Durability.SYNC));
            try (PartitionLog log = PartitionLog.open(config(Durability.SYNC)); Appender appender = log.newAppender(1)) {
                final long end = Records.append(appender, 1, 1, 100);
                assertThat(Records.readAll(seen, 0, 100).get(1L)).containsExactly(0L, 1L);
                assertThat(seen.durablePosition()).isEqualTo(end);
            }
        }
    }

    /** Each field but those that only one process reads for itself; of the rest of the file nobody reads anything. */
    @ParameterizedTest
    @ValueSource(ints = {CountersDescriptor.MAGIC_OFFSET, CountersDescriptor.FORMAT_OFFSET,
        CountersDescriptor.SUPERSEDED_OFFSET, CountersDescriptor.DURABLE_OFFSET,
        CountersDescriptor.DURABLE_COMPLEMENT_OFFSET})
    void shouldFindAndRepairDamage(final int offset) throws IOException {
        try (PartitionLog log = PartitionLog.open(config(Durability.SYNC)); Appender appender = log.newAppender(1)) {
            Records.append(appender, 1, 0, 100);
        }
        assertThat(LogInspector.inspect(FilesFacade.SYSTEM, directory, frame -> { }).defects()).isEmpty();
        final Path file = PartitionCounters.fileIn(directory);
        final byte[] bytes = Files.readAllBytes(file);
        bytes[offset] ^= 8;
        Files.write(file, bytes);
        final InspectionReport.Defect defect =
            LogInspector.inspect(FilesFacade.SYSTEM, directory, frame -> { }).defects().get(0);
        assertThat(defect.file()).isEqualTo(file);
        assertThat(defect.fileOffset()).isEqualTo(
            offset == CountersDescriptor.DURABLE_COMPLEMENT_OFFSET ? CountersDescriptor.DURABLE_OFFSET : offset);
        assertThat(LogRepairer.repair(FilesFacade.SYSTEM, directory, LogRepairer.Mode.SEAL))
            .singleElement().asString().contains(file.toString(), "deleted");
        assertThat(file).doesNotExist();
        assertThat(LogInspector.inspect(FilesFacade.SYSTEM, directory, frame -> { }).defects()).isEmpty();
        try (PartitionLog log = PartitionLog.open(config(Durability.SYNC)); Appender appender = log.newAppender(1)) {
            assertThat(PartitionCounters.defect(FilesFacade.SYSTEM, directory)).isNull();
            assertThat(file).exists();
        }
    }

    @Test
    void shouldFindAFileThatIsCutShort() throws IOException {
        Files.write(PartitionCounters.fileIn(directory), new byte[100]);
        assertThat(PartitionCounters.defect(FilesFacade.SYSTEM, directory).fileOffset()).isEqualTo(100);
    }

    @Test
    void shouldNotLetACutLogBelieveInWhatWasDurableBefore() throws IOException {
        try (PartitionLog log = PartitionLog.open(config(Durability.SYNC)); Appender appender = log.newAppender(1)) {
            for (int i = 0; i < 10; i++) {
                Records.append(appender, 1, i, 100);
            }
        }
        try (PartitionCounters seen = PartitionCounters.read(config(Durability.SYNC))) {
            final Path segment = directory.resolve(SegmentDescriptor.fileName(0));
            final byte[] bytes = Files.readAllBytes(segment);
            bytes[SegmentDescriptor.HEADER_LENGTH + FrameDescriptor.HEADER_LENGTH] ^= 8;
            Files.write(segment, bytes);
            assertThat(LogRepairer.repair(FilesFacade.SYSTEM, directory, LogRepairer.Mode.CUT)).isNotEmpty();
            assertThat(seen.isSuperseded()).isTrue();
            assertThat(PartitionCounters.fileIn(directory)).doesNotExist();
        }
    }
}
