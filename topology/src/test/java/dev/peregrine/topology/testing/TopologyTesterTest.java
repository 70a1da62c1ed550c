/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.eventbus.DeadLetters;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.TableOutput;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.aggregate.Aggregators;
import dev.peregrine.topology.state.KeyedCounter;
import dev.peregrine.topology.state.KeyedValueState;
import dev.peregrine.topology.state.StateTtl;
import dev.peregrine.topology.time.Timer;
import dev.peregrine.topology.time.Timers;
import dev.peregrine.topology.time.WatermarkStrategy;
import dev.peregrine.topology.window.TimeWindow;
import dev.peregrine.topology.window.WindowResultDescriptor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topologies run on the test's thread, by its clock. */
@Timeout(60)
class TopologyTesterTest {
    private static final byte[] COUNT = "count".getBytes(StandardCharsets.US_ASCII);

    /** Counts words; hands the counts on, and into a table and a cache, at the end of the epoch. */
    private static final class Count implements Stage {
        private KeyedCounter counts;
        private TableOutput table;

        @Override
        public void open(final StageContext context) {
            counts = context.counterState("counts", StateTtl.NEVER);
            table = context.table("words").writeThrough("words");
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            counts.add(event.buffer(), event.offset(), event.length(), 1);
        }

        @Override
        public void onEpoch(final long epoch, final Emitter out) {
            counts.forEachChanged((buffer, offset, length, value) -> {
                table.mutation().begin(buffer, offset, length).putLong(COUNT, value);
                table.stage();
                final byte[] text = (buffer.getStringWithoutLengthUtf8(offset, length) + " " + value)
                    .getBytes(StandardCharsets.UTF_8);
                out.buffer().putBytes(out.claim(text.length), text);
                out.commit(KeyHash.of(buffer, offset, length), 0, 0, 0);
            });
        }
    }

    private static TopologyBuilder counting(final int threads) {
        return TopologyBuilder.named("counting").threads(threads).source("text", "text")
            .stage("count", 2, Count::new).key("text")
            .streamSink("out", "counts").global("count");
    }

    private static TopologyTester.Setup withOutputs(final TopologyBuilder topology) {
        return TopologyTester.of(topology.build()).stream("counts").table("words").cache("words");
    }

    private static void send(final TopologyTester tester, final String... words) {
        for (final String word : words) {
            tester.send("text", word, word, 0);
        }
    }

    private static long count(final TopologyTester tester, final String word) {
        final byte[] key = word.getBytes(StandardCharsets.UTF_8);
        return tester.state("count", tester.taskOf("count", KeyHash.of(word)), "counts", KeyedCounter.class)
            .get(new org.agrona.concurrent.UnsafeBuffer(key), 0, key.length);
    }

    @Test
    void shouldShowStreamsTablesCachesStateAndCountersAfterEachEvent() {
        for (int threads = 1; threads <= 4; threads++) {
            try (TopologyTester tester = withOutputs(counting(threads)).start()) {
                send(tester, "to", "be", "or", "not", "to", "be");
                assertThat(tester.takeText("counts")).containsExactly("to 1", "be 1", "or 1", "not 1", "to 2", "be 2");
                assertThat(tester.take("counts")).isEmpty();
                assertThat(tester.records("counts")).hasSize(6).first().asString().isEqualTo("at 0: to 1");
                assertThat(tester.table("words").getLong("be", "count", 0)).isEqualTo(2);
                assertThat(tester.cache("words").get("be")).isNotNull();
                assertThat(count(tester, "not")).isEqualTo(1);
                assertThat(tester.counter("count", "received")).isEqualTo(6);
            }
        }
    }

    @Test
    void shouldKeepBackUntilCommitAndDoAgainAfterCrash() {
        try (TopologyTester tester = withOutputs(counting(3)).start()) {
            send(tester, "a");
            tester.autoCommit(false);
            send(tester, "a", "b");
            assertThat(tester.takeText("counts")).containsExactly("a 1");
            assertThat(count(tester, "a")).isEqualTo(2);
            tester.crash();
            assertThat(count(tester, "a")).isEqualTo(2); // read again
            assertThat(tester.table("words").getLong("a", "count", 0)).isEqualTo(1);
            assertThat(tester.take("counts")).isEmpty();
            tester.commit();
            assertThat(tester.takeText("counts")).containsExactlyInAnyOrder("a 2", "b 1");
            tester.crash();
            tester.commit();
            assertThat(tester.take("counts")).isEmpty();
            assertThat(tester.table("words").getLong("a", "count", 0)).isEqualTo(2);
        }
    }

