/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.nexmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.apps.nexmark.NexmarkConfig;
import dev.peregrine.apps.nexmark.NexmarkQuery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The peer does the same work: as many results, of each query. */
@Tag("long")
class FlinkNexmarkTest {
    private static final int EVENTS = 20_000;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldGiveAsManyResultsAsTheEngine(final int parallelism) throws Exception {
        final NexmarkConfig config = NexmarkConfig.published().withEventsPerSecond(500);
        try (NexmarkSubject engine = new EngineNexmark(directory.resolve("engine"), config, EVENTS, 1);
            NexmarkSubject flink = new FlinkNexmark(
                Files.createDirectories(directory.resolve("flink")), config, EVENTS, parallelism)) {
            for (final NexmarkQuery query : Arrays.stream(NexmarkQuery.values()).filter(FlinkQueries::has).toList()) {
                assertThat(flink.run(query).results()).as(query.name()).isEqualTo(engine.run(query).results());
            }
        }
    }
}
