/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever prefix of a commit's writes a kill lets through, one of the two last commits is found. */
class PositionFileTest {
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
}
