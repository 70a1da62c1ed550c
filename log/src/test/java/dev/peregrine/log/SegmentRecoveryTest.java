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
        overwrite(4L * FRAME, 0, 0, 0, 0);
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(log.recovery().holesSealed()).isEqualTo(1);
            assertThat(read(log)).containsExactly(0L, 1L, 2L, 3L, 5L, 6L, 7L, 8L, 9L);
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
        overwrite(SegmentDescriptor.BOOT_ID_OFFSET - SegmentDescriptor.HEADER_LENGTH, 1, 2, 3, 4, 5, 6, 7, 8);
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
            public void allocate(final Path file, final long lengthBytes) throws IOException {
                if (full[0]) {
                    throw new IOException("No space left on device");
                }
                super.allocate(file, lengthBytes);
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
