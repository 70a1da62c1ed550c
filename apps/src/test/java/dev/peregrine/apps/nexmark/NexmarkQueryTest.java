/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.Peregrine;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.RunningTopology.CounterValue;
import dev.peregrine.topology.Stage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each query's topology gives what the words of the query give, over the same events. */
@Timeout(120)
class NexmarkQueryTest {
    private static final int EVENTS = 20_000;
    /** So that the events last 200 seconds: twenty windows. */
    private static final NexmarkConfig CONFIG = NexmarkConfig.published().withEventsPerSecond(100);
    private static final long START_NS = CONFIG.timeMs(0) * 1_000_000;
    /** Events are published so many at a time, and the clock of query 12 goes on in between. */
    private static final int BATCH = 2_000;
    private static final long STEP_NS = 3_000_000_000L;
    /** Queries whose results come in the order of the reference, on one thread and from events in order. */
    private static final Set<NexmarkQuery> ORDERED = EnumSet.of(NexmarkQuery.Q0, NexmarkQuery.Q1, NexmarkQuery.Q2,
        NexmarkQuery.Q4, NexmarkQuery.Q5, NexmarkQuery.Q6, NexmarkQuery.Q7, NexmarkQuery.Q13);

    @TempDir
    private Path directory;
    private final Map<NexmarkQuery, List<String>> results = new EnumMap<>(NexmarkQuery.class);

    private static List<String> expected(final NexmarkQuery query, final List<Event> events) {
        final Reference reference = new Reference(events);
        return switch (query) {
            case Q0 -> reference.q0();
            case Q1 -> reference.q1();
            case Q2 -> reference.q2();
            case Q3 -> reference.q3();
            case Q4 -> reference.q4();
            case Q5 -> reference.q5();
            case Q6 -> reference.q6();
            case Q7 -> reference.q7();
            case Q8 -> reference.q8();
            case Q11 -> reference.q11();
            case Q12 -> reference.q12(timeNs -> START_NS + (timeNs - START_NS) * 100 / 1_000_000_000L / BATCH * STEP_NS);
            case Q13 -> reference.q13();
        };
    }

    private Peregrine open() {
        final Peregrine engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of("auctions").withSegmentLength(8 << 20));
        return engine;
    }

    private NexmarkQuery.Job job(final NexmarkQuery query, final NexmarkConfig config) {
        final List<String> lines = results.computeIfAbsent(query, key -> Collections.synchronizedList(new ArrayList<>()));
        return new NexmarkQuery.Job(query.name(), "auctions",
            () -> (Stage) (event, out) -> lines.add(ResultLines.of(event)))
            .withMaxDelayNs(config.maxDelayNs());
    }

    private static void publish(final Peregrine engine, final NexmarkConfig config, final int from, final int to) {
        final NexmarkGenerator generator = new NexmarkGenerator(config);
        try (Publisher publisher = engine.publisher("auctions", "test")) {
            for (int i = from; i < to; i++) {
                generator.publish(i, publisher);
            }
        }
    }

    private static void publishEnd(final Peregrine engine, final NexmarkConfig config) {
        try (Publisher publisher = engine.publisher("auctions", "test")) {
            new NexmarkGenerator(config).publishEnd(EVENTS, publisher);
        }
    }

    private void check(final NexmarkQuery query, final List<Event> events, final boolean ordered) {
        final List<String> wanted = expected(query, events);
        assertThat(wanted).isNotEmpty();
        if (ordered) {
            assertThat(results.get(query)).as(query.name()).isEqualTo(wanted);
        } else {
            assertThat(sorted(results.get(query))).as(query.name()).isEqualTo(sorted(wanted));
        }
    }

    private static List<String> sorted(final List<String> lines) {
        return lines.stream().sorted().toList();
    }

    private static void checkCounters(final RunningTopology topology) {
        assertThat(topology.failure()).isNull();
        assertThat(topology.counters()).filteredOn(counter -> Set.of("late", "foreign").contains(counter.name()))
            .extracting(CounterValue::value).containsOnly(0L);
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "2,1,1", "3,2,1", "1,2,90", "1,1,2500"})
    void shouldGiveWhatTheReferenceGives(final int threads, final int parallelism, final int outOfOrderGroup)
        throws Exception {
        final NexmarkConfig config = CONFIG.withOutOfOrderGroup(outOfOrderGroup);
        final List<Event> events = Event.first(config, EVENTS);
        try (Peregrine engine = open()) {
            publish(engine, config, 0, EVENTS);
            publishEnd(engine, config);
            for (final NexmarkQuery query : EnumSet.complementOf(EnumSet.of(NexmarkQuery.Q12))) {
                final RunningTopology topology =
                    engine.submit(query.topology(job(query, config).on(threads, parallelism)));
                topology.awaitDrained();
                checkCounters(topology);
                topology.close();
                check(query, events, threads * parallelism * outOfOrderGroup == 1 && ORDERED.contains(query));
            }
        }
    }

    @Test
    void shouldGiveWhatTheReferenceGivesOverRestarts() throws Exception {
        final List<Event> events = Event.first(CONFIG, EVENTS);
        for (int round = 0; round < 4; round++) {
            try (Peregrine engine = open()) {
                publish(engine, CONFIG, EVENTS / 4 * round, EVENTS / 4 * (round + 1));
                if (round == 3) {
                    publishEnd(engine, CONFIG);
                }
                for (final NexmarkQuery query : EnumSet.complementOf(EnumSet.of(NexmarkQuery.Q12))) {
                    final RunningTopology topology = engine.submit(query.topology(job(query, CONFIG)));
                    topology.awaitDrained();
                    checkCounters(topology);
                    topology.close();
                }
            }
        }
        for (final NexmarkQuery query : results.keySet()) {
            check(query, events, false);
        }
    }

    @Test
    void shouldCountInWindowsOfProcessingTime() throws Exception {
        final List<Event> events = Event.first(CONFIG, EVENTS);
        final AtomicLong clockNs = new AtomicLong(START_NS);
        try (Peregrine engine = open()) {
            final RunningTopology topology = engine.submit(NexmarkQuery.Q12.topology(
                job(NexmarkQuery.Q12, CONFIG).withClock(() -> clockNs::get)));
            for (int first = 0; first < EVENTS; first += BATCH) {
                publish(engine, CONFIG, first, first + BATCH);
                topology.awaitDrained();
                clockNs.addAndGet(STEP_NS);
            }
            clockNs.addAndGet(ProcessingTimeStage.WINDOW_NS);
            publishEnd(engine, CONFIG);
            topology.awaitDrained();
            checkCounters(topology);
        }
        check(NexmarkQuery.Q12, events, false);
    }

    @Test
    void shouldNameEveryQuery() {
        assertThat(NexmarkQuery.values()).hasSize(12);
        for (final NexmarkQuery query : NexmarkQuery.values()) {
            assertThat(query.topology(job(query, CONFIG)).components()).hasSizeGreaterThanOrEqualTo(4);
        }
        assertThat(Collections.max(results.keySet())).isEqualTo(NexmarkQuery.Q13);
    }
}