    @Test
    void shouldKeepStateUnderOtherParallelism() {
        try (TopologyTester tester = withOutputs(counting(2)).start()) {
            send(tester, "a", "b", "c", "a");
            tester.restart(Map.of("count", 3));
            send(tester, "a", "b");
            assertThat(count(tester, "a")).isEqualTo(3);
            tester.restart(Map.of("count", 1));
            send(tester, "c");
            assertThat(tester.takeText("counts"))
                .containsExactly("a 1", "b 1", "c 1", "a 2", "a 3", "b 2", "c 2");
            assertThat(tester.state("count", "counts", KeyedCounter.class).size()).isEqualTo(3);
        }
    }

    @Test
    void shouldFireWindowsByWatermarksThatTheTestMoves() {
        try (TopologyTester tester = TopologyTester.of(TopologyBuilder.named("windows").source("in", "in")
            .stage("window", TimeWindow.tumbling(
                (event, key) -> key.set(event.buffer(), event.offset(), event.length()), Duration.ofSeconds(1))
                .lateOutput().aggregate(Aggregators.count())).outputs(TimeWindow.LATE).key("in")
            .streamSink("results", "results").global("window")
            .streamSink("late", "late").input("window", TimeWindow.LATE, Grouping.GLOBAL).build())
            .stream("results").stream("late").start()) {
            tester.send("in", "k", "k", 100_000_000);
            tester.send("in", "k", "k", 900_000_000);
            tester.send("in", "k", "k", 1_000_000_000);
            assertThat(tester.take("results")).isEmpty();
            tester.advanceWatermark(1_000_000_000);
            assertThat(tester.watermarkNs("window")).isEqualTo(1_000_000_000);
            assertThat(tester.take("results")).singleElement()
                .returns(2L, record -> record.longAt(WindowResultDescriptor.RESULT_OFFSET))
                .returns(999_999_999L, OutputRecord::timestampNs);
            tester.send("in", "k", "k", 999_999_999);
            assertThat(tester.takeText("late")).containsExactly("k");
            tester.advanceWatermark("in", 5_000_000_000L);
            assertThat(tester.take("results")).hasSize(1);
            assertThatThrownBy(() -> tester.advanceWatermark("window", 1)).isInstanceOf(ConfigurationException.class);
        }
    }

    /** Emits the names of timers that fire and of ticks that come. */
    private static final class Alarm implements Stage {
        private Timers timers;

        @Override
        public void open(final StageContext context) {
            timers = context.timers();
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            timers.atEventTime(1, event.timestampNs() + 10, event.buffer(), event.offset(), event.length());
            timers.atProcessingTime(2, Duration.ofSeconds(1).toNanos(), event.buffer(), event.offset(), event.length());
        }

        @Override
        public void onTimer(final Timer timer, final Emitter out) {
            emit((timer.isEventTime() ? "event " : "processing ")
                + timer.keyBuffer().getStringWithoutLengthUtf8(timer.keyOffset(), timer.keyLength()), out);
        }

        @Override
        public void onTick(final Emitter out) {
            emit("tick", out);
        }

        private static void emit(final String text, final Emitter out) {
            final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.buffer().putBytes(out.claim(bytes.length), bytes);
            out.commit(0, 0, 0, 0);
        }
    }

    @Test
    void shouldFireTimersAndTicksByTheClockOfTheTest() {
        try (TopologyTester tester = TopologyTester.of(TopologyBuilder.named("alarm").threads(2)
            .source("in", "in").watermarks(WatermarkStrategy.monotone())
            .stage("alarm", Alarm::new).tickNs(Duration.ofMillis(500).toNanos()).key("in")
            .streamSink("out", "out").global("alarm").build()).stream("out").start()) {
            tester.send("in", "a", "a", 100);
            tester.take("out"); // the first tick comes at once
            tester.send("in", "b", "b", 109);
            assertThat(tester.take("out")).isEmpty();
            tester.send("in", "c", "c", 110); // the source's own watermark
            assertThat(tester.takeText("out")).containsExactly("event a");
            tester.advanceTime(Duration.ofMillis(1_200));
            assertThat(tester.takeText("out"))
                .containsExactly("tick", "processing a", "processing b", "processing c", "tick");
            assertThat(tester.timeNs()).isEqualTo(1_200_000_000);
        }
    }

