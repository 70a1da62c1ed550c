/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountSubjectsTest {
    private static final int KEYS = 50;
    private static final CountLoad FLAT_OUT = new CountLoad(KEYS, 5_000, 1_000, 1_000, false);
    private static final CountLoad PACED = new CountLoad(KEYS, 2_000, 2_000, 200, true);

    @TempDir
    private Path directory;

    private void shouldCountExactly(final String subject, final int parallelism, final boolean isKept) throws Exception {
        try (CountSubject counting = CountSubjects.open(subject, parallelism, isKept, directory)) {
            for (int i = 0; i < 2; i++) {
                final CountResults results = run(counting, FLAT_OUT, 0);
                assertThat(results.eventsPerSecond()).isPositive();
            }
            final CountResults results = run(counting, PACED, 1);
            assertThat(results.latency().getTotalCount()).isEqualTo(KEYS * 3); // five windows less the outer ones
        }
    }

    private static CountResults run(final CountSubject counting, final CountLoad load, final int settling)
        throws Exception {
        final CountResults results = CountResults.begin(load, CountResults.expected(load), settling);
        counting.run(results);
        return results;
    }

    @ParameterizedTest
    @CsvSource({"1,true", "2,true", "2,false"})
    void shouldCountExactlyOnTheEngine(final int parallelism, final boolean isKept) throws Exception {
        shouldCountExactly("peregrine", parallelism, isKept);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({"flink", "hazelcast-jet", "storm", "kafka-streams"})
    void shouldCountExactlyOnPeers(final String subject) throws Exception {
        shouldCountExactly(subject, 2, true);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({"flink", "hazelcast-jet", "storm", "kafka-streams"})
    void shouldCountExactlyOnPeersThatKeepNothing(final String subject) throws Exception {
        shouldCountExactly(subject, 1, false);
    }

    @Test
    void shouldRefuseWrongCounts() {
        final CountLoad load = new CountLoad(1, 10, 10, 1_000, false);
        final CountResults results = CountResults.begin(load, CountResults.expected(load), 0);
        final CountResults.Writer writer = results.newWriter();
        writer.add(CountResults.NOBODY, 1_000, 7);
        writer.add(0, 1_000, 9);
        writer.add(0, 2_000, 1);
        results.await(1_000);

        assertThatThrownBy(results::eventsPerSecond).hasMessageContaining("2 results of 10 events, not 1 of 10");
    }

    @Test
    void shouldRefuseTheRightNumberOfWrongResults() {
        final CountLoad load = new CountLoad(1, 10, 10, 1_000, false);
        final CountResults results = CountResults.begin(load, CountResults.expected(load), 0);
        results.newWriter().add(0, 3_000, 10);
        results.await(1_000);

        assertThatThrownBy(results::eventsPerSecond).hasMessageContaining("or others than expected");
    }

    @Test
    void shouldExpectWhatTheEventsAre() {
        final CountLoad load = new CountLoad(3, 1_000, 100, 1_000, false);

        assertThat(CountResults.expected(load)[0]).isEqualTo(30);
        assertThat(CountResults.expected(load)[1]).isEqualTo(1_000);
    }
}
