/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FigureRunnerTest {
    private static final String BOTH =
        String.join(File.pathSeparator, "lib/frocksdbjni-8.jar", "lib/agrona-2.jar", "lib/rocksdbjni-11.jar");

    @TempDir
    private Path directory;

    @Test
    void shouldGiveAForkOneBuildOfRocksDb() {
        assertThat(FigureRunner.classPath(BOTH, "flink-rocksdb")).contains("frocksdb").doesNotContain("/rocksdb");
        assertThat(FigureRunner.classPath(BOTH, "rocksdb")).contains("/rocksdb").doesNotContain("frocksdb");
        assertThat(FigureRunner.classPath(BOTH, null)).contains("/rocksdb", "agrona").doesNotContain("frocksdb");
    }

    @Tag("long")
    @Test
    void shouldCountExactlyInAForkWithFlinksRocksDb() {
        final BenchRow row = new FigureRunner(new Effort(1, 0, 1, 50, 1_000, 10_000), directory).run(
            new Figure("topology.window-job", "WindowJob.flatOut",
                Map.of("subject", "flink-rocksdb", "keys", "100", "jobEvents", "5000"), 1, "flink-rocksdb 2"));

        assertThat(row.error()).isNull();
        assertThat(row.score()).isPositive();
    }
}
