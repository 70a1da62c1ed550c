/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.error.PeregrineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One flipped bit anywhere: it is told, or it changes nothing; never is a wrong record handed to a reader. */
@Timeout(3_600)
class BitFlipTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 600;
    private static final int RECORDS = 450;

    @TempDir
    private Path directory;

    private static PartitionConfig config(final Path at) {
        return PartitionConfig.of(at, "flip/0").withSegmentLength(SEGMENT_LENGTH);
    }

    private void write(final Path at, final boolean sealed) {
        try (PartitionLog log = PartitionLog.open(config(at)); Appender appender = log.newAppender(1);
            Appender other = log.newAppender(2)) {
            for (int i = 0; i < RECORDS; i++) {
                if (i % 20 == 0) {
                    other.claim(100);
                    other.abort();
                }
                Records.append(appender, 1, i, LONGEST);
            }
            if (sealed) {
                Records.readAll(log, 0, LONGEST);
            }
        }
    }

    private static String flip(final Path at, final SplittableRandom random) throws IOException {
        final List<Path> segments;
        try (Stream<Path> files = Files.list(at)) {
            segments = files.filter(f -> f.toString().endsWith(SegmentDescriptor.SUFFIX)).sorted().toList();
        }
        final Path file = segments.get(random.nextInt(segments.size()));
        final byte[] bytes = Files.readAllBytes(file);
        final int index = random.nextInt(4) == 0
            ? random.nextInt(48) : SegmentDescriptor.HEADER_LENGTH + random.nextInt(SEGMENT_LENGTH);
        final int bit = random.nextInt(8);
        bytes[index] ^= (byte) (1 << bit);
        Files.write(file, bytes);
        return file.getFileName() + " byte " + index + " bit " + bit;
    }

    private void fuzz(final long firstSeed, final int rounds) throws IOException {
        int told = 0;
        int unaffected = 0;
        for (final boolean sealed : new boolean[] {false, true}) {
            final Path original = directory.resolve("original-" + sealed);
            write(original, sealed);
            for (long seed = firstSeed; seed < firstSeed + rounds; seed++) {
                final Path copy = directory.resolve("copy-" + sealed + "-" + seed);
                CrashImage.copy(original, copy);
                final String where = flip(copy, new SplittableRandom(seed));
                try (PartitionLog log = PartitionLog.open(config(copy))) {
                    final Map<Long, List<Long>> read = Records.readAll(log, 0, LONGEST);
                    log.verify();
                    if (log.recovery().isClean()) {
                        assertThat(read).as(where).isEqualTo(Map.of(1L, Records.upTo(RECORDS)));
                        unaffected++;
                    } else {
                        assertThat(log.recovery().cutPosition()).as(where).isNotNegative();
                        assertThat(read.get(1L)).as(where).isEqualTo(Records.upTo(read.get(1L).size()));
                        told++;
                    }
                } catch (final PeregrineException e) {
                    assertThat(e.getMessage()).as(where).containsAnyOf("position", "format");
                    told++;
                }
                org.agrona.IoUtil.delete(copy.toFile(), false);
            }
        }
        assertThat(told).isPositive();
        assertThat(unaffected).isPositive();
    }

    @Test
    void shouldTellEveryFlippedBitThatMatters() throws IOException {
        fuzz(1, 400);
    }

    @Test
    @Tag("long")
    void shouldTellEveryFlippedBitOfManyRounds() throws IOException {
        fuzz(100_000, 20_000);
    }
}
