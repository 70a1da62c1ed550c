/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.TaskHook;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.TwoPhaseStage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stages that throw, look on, tick, are configured, and write outside. */
@Timeout(120)
class StageFaultTest {
    private static final int EVENTS = 100;

    @TempDir
    private Path directory;

    private Peregrine open() {
        final Peregrine engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of("in").withSegmentLength(1 << 20));
        return engine;
    }

    private static void publish(final Peregrine engine) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[Long.BYTES]);
        try (Publisher publisher = engine.publisher("in", "test")) {
            for (int i = 0; i < EVENTS; i++) {
                buffer.putLong(0, i);
                publisher.publish(i, 1, 1, i, buffer, 0, Long.BYTES);
            }
        }
    }

    private static long value(final EventView event) {
        return event.buffer().getLong(event.offset());
    }

    private static long counter(final RunningTopology topology, final String component, final String name) {
        return topology.counters().stream()
            .filter(each -> each.component().equals(component) && each.name().equals(name))
            .mapToLong(RunningTopology.CounterValue::value).sum();
    }

    @Test
    void shouldRetryAndThenSendToTheDeadLetterStream() throws Exception {
        final Map<Long, AtomicInteger> attempts = new HashMap<>();
        final List<Long> handled = new ArrayList<>();
        try (Peregrine engine = open()) {
            final RunningTopology topology = engine.submit(TopologyBuilder.named("faulty")
                .source("in", "in")
                .stage("picky", () -> (event, out) -> {
                    final long value = value(event);
                    final int attempt = attempts.computeIfAbsent(value, key -> new AtomicInteger()).incrementAndGet();
                    out.claim(10_000); // left open: given up with the attempt
                    if (value % 10 == 3 || value % 10 == 5 && attempt < 3) {
                        throw new IllegalArgumentException("do not like " + value);
                    }
                    out.abort();
                    out.forward(event, event.keyHash());
                }).shuffle("in").onFailure(FailurePolicy.deadLetter().afterRetries(2, 1_000))
                .sink("sink", () -> (event, out) -> handled.add(value(event))).shuffle("picky")
                .build());
            publish(engine);
            topology.awaitDrained();
            assertThat(topology.failure()).isNull();
            assertThat(handled).hasSize(EVENTS - EVENTS / 10).noneMatch(value -> value % 10 == 3);
            assertThat(attempts.get(3L)).hasValue(3);
            assertThat(counter(topology, "picky", "failed")).isEqualTo(EVENTS / 10 * 5);
            assertThat(counter(topology, "picky", "retried")).isEqualTo(EVENTS / 10 * 4);
            assertThat(counter(topology, "picky", "dead-lettered")).isEqualTo(EVENTS / 10);
            final Map<String, String> headers = new HashMap<>();
            final List<Long> dead = new ArrayList<>();
            try (PartitionReader reader = engine.stream("faulty.dead-letters").partition(0).newReader(0)) {
                reader.poll(frame -> {
                    dead.add(frame.buffer().getLong(frame.payloadOffset()));
                    frame.forEachHeader((buffer, name, nameLength, at, length) -> headers.put(
                        buffer.getStringWithoutLengthUtf8(name, nameLength),
                        buffer.getStringWithoutLengthUtf8(at, length)));
                }, EVENTS);
            }
            assertThat(dead).hasSize(EVENTS / 10).allMatch(value -> value % 10 == 3);
            assertThat(headers).containsEntry("dead-letter.topology", "faulty")
                .containsEntry("dead-letter.component", "picky").containsEntry("dead-letter.task", "0")
                .containsEntry("dead-letter.attempts", "3")
                .containsEntry("dead-letter.cause", "java.lang.IllegalArgumentException: do not like 93");
            assertThat(headers.get("dead-letter.at")).contains("StageFaultTest");
        }
    }

    @Test
    void shouldSendToNamedOutputs() throws Exception {
        final List<Long> odd = new ArrayList<>();
        final List<Long> even = new ArrayList<>();
        try (Peregrine engine = open()) {
            final RunningTopology topology = engine.submit(TopologyBuilder.named("split")
                .source("in", "in")
                .stage("split", () -> new Stage() {
                    private Emitter oddOut;

                    @Override
                    public void open(final StageContext context) {
                        assertThat(context.topology()).isEqualTo("split");
                        oddOut = context.output("odd");
                        assertThatThrownBy(() -> context.output("none")).isInstanceOf(ConfigurationException.class)
                            .hasMessageContaining("'none'").hasMessageContaining("[odd]");
                    }

                    @Override
                    public void onEvent(final EventView event, final Emitter out) {
                        (value(event) % 2 == 0 ? out : oddOut).forward(event, event.keyHash());
                    }
                }).shuffle("in").outputs("odd")
                .sink("even", () -> (event, out) -> even.add(value(event))).shuffle("split")
                .sink("odd", () -> (event, out) -> odd.add(value(event))).input("split", "odd", Grouping.GLOBAL)
                .build());
            publish(engine);
            topology.awaitDrained();
        }
        assertThat(even).hasSize(EVENTS / 2).allMatch(value -> value % 2 == 0);
        assertThat(odd).hasSize(EVENTS / 2).allMatch(value -> value % 2 == 1);
        assertThatThrownBy(() -> TopologyBuilder.named("split").source("in", "in")
            .stage("a", () -> (event, out) -> { }).shuffle("in").sink("b", () -> (event, out) -> { })
            .input("a", "odd", Grouping.KEY)).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("output 'odd' of a");
    }

    /** Remembers what it was told. */
    private record Recorder(Queue<String> calls) implements TaskHook {
        @Override
        public void onOpen(final StageContext context) {
            calls.add("open " + context.component());
        }

        @Override
        public void beforeEvent(final EventView event) {
            calls.add("before");
        }

        @Override
        public void afterEvent(final EventView event) {
            calls.add("after");
        }

        @Override
        public void onEmit(final EventView event) {
            calls.add("emit");
        }

        @Override
        public void onError(final EventView event, final RuntimeException cause) {
            calls.add(cause.getMessage());
        }

        @Override
        public void onClose() {
            calls.add("close");
        }
    }

    @Test
    void shouldTellHooksTickAndPushSettings() throws Exception {
        final Queue<String> calls = new ConcurrentLinkedQueue<>();
        final Queue<String> settings = new ConcurrentLinkedQueue<>();
        final AtomicInteger ticks = new AtomicInteger();
        try (Peregrine engine = open()) {
            final RunningTopology topology = engine.submit(TopologyBuilder.named("watched")
                .source("in", "in")
                .stage("stage", () -> new Stage() {
                    @Override
                    public void open(final StageContext context) {
                        settings.add(context.config().getString("colour"));
                    }

                    @Override
                    public void onEvent(final EventView event, final Emitter out) {
                        if (value(event) == 1) {
                            throw new IllegalStateException("one");
                        }
                        out.forward(event, event.keyHash());
                    }

                    @Override
                    public void onTick(final Emitter out) {
                        ticks.incrementAndGet();
                    }

                    @Override
                    public void onConfig(final Config config) {
                        settings.add(config.getString("colour"));
                    }
                }).shuffle("in").hook(() -> new Recorder(calls)).tickNs(1_000_000)
                .config(ConfigFactory.parseString("colour = red"))
                .build());
            publish(engine);
            topology.awaitDrained();
            topology.configure("stage", ConfigFactory.parseString("colour = blue"));
            assertThatThrownBy(() -> topology.configure("none", ConfigFactory.empty()))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("'none'");
            while (settings.size() < 2 || ticks.get() < 3) {
                Thread.onSpinWait(); // the test's time limit ends it
            }
        }
        assertThat(settings).containsExactly("red", "blue");
        assertThat(calls).startsWith("open stage", "before", "emit", "after", "before", "one").endsWith("close")
            .hasSize(3 * EVENTS - 1 + 2);
    }

    @Test
    void shouldStopAndGoOnReading() throws Exception {
        try (Peregrine engine = open()) {
            final RunningTopology topology = engine.submit(TopologyBuilder.named("paused")
                .source("in", "in").sink("sink", () -> (event, out) -> { }).shuffle("in").build());
            publish(engine);
            topology.awaitDrained();
            topology.active(false);
            publish(engine);
            assertThat(topology.eventsCommitted()).isEqualTo(EVENTS);
            assertThat(topology.lagBytes()).isPositive();
            topology.active(true);
            topology.awaitDrained();
            assertThat(topology.eventsCommitted()).isEqualTo(2 * EVENTS);
        }
    }

    /** A system outside that keeps what is prepared apart from what counts. */
    private static final class Outside {
        private final Map<Long, List<String>> prepared = new HashMap<>();
        private final List<String> committed = new ArrayList<>();
    }

    /** Writes into it in two phases. */
    private static final class OutsideSink implements TwoPhaseStage {
        private final Outside outside;
        private List<String> gathered = new ArrayList<>();

        OutsideSink(final Outside outside) {
            this.outside = outside;
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            gathered.add(Long.toString(value(event)));
        }

        @Override
        public void prepare(final long epoch) {
            outside.prepared.put(epoch, gathered);
            gathered = new ArrayList<>();
        }

        @Override
        public void commit(final long epoch) {
            final List<String> values = outside.prepared.remove(epoch);
            if (values != null) {
                outside.committed.addAll(values);
            }
        }

        @Override
        public void recover(final long committedEpoch) {
            List.copyOf(outside.prepared.keySet()).stream().filter(epoch -> epoch <= committedEpoch).forEach(this::commit);
            outside.prepared.clear();
        }
    }

    @Test
    void shouldWriteOutsideInTwoPhasesOverFailures() throws Exception {
        final Outside outside = new Outside();
        for (int round = 0; round < 4; round++) {
            final int failAt = round == 3 ? Integer.MAX_VALUE : 60 + round * 70;
            final AtomicInteger calls = new AtomicInteger();
            try (Peregrine engine = open()) {
                final RunningTopology topology = engine.submit(TopologyBuilder.named("outside")
                    .failures(FailurePolicy.failTopology())
                    .source("in", "in")
                    .stage("through", () -> (event, out) -> {
                        if (calls.incrementAndGet() == failAt) {
                            throw new IllegalStateException("bad event");
                        }
                        out.forward(event, event.keyHash());
                    }).shuffle("in")
                    .sink("sink", () -> new OutsideSink(outside)).shuffle("through").build());
                if (round < 3) {
                    publish(engine);
                    while (topology.failure() == null) {
                        Thread.onSpinWait(); // the test's time limit ends it
                    }
                } else {
                    topology.awaitDrained();
                }
            }
        }
        assertThat(outside.prepared).isEmpty();
        assertThat(outside.committed).hasSize(3 * EVENTS);
        final byte[] text = String.join(",", outside.committed.subList(0, 3)).getBytes(StandardCharsets.US_ASCII);
        assertThat(new String(text, StandardCharsets.US_ASCII)).isEqualTo("0,1,2");
    }
}
