/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random topologies under a scheduler, a clock and crashes that a seed decides about: their results are those of a
 * sequential run. A failure names its seed; {@code -Dseed=N} runs that one again, {@code -Dseeds=N} so many.
 */
class SimulationTest {
    private static final int SEEDS = 100;
    private static final int LONG_SEEDS = 10_000;

    @TempDir
    private Path directory;

    @Test
    @Timeout(300)
    void shouldBeExactUnderAnySchedule() throws Exception {
        final Long seed = Long.getLong("seed");
        if (seed != null) {
            run(seed);
        } else {
            run(0, Integer.getInteger("seeds", SEEDS));
        }
    }

    @Test
    @Tag("long")
    @Timeout(14_400)
    void shouldBeExactUnderManySchedules() throws Exception {
        run(1_000_000, Integer.getInteger("seeds", LONG_SEEDS));
    }

    private void run(final long first, final int count) throws Exception {
        for (long seed = first; seed < first + count; seed++) {
            run(seed);
        }
    }

    private void run(final long seed) throws Exception {
        final Path home = directory.resolve("seed-" + seed);
        new SimulatedRun(seed, home).run();
        ScratchFiles.deleteTree(home);
    }
}
