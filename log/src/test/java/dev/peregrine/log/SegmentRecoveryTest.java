/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.DiskFullException;
import dev.peregrine.core.files.SystemFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentRecoveryTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int FRAME = FrameDescriptor.alignedLength(Long.BYTES);

    @TempDir
    private Path directory;

    private PartitionConfig config() {
        return PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH);
    }

    private void appendAndClose(final int frames) {
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(1)) {
            for (int i = 0; i < frames; i++) {
                final int at = appender.claim(Long.BYTES);
                appender.buffer().putLong(at, i);
                appender.commit(1, 1, i, i, i);
            }
        }
    }

    private void overwrite(final long position, final int... bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(
            directory.resolve(SegmentDescriptor.fileName(0)).toFile(), "rw")) {
            file.seek(SegmentDescriptor.HEADER_LENGTH + position);
            for (final int b : bytes) {
                file.write(b);
            }
        }
    }

    private void overwriteInt(final long position, final int value) throws IOException {
        overwrite(position, value, value >> 8, value >> 16, value >> 24);
    }

    private static List<Long> read(final PartitionLog log) {
        final List<Long> values = new ArrayList<>();
        try (PartitionReader reader = log.newReader(0)) {
            while (reader.poll(frame -> values.add(frame.buffer().getLong(frame.payloadOffset())), 100) > 0) {
                // until nothing is there
            }
        }
        return values;
    }

    @Test
    void shouldCutTornTailAndKeepItsBytes() throws IOException {
        appendAndClose(10);
        overwrite(9L * FRAME + FrameDescriptor.HEADER_LENGTH, 99);
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(log.recovery().cutPosition()).isEqualTo(9L * FRAME);
            assertThat(read(log)).hasSize(9);
            assertThat(directory.resolve(String.format("%020d.torn", 9L * FRAME))).exists();
        }
    }

    @Test
    void shouldSealHoleOfDeadPublisherWhenValidFramesFollow() throws IOException {
        appendAndClose(10);
        overwriteInt(4L * FRAME, -(FrameDescriptor.HEADER_LENGTH + Long.BYTES));
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(log.recovery().holesSealed()).isEqualTo(1);
            assertThat(read(log)).containsExactly(0L, 1L, 2L, 3L, 5L, 6L, 7L, 8L, 9L);
        }
    }

    @Test
    void shouldSealHoleThatItsPublisherHadNotTouched() throws IOException {
        appendAndClose(10);
        overwrite(4L * FRAME, new int[2 * FRAME]);
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(log.recovery().holesSealed()).isEqualTo(1);
            assertThat(read(log)).containsExactly(0L, 1L, 2L, 3L, 6L, 7L, 8L, 9L);
        }
    }

    @Test
    void shouldRefuseFrameWhoseLengthWasLost() throws IOException {
        appendAndClose(10);
        overwriteInt(4L * FRAME, 0);
        assertThatThrownBy(() -> PartitionLog.open(config())).isInstanceOf(CorruptDataException.class)
            .hasMessageContaining("position " + 4L * FRAME);
    }

    @Test
    void shouldCutAtGapAfterRestartOfTheMachine() throws IOException {
        appendAndClose(10);
        overwrite(4L * FRAME, new int[FRAME]);
        CrashImage.restartMachine(directory);
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(read(log)).containsExactly(0L, 1L, 2L, 3L);
            assertThat(log.recovery().cutPosition()).isEqualTo(4L * FRAME);
        }
    }

    @Test
    void shouldForceWhatItZeroesBehindTheCut() throws IOException {
        appendAndClose(10);
        overwrite(4L * FRAME + FrameDescriptor.HEADER_LENGTH, 99);
        CrashImage.restartMachine(directory);
        final FaultyFiles files = new FaultyFiles();
        PartitionLog.open(config().withFiles(files)).close();
        assertThat(files.forces()).isPositive();
    }

    @Test
    void shouldForceRecoveredTailBeforeCallingItDurable() {
        appendAndClose(10);
        final FaultyFiles files = new FaultyFiles();
        try (PartitionLog log = PartitionLog.open(config().withFiles(files).withDurability(Durability.SYNC, 0))) {
            assertThat(log.durablePosition()).isEqualTo(10L * FRAME);
            assertThat(files.forces()).isPositive();
        }
    }

    @Test
    void shouldSetAsideSegmentWhoseHeaderNeverReachedTheDisk() throws IOException {
        appendAndClose(1_100);
        CrashImage.restartMachine(directory);
        final Path second = directory.resolve(SegmentDescriptor.fileName(SEGMENT_LENGTH));
        try (RandomAccessFile file = new RandomAccessFile(second.toFile(), "rw")) {
            file.write(new byte[SegmentDescriptor.HEADER_LENGTH]);
        }
        assertThatThrownBy(() -> PartitionLog.open(config().withDurability(Durability.SYNC, 0)))
            .isInstanceOf(CorruptDataException.class);
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(log.recovery().cutPosition()).isEqualTo(SEGMENT_LENGTH);
            assertThat(read(log)).hasSize(SEGMENT_LENGTH / FRAME);
            assertThat(directory.resolve(String.format("%020d.torn", SEGMENT_LENGTH))).exists();
        }
    }

    @Test
    void shouldRefuseGapThatAppearsInSealedSegment() throws IOException {
        appendAndClose(3_000);
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(read(log)).hasSize(3_000); // seals the first segment
        }
        overwriteInt(4L * FRAME, 0);
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThatThrownBy(() -> read(log)).isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("position " + 4L * FRAME);
            assertThatThrownBy(log::verify).isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void shouldNotSealSegmentThatWasReadFromTheMiddle() {
        final int left;
        try (PartitionLog log = PartitionLog.open(config());
            Appender slow = log.newAppender(1); Appender quick = log.newAppender(2)) {
            slow.claim(Long.BYTES);
            append(quick, 2_000);
            try (PartitionReader reader = log.newReader(FRAME)) {
                left = reader.poll(frame -> { }, Integer.MAX_VALUE);
            }
            // the process dies here: nothing is closed in order, the claim stays open
            assertThat(copyOf(log)).isEqualTo(left);
        }
        assertThat(left).isEqualTo(2_000);
    }

    /** Opens a copy of the files as they are, and tells how many frames are found. */
    private int copyOf(final PartitionLog log) {
        final Path copy = directory.resolve("copy");
        CrashImage.copy(directory, copy);
        final PartitionConfig config =
            PartitionConfig.of(copy, "copy").withSegmentLength(log.config().segmentLength());
        try (PartitionLog reopened = PartitionLog.open(config)) {
            return read(reopened).size();
        }
    }

    private static void append(final Appender appender, final int frames) {
        for (int i = 0; i < frames; i++) {
            final int at = appender.claim(Long.BYTES);
            appender.buffer().putLong(at, i);
            appender.commit(1, 1, i, i, i);
        }
    }

    @Test
    void shouldRefuseDamagedFrameBetweenValidFrames() throws IOException {
        appendAndClose(10);
        overwrite(4L * FRAME + FrameDescriptor.HEADER_LENGTH, 99);
        assertThatThrownBy(() -> PartitionLog.open(config())).isInstanceOf(CorruptDataException.class)
            .hasMessageContaining("position " + 4L * FRAME);
    }

    @Test
    void shouldCutAtDamageAfterRestartOfTheMachine() throws IOException {
        appendAndClose(10);
        overwrite(4L * FRAME + FrameDescriptor.HEADER_LENGTH, 99);
        CrashImage.restartMachine(directory);
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(read(log)).containsExactly(0L, 1L, 2L, 3L);
            assertThat(log.recovery().cutBytes()).isPositive();
        }
    }

    @Test
    void shouldRefuseMissingSegment() throws IOException {
        appendAndClose(4_000);
        Files.delete(directory.resolve(SegmentDescriptor.fileName(SEGMENT_LENGTH)));
        assertThatThrownBy(() -> PartitionLog.open(config())).isInstanceOf(CorruptDataException.class)
            .hasMessageContaining("misses the segment");
    }

    @Test
    void shouldGoOnAfterSpaceWasFreed() {
        final boolean[] full = {false};
        final PartitionConfig config = config().withFiles(new SystemFiles() {
            @Override
            public void allocate(final Path file, final long lengthBytes, final Runnable betweenBlocks)
                throws IOException {
                if (full[0]) {
                    throw new IOException("No space left on device");
                }
                super.allocate(file, lengthBytes, betweenBlocks);
            }

            @Override
            public long usableSpace(final Path path) {
                return full[0] ? 0 : Long.MAX_VALUE;
            }
        });
        final List<Long> acknowledged = new ArrayList<>();
        try (PartitionLog log = PartitionLog.open(config); Appender appender = log.newAppender(2)) {
            appender.claim(Long.BYTES);
            appender.abort();
            full[0] = true;
            long i = 0;
            try {
                while (true) {
                    final int at = appender.claim(Long.BYTES);
                    appender.buffer().putLong(at, i);
                    appender.commit(1, 1, 0, 0, i);
                    acknowledged.add(i++);
                }
            } catch (final DiskFullException e) {
                assertThat(e).hasMessageContaining("free space");
            }
            full[0] = false;
            final int at = appender.claim(Long.BYTES);
            appender.buffer().putLong(at, i);
            appender.commit(1, 1, 0, 0, i);
            acknowledged.add(i);
            assertThat(read(log)).endsWith(acknowledged.toArray(new Long[0]));
        }
    }
}
