/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.SystemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever prefix of a commit's writes a kill lets through, one of the two last commits is found; whatever pages a power
 * cut lets through, one that was forced or came later is.
 */
class PositionFileTest {
    private static final int PAGE = 4096;

    @Property(tries = 200)
    void shouldFindOneOfTheTwoLastCommits(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 9) final int partitions,
        @ForAll @IntRange(max = 12) final int commits) throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        final Path file = Files.createTempDirectory("peregrine-positions").resolve("s.pos");
        try {
            final long[][] values = new long[commits + 1][partitions];
            byte[] before = null;
            for (int c = 1; c <= commits; c++) {
                try (PositionFile positions = new PositionFile(FilesFacade.SYSTEM, file, partitions)) {
                    before = Files.readAllBytes(file);
                    for (int p = 0; p < partitions; p++) {
                        values[c][p] = random.nextLong(1L << 40);
                        positions.stage(p, values[c][p], values[c][p] / 64);
                    }
                    positions.commit();
                }
            }
            int atLeast = commits;
            if (before != null && random.nextBoolean()) {
                tear(file, before, random);
                atLeast = commits - 1;
            }
            try (PositionFile positions = new PositionFile(FilesFacade.SYSTEM, file, partitions)) {
                final int found = positions.position(0) == values[commits][0] ? commits : atLeast;
                for (int p = 0; p < partitions; p++) {
                    assertThat(positions.position(p)).isEqualTo(values[found][p]);
                    assertThat(positions.number(p)).isEqualTo(values[found][p] / 64);
                }
            }
        } finally {
            org.agrona.IoUtil.delete(file.getParent().toFile(), true);
        }
    }

    /** Leaves any eight-byte words of the last commit unwritten. */
    private static void tear(final Path file, final byte[] before, final SplittableRandom random) throws IOException {
        final byte[] after = Files.readAllBytes(file);
        for (int word = 0; word < after.length; word += Long.BYTES) {
            if (random.nextBoolean()) {
                System.arraycopy(before, word, after, word, Long.BYTES);
            }
        }
        Files.write(file, after);
    }

    /** What the disk holds of one file: all of it when it is forced, and any page as it is at any moment. */
    private static final class Disk extends SystemFiles {
        private final Path file;
        private final SplittableRandom random;
        private byte[] image;

        Disk(final Path file, final SplittableRandom random) {
            this.file = file;
            this.random = random;
        }

        private byte[] now() {
            try {
                return Files.readAllBytes(file);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void force(final MappedByteBuffer buffer, final int offset, final int lengthBytes) {
            image = now();
        }

        void writeBack() {
            final byte[] now = now();
            for (int page = 0; page < now.length; page += PAGE) {
                if (random.nextBoolean()) {
                    System.arraycopy(now, page, image, page, Math.min(PAGE, now.length - page));
                }
            }
        }
    }

    @Property(tries = 100)
    void shouldFindWhatWasForcedOrALaterCommitAfterAPowerCut(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 700) final int partitions,
        @ForAll @IntRange(max = 8) final int commits) throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        final Path file = Files.createTempDirectory("peregrine-positions").resolve("s.pos");
        try {
            final Disk disk = new Disk(file, random);
            int forced = 0;
            try (PositionFile positions = new PositionFile(disk, file, partitions)) {
                disk.image = disk.now(); // a new file is made on the disk first
                for (int c = 1; c <= commits; c++) {
                    final int cut = random.nextInt(partitions);
                    for (int p = 0; p < partitions; p++) {
                        positions.stage(p, place(c, p), c);
                        if (p == cut) {
                            disk.writeBack();
                        }
                    }
                    positions.commit();
                    disk.writeBack();
                    if (random.nextInt(3) == 0) {
                        positions.force();
                        forced = c;
                    }
                }
                final int last = random.nextInt(partitions);
                for (int p = 0; p <= last; p++) { // the power goes in the middle of one more
                    positions.stage(p, place(commits + 1, p), commits + 1);
                }
                disk.writeBack();
            }
            Files.write(file, disk.image);
            try (PositionFile positions = new PositionFile(FilesFacade.SYSTEM, file, partitions)) {
                final int found = (int) positions.number(0);
                assertThat(found).isBetween(forced, commits);
                for (int p = 0; p < partitions; p++) {
                    assertThat(positions.number(p)).isEqualTo(found);
                    assertThat(positions.position(p)).isEqualTo(place(found, p));
                }
            }
        } finally {
            org.agrona.IoUtil.delete(file.getParent().toFile(), true);
        }
    }

    private static long place(final int commit, final int partition) {
        return commit == 0 ? 0 : commit * 1_000_003L + partition;
    }

    /** Every byte of a file with two commits: refused, or a commit that was made. */
    @Test
    void shouldCallAShortFileDamagedAlsoForThoseWhoOnlyLook(@TempDir final Path directory) throws IOException {
        final Path file = directory.resolve("s.pos");
        Files.write(file, new byte[10]);
        assertThatThrownBy(() -> PositionFile.openReadOnly(FilesFacade.SYSTEM, file, 2))
            .isInstanceOf(CorruptDataException.class).hasMessageContaining("delete it");
        assertThat(file).hasSize(10);
    }

    @Test
    void shouldGiveAPlaceThatWasCommittedOrNoneWhateverByteIsFlipped(@TempDir final Path directory) throws IOException {
        final Path file = directory.resolve("s.pos");
        try (PositionFile positions = new PositionFile(FilesFacade.SYSTEM, file, 3)) {
            for (int c = 1; c <= 2; c++) {
                for (int p = 0; p < 3; p++) {
                    positions.stage(p, place(c, p), c);
                }
                positions.commit();
            }
        }
        final byte[] bytes = Files.readAllBytes(file);
        final int[] found = new int[3];
        int refused = 0;
        for (int at = 0; at < bytes.length; at++) {
            final byte[] flipped = bytes.clone();
            flipped[at] ^= (byte) (1 << at % Byte.SIZE);
            Files.write(file, flipped);
            try (PositionFile positions = new PositionFile(FilesFacade.SYSTEM, file, 3)) {
                final int commit = (int) positions.number(0);
                found[commit]++;
                for (int p = 0; p < 3; p++) {
                    assertThat(positions.position(p)).as("byte %d", at).isEqualTo(place(commit, p));
                }
            } catch (final CorruptDataException e) {
                assertThat(e).hasMessageContaining("s.pos is damaged");
                refused++;
            }
        }
        assertThat(refused).as("magic, format and number of partitions").isEqualTo(16);
        assertThat(found[0]).isZero();
        assertThat(found[1]).as("the copy that counts").isEqualTo(16 + 3 * 16);
    }
}