    @Test
    void shouldNotWaitForTheWatermarkOfASourceWithoutPartitions() {
        for (int threads = 1; threads <= 3; threads++) {
            try (TopologyTester tester = TopologyTester.of(TopologyBuilder.named("alarm").threads(threads)
                .source("in", "in", 3).watermarks(WatermarkStrategy.monotone())
                .stage("alarm", 2, Alarm::new).key("in").streamSink("out", "out").global("alarm").build())
                .stream("out").start()) {
                tester.send("in", "a", "a", 100);
                tester.send("in", "b", "b", 110);
                assertThat(tester.takeText("out")).containsExactly("event a");
                tester.restart(Map.of());
                tester.send("in", "c", "c", 120);
                assertThat(tester.takeText("out")).containsExactly("event b");
            }
        }
    }

    /** Emits each event so many times. */
    private static final class Multiply implements Stage {
        @Override
        public void onEvent(final EventView event, final Emitter out) {
            for (int i = 0; i < 10_000; i++) {
                out.forward(event, i);
            }
        }
    }

    /** Counts what it gets. */
    private static final class Total implements Stage {
        private KeyedValueState total;

        @Override
        public void open(final StageContext context) {
            total = context.valueState("total", Long.BYTES, Long.BYTES);
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final int at = total.getOrCreate(0);
            total.buffer().putLong(at, total.buffer().getLong(at) + 1);
            out.forward(event, event.keyHash());
        }
    }

    @Test
    void shouldGoOnWhenRingsAreFull() {
        try (TopologyTester tester = TopologyTester.of(TopologyBuilder.named("many").threads(4).source("in", "in")
            .stage("multiply", Multiply::new).shuffle("in")
            .stage("first", Total::new).shuffle("multiply")
            .stage("second", Total::new).shuffle("first").build()).start()) {
            tester.send("in", "a", "a", 0);
            tester.send("in", "b", "b", 0);
            assertThat(tester.counter("second", "received")).isEqualTo(20_000);
        }
    }

    @Test
    void shouldRetryWithoutWaitingAndShowDeadLetters() {
        try (TopologyTester tester = TopologyTester.of(TopologyBuilder.named("faulty").source("in", "in")
            .stage("picky", () -> (event, out) -> {
                throw new IllegalArgumentException("not this");
            })
            .onFailure(FailurePolicy.deadLetter().afterRetries(3, Duration.ofSeconds(20).toNanos())).shuffle("in").build())
            .stream("faulty.dead-letters").start()) {
            tester.send("in", "a", "a", 0);
            assertThat(tester.take("faulty.dead-letters")).singleElement()
                .satisfies(letter -> assertThat(letter.headers().get(DeadLetters.CAUSE)).contains("not this"));
            assertThat(tester.timeNs()).isGreaterThanOrEqualTo(Duration.ofMinutes(1).toNanos());
        }
    }

    @Test
    void shouldThrowWhatStopsTheTopology() {
        try (TopologyTester tester = TopologyTester.of(TopologyBuilder.named("failing").source("in", "in")
            .stage("picky", () -> (event, out) -> {
                throw new IllegalArgumentException("not this");
            }).onFailure(FailurePolicy.failTopology()).shuffle("in").build()).start()) {
            assertThatThrownBy(() -> tester.send("in", "a", "a", 0)).hasStackTraceContaining("not this");
        }
    }

    @Test
    void shouldSayWhatIsMissing() {
        assertThatThrownBy(() -> TopologyTester.of(counting(1).build()).start())
            .isInstanceOf(ConfigurationException.class);
        try (TopologyTester tester = withOutputs(counting(1)).start()) {
            assertThatThrownBy(() -> tester.state("count", "counts", KeyedCounter.class)).hasMessageContaining("several");
            assertThatThrownBy(() -> tester.state("count", 0, "other", KeyedCounter.class))
                .hasMessageContaining("[counts]");
            assertThatThrownBy(() -> tester.state("count", 0, "counts", KeyedValueState.class))
                .hasMessageContaining("no KeyedValueState");
            assertThatThrownBy(() -> tester.cache("none")).hasMessageContaining("[words]");
            assertThat(List.of(tester.watermarkNs("count"))).containsExactly(Long.MIN_VALUE);
        }
    }
}
