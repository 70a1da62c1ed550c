/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import java.util.Set;

/**
 * How long each figure is measured.
 *
 * @param forks JVMs per figure; 0 measures in this one, which is for tests only.
 * @param warmups iterations per fork that are not counted.
 * @param iterations counted iterations per fork.
 * @param millis length of an iteration.
 * @param rows rows in tables and items in caches.
 * @param events events of an iteration of the pipeline.
 */
record Effort(int forks, int warmups, int iterations, int millis, int rows, int events) {
    private static final int DEFAULT_SECONDS = 6;
    private static final int FORKS = 2;
    private static final int BRIEF_ITERATIONS = 3;
    private static final int BRIEF_MILLIS = 600;
    /** Of which there are so many figures that each must be short. */
    private static final Set<String> BRIEF = Set.of("log", "operators", "scaling");

    /** Each figure as the median of so many measured seconds, in two JVMs. */
    static Effort seconds(final int seconds) {
        return new Effort(FORKS, 2, Math.max(1, (seconds + FORKS - 1) / FORKS), 1_000, 1_000_000, 5_000_000);
    }

    /** What an area takes by default. */
    static Effort normal(final String area) {
        return BRIEF.contains(area) ? new Effort(1, 1, BRIEF_ITERATIONS, BRIEF_MILLIS, 1_000_000, 5_000_000)
            : seconds(DEFAULT_SECONDS);
    }

    /** Everything once and briefly: shows that it works, and an order of magnitude. */
    static Effort quick() {
        return new Effort(1, 1, 1, 200, 50_000, 1_000_000);
    }

    /** For tests: no JVM is started. */
    static Effort inProcess() {
        return new Effort(0, 0, 1, 50, 1_000, 10_000);
    }

    String rigMillis() {
        return Integer.toString(millis * 2);
    }
}
