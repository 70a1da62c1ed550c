/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.IoUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every byte of either {@code copy.mark}, flipped once: what was reported durable is there, whichever copy holds it. */
@Timeout(300)
class CopyMarkBitFlipTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 900;
    private static final int BEFORE = 50;
    private static final int AFTER = 70;
    private static final int MARK_LENGTH = 16;

    @TempDir
    private Path home;

    /** Which disk fails before the last records. */
    private enum Lost {
        NEITHER(null), FIRST("first"), SECOND("second");

        private final String disk;

        Lost(final String disk) {
            this.disk = disk;
        }
    }

    private static PartitionConfig config(final Path at) {
        return PartitionConfig.of(at.resolve("first"), "marked/0").withSegmentLength(SEGMENT_LENGTH)
            .withDurability(Durability.INTERVAL, 0).withMirror(at.resolve("second"));
    }

    private static void copy(final Path from, final Path to) {
        CrashImage.copy(from.resolve("first"), to.resolve("first"));
        CrashImage.copy(from.resolve("second"), to.resolve("second"));
    }

    private static void append(final PartitionLog log, final int from, final int to) {
        try (Appender appender = log.newAppender(1)) {
            for (int sequence = from; sequence < to; sequence++) {
                Records.append(appender, 1, sequence, LONGEST);
            }
        }
        log.force();
        assertThat(log.durablePosition()).isEqualTo(log.appendedPosition());
    }

    /** Two copies as the process leaves them; the disk that failed has what it had then. */
    private Path write(final Lost lost) throws IOException {
        final Path at = home.resolve("written");
        final Path then = home.resolve("then");
        final OneDiskFiles files = new OneDiskFiles();
        try (PartitionLog log = PartitionLog.open(config(at).withFiles(files))) {
            append(log, 0, BEFORE);
            copy(at, then);
            if (lost.disk != null) {
                files.breakDisk(at.resolve(lost.disk));
            }
            append(log, BEFORE, AFTER);
            assertThat(log.degraded() == null).isEqualTo(lost.disk == null);
        }
        if (lost.disk != null) {
            IoUtil.delete(at.resolve(lost.disk).toFile(), false);
            Files.move(then.resolve(lost.disk), at.resolve(lost.disk));
        }
        return at;
    }

    @ParameterizedTest
    @EnumSource(Lost.class)
    void shouldKeepWhatIsDurableWhateverByteOfAMarkIsFlipped(final Lost lost) throws IOException {
        final Path written = write(lost);
        for (final String damaged : new String[] {"first", "second"}) {
            for (int at = 0; at < MARK_LENGTH; at++) {
                final Path copy = home.resolve("copy");
                copy(written, copy);
                final Path mark = copy.resolve(damaged).resolve(CopyMark.FILE_NAME);
                final byte[] bytes = Files.readAllBytes(mark);
                assertThat(bytes).hasSize(MARK_LENGTH);
                bytes[at] ^= (byte) (1 << at % Byte.SIZE);
                Files.write(mark, bytes);
                try (PartitionLog log = PartitionLog.open(config(copy))) {
                    log.verify();
                    assertThat(log.degraded()).isNull();
                    assertThat(Records.readAll(log, 0, LONGEST).get(1L)).as("%s, byte %d of the %s mark", lost, at, damaged)
                        .isEqualTo(Records.upTo(AFTER));
                }
                assertThat(CopyMark.read(copy.resolve("first"))).as("marks after byte %d of the %s", at, damaged)
                    .isEqualTo(CopyMark.read(copy.resolve("second"))).isNotNegative();
                IoUtil.delete(copy.toFile(), false);
            }
        }
    }

    @Test
    void shouldTellEveryFlippedBit() throws IOException {
        final Path directory = Files.createDirectories(home.resolve("mark"));
        CopyMark.write(FilesFacade.SYSTEM, directory, 6);
        final Path file = directory.resolve(CopyMark.FILE_NAME);
        final byte[] bytes = Files.readAllBytes(file);
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            final byte[] flipped = bytes.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            Files.write(file, flipped);
            assertThat(CopyMark.read(directory)).as("bit %d", bit).isEqualTo(CopyMark.DAMAGED);
        }
        Files.write(file, bytes);
        assertThat(CopyMark.read(directory)).isEqualTo(6);
    }
}
