/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.nexmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.apps.nexmark.NexmarkConfig;
import dev.peregrine.apps.nexmark.NexmarkQuery;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EngineNexmarkTest {
    private static final int EVENTS = 20_000;

    @TempDir
    private Path directory;

    @Test
    void shouldGiveTheSameResultsInEachRunAndOnAnyNumberOfThreads() throws Exception {
        final NexmarkConfig config = NexmarkConfig.published().withEventsPerSecond(500);
        try (NexmarkSubject one = new EngineNexmark(directory.resolve("one"), config, EVENTS, 1);
            NexmarkSubject two = new EngineNexmark(directory.resolve("two"), config, EVENTS, 2)) {
            for (final NexmarkQuery query : NexmarkQuery.values()) {
                final long results = one.run(query).results();
                if (query != NexmarkQuery.Q12) { // its windows are of this test's own time
                    assertThat(results).as(query.name()).isPositive();
                    assertThat(one.run(query).results()).as(query.name()).isEqualTo(results);
                    assertThat(two.run(query).results()).as(query.name()).isEqualTo(results);
                }
            }
        }
    }
}
