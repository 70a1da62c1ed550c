/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.FencedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every byte of {@code writer.epoch} and every bit of the epoch, flipped once: the writer that runs goes on or is fenced,
 * and the one behind it takes the directory and shuts the door of every writer before it.
 */
class WriterEpochBitFlipTest {
    /** First bit of the epoch. */
    private static final int EPOCH = WriterEpochDescriptor.EPOCH_OFFSET * Byte.SIZE;

    @TempDir
    private Path directory;
    private Path file;

    @BeforeEach
    void make() {
        file = directory.resolve(WriterEpochDescriptor.FILE);
        DataDirectoryLock.take(FilesFacade.SYSTEM, directory).close();
    }

    /** Written in place, since the writers have it mapped. */
    private void flip(final int bit) throws IOException {
        final byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes).hasSize(WriterEpochDescriptor.FILE_LENGTH);
        bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        Files.write(file, bytes, StandardOpenOption.WRITE);
    }

    private static int[] bits() {
        return IntStream.range(0, WriterEpochDescriptor.FILE_LENGTH * Byte.SIZE)
            .filter(bit -> bit >= EPOCH && bit < EPOCH + Long.SIZE || bit % Byte.SIZE == bit / Byte.SIZE % Byte.SIZE)
            .toArray();
    }

    private FencedFiles raise() throws IOException {
        return new WriterEpoch(FilesFacade.SYSTEM, directory, directory).raise(true);
    }

    private static boolean isOpen(final FencedFiles writer) {
        return Files.exists(writer.doors().get(0), LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void shouldHaveOneWriterWhateverBitIsFlippedBetweenTwo() throws IOException {
        for (final int bit : bits()) {
            Files.delete(file);
            final FencedFiles before = raise();
            flip(bit);
            final FencedFiles next = raise();
            final FencedFiles last = raise();
            assertThat(before.fence().isRaised()).as("first, bit %d", bit).isTrue();
            assertThat(next.fence().isRaised()).as("second, bit %d", bit).isTrue();
            assertThat(last.fence().isRaised()).as("third, bit %d", bit).isFalse();
            assertThat(next.fence().epoch()).as("bit %d", bit).isGreaterThan(before.fence().epoch());
            assertThat(last.fence().epoch()).as("bit %d", bit).isGreaterThan(next.fence().epoch());
            assertThat(isOpen(before)).as("door of the first, bit %d", bit).isFalse();
            assertThat(isOpen(next)).as("door of the second, bit %d", bit).isFalse();
            assertThat(isOpen(last)).as("door of the third, bit %d", bit).isTrue();
            WriterEpoch.close(last);
        }
    }

    @Test
    void shouldFenceTheWriterOrLetItGoOnWhateverBitIsFlippedUnderIt() throws IOException {
        for (final int bit : bits()) {
            try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
                final Path one = directory.resolve("one");
                flip(bit);
                if (bit >= EPOCH && bit < EPOCH + Long.SIZE) {
                    assertThatThrownBy(() -> lock.files().writeAtomically(one, new byte[] {1})).as("bit %d", bit)
                        .isInstanceOf(FencedException.class).hasMessageContaining("was taken over");
                } else {
                    lock.files().writeAtomically(one, new byte[] {1});
                }
                flip(bit);
                lock.files().writeAtomically(one, new byte[] {2});
                assertThat(Files.readAllBytes(one)).as("bit %d", bit).containsExactly(2);
            }
        }
    }
}
