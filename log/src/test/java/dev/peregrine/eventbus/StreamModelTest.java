/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.agrona.IoUtil;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Seeded histories of everything that can befall a stream, in any order, each step beside a plain list. */
@Timeout(3_600)
class StreamModelTest {
    private static final int HISTORIES = 40;
    private static final int MANY_HISTORIES = Integer.getInteger("peregrine.histories", 2_000);

    @TempDir
    private Path directory;

    private final Map<StreamHistory.Step, Integer> steps = new EnumMap<>(StreamHistory.Step.class);

    private void run(final long seed) throws IOException {
        final Path home = directory.resolve("history-" + seed);
        Files.createDirectories(home);
        try (StreamHistory history = new StreamHistory(home, seed)) {
            history.run();
            history.counts().forEach((step, count) -> steps.merge(step, count, Integer::sum));
        } catch (final AssertionError | RuntimeException e) {
            throw new AssertionError("history " + seed + " in " + home + ": " + e.getMessage(), e);
        }
        IoUtil.delete(home.toFile(), false);
    }

    @Test
    void shouldBeThePlainListThatItWasGiven() throws IOException {
        for (long seed = 0; seed < HISTORIES; seed++) {
            run(seed);
        }
        assertThat(steps).as("every kind of step was taken").containsOnlyKeys(StreamHistory.Step.values());
    }

    @Test
    @Tag("long")
    void shouldBeThePlainListInThousandsOfHistories() throws IOException {
        for (long seed = 1_000; seed < 1_000 + MANY_HISTORIES; seed++) {
            run(seed);
        }
        assertThat(steps).containsOnlyKeys(StreamHistory.Step.values());
    }
}
