/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.peregrine.core.counters.CountersView;
import dev.peregrine.core.counters.HistogramBuckets;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.topology.BackPressure;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.FigureNames;
import dev.peregrine.topology.HungStage;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.RunningTopology.CounterValue;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.state.KeyedValueState;
import dev.peregrine.topology.time.WatermarkStrategy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of a topology at work: its figures, who holds up the others, and which stage hangs. */
@Timeout(120)
class TopologyWatchTest {
    private static final int EVENTS = 5_000;

    @TempDir
    private Path directory;

    private Peregrine open(final String more) {
        final Peregrine engine = Peregrine.open(ConfigFactory.parseMap(
            Map.of("peregrine.data-dir", directory.toString())).withFallback(ConfigFactory.parseString(more)));
        engine.provisionStream(StreamConfig.of("in").withSegmentLength(1 << 20));
        return engine;
    }

    private static void publish(final Peregrine engine, final int count) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[Long.BYTES]);
        try (Publisher publisher = engine.publisher("in", "test")) {
            for (int i = 0; i < count; i++) {
                buffer.putLong(0, i % 100);
                publisher.publish(KeyHash.of(i % 100), 1, 1, System.currentTimeMillis() * 1_000_000, buffer, 0, Long.BYTES);
            }
        }
    }

    private static void await(final java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.interrupted()).as("out of time").isFalse();
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Hands on what it gets. */
    static class Forward implements Stage {
        @Override
        public void onEvent(final EventView event, final Emitter out) {
            out.forward(event, event.keyHash());
        }
    }

    /** Counts by key, and each tenth event by a counter of its own. */
    static final class Count implements Stage {
        private KeyedValueState counts;
        private AtomicCounter tenths;
        private AtomicCounter late;
        private long seen;

        @Override
        public void open(final StageContext context) {
            counts = context.valueState("counts", Long.BYTES, Long.BYTES);
            late = context.counter(FigureNames.LATE);
            tenths = context.counter("tenths");
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            counts.getOrCreate(event.buffer(), event.offset(), Long.BYTES);
            if (++seen % 10 == 0) {
                tenths.incrementOrdered();
            }
            if (seen % 1_000 == 0) {
                late.incrementOrdered();
            }
            if (seen == EVENTS) {
                throw new IllegalStateException("the last one");
            }
        }
    }

    private Map<String, Long> figuresInFile(final long[] latencies) {
        final Map<String, Long> figures = new HashMap<>();
        try (CountersView view = CountersView.open(FilesFacade.SYSTEM, directory).orElseThrow()) {
            view.forEach((type, label, value, histogram) -> {
                figures.put(String.join("/", label.parts()), value);
                if (type == FigureNames.LATENCY_TYPE) {
                    view.addHistogram(histogram, latencies);
                }
            });
        }
        return figures;
    }

    @Test
    void shouldShowFiguresOfEachInstanceInTheCountersFileAndTheMetrics() throws Exception {
        try (Peregrine engine = open("")) {
            final RunningTopology topology = engine.submit(TopologyBuilder.named("seen").threads(2)
                .source("in", "in").watermarks(WatermarkStrategy.monotone()).onThread(0)
                .stage("forward", Forward::new).shuffle("in").onThread(0)
                .sink("count", Count::new).key("forward").onThread(1).build());
            publish(engine, EVENTS);
            topology.awaitDrained();
            final long[] latencies = new long[HistogramBuckets.COUNT];
            await(() -> figuresInFile(latencies).get("seen/events-committed") == EVENTS);
            final Map<String, Long> figures = figuresInFile(new long[HistogramBuckets.COUNT]);
            assertThat(figures).containsEntry("seen/in/0/received", (long) EVENTS)
                .containsEntry("seen/forward/0/received", (long) EVENTS)
                .containsEntry("seen/forward/0/emitted", (long) EVENTS)
                .containsEntry("seen/count/0/tenths", EVENTS / 10L)
                .containsEntry("seen/count/0/late", EVENTS / 1_000L)
                .containsEntry("seen/count/0/failed", 1L)
                .containsEntry("seen/count/0/dead-lettered", 1L)
                .containsEntry("seen/count/0/ring-slots", 4_096L)
                .containsEntry("seen/count/0/ring-fill", 0L)
                .containsEntry("seen/forward/0/ring-slots", 0L)
                .containsEntry("seen/threads", 2L).containsEntry("seen/active", 1L)
                .containsEntry("seen/lag-bytes", 0L).containsEntry("seen/hung-threads", 0L);
            assertThat(figures.get("seen/count/0/state-bytes")).isPositive();
            assertThat(figures.get("seen/count/0/timed-events")).isPositive();
            assertThat(figures.get("seen/count/0/timed-ns")).isPositive();
            assertThat(figures.get("seen/count/0/watermark-lag-ms")).isNotNegative();
            assertThat(HistogramBuckets.total(latencies)).isPositive();
            assertThat(engine.metrics()).extracting(Metric::name).contains("peregrine_instance_seconds_per_event",
                "peregrine_instance_waited_seconds", "peregrine_instance_held_up_seconds",
                "peregrine_instance_back_pressure_share", "peregrine_instance_ring_fill_ratio",
                "peregrine_instance_state_bytes", "peregrine_instance_watermark_lag_seconds",
                "peregrine_topology_latency_events");
            assertThat(engine.metrics()).filteredOn(metric -> "+Inf".equals(metric.labels().get("le")))
                .singleElement().extracting(Metric::value).isEqualTo((double) HistogramBuckets.total(topology.latencies()));
            topology.close();
            assertThat(figuresInFile(new long[HistogramBuckets.COUNT])).isEmpty();
            assertThat(topology.counters()).contains(new CounterValue("count", 0, "tenths", EVENTS / 10));
        }
    }

    /** Takes its time for each event. */
    static final class Slow implements Stage {
        private final AtomicBoolean fast;

        Slow(final AtomicBoolean fast) {
            this.fast = fast;
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            if (!fast.get()) {
                LockSupport.parkNanos(200_000);
            }
        }
    }

    @Test
    void shouldNameTheInstanceThatHoldsUpTheOthers() throws Exception {
        final AtomicBoolean fast = new AtomicBoolean();
        try (Peregrine engine = open("")) {
            final RunningTopology topology = engine.submit(TopologyBuilder.named("slow").threads(3)
                .source("in", "in")
                .stage("first", Forward::new).shuffle("in").onThread(0)
                .stage("second", Forward::new).shuffle("first").onThread(1)
                .stage("third", Forward::new).shuffle("second").onThread(2)
                .sink("snail", () -> new Slow(fast)).shuffle("third").onThread(2).build());
            publish(engine, 200_000); // both rings fill, so the thread in the middle is held up and holds up
            await(() -> topology.backPressure().filter(found -> found.share() > 0.3).isPresent());
            final BackPressure found = topology.backPressure().orElseThrow();
            assertThat(found.component()).isEqualTo("snail");
            assertThat(found.thread()).isEqualTo("slow-2");
            assertThat(found).asString().startsWith("snail[0] on thread slow-2 holds up its senders for ");
            assertThat(topology.counters()).filteredOn(each -> each.name().equals(FigureNames.BACK_PRESSURE_PERMILLE))
                .filteredOn(each -> each.value() > 0).extracting(CounterValue::component).containsExactly("snail");
            assertThat(topology.counters()).filteredOn(each -> each.name().equals(FigureNames.WAITED_NS))
                .filteredOn(each -> each.value() > 0).extracting(CounterValue::component).contains("second");
            assertThat(topology.counters()).filteredOn(each -> each.name().equals(FigureNames.HELD_UP_NS))
                .filteredOn(each -> each.value() > 0).extracting(CounterValue::component).contains("third");
            assertThat(topology.hungStages()).isEmpty();
            fast.set(true);
            topology.awaitDrained();
            await(() -> topology.backPressure().isEmpty());
        }
    }

    /** Waits at the first event until it is let go. */
    static final class Hang implements Stage {
        private final CountDownLatch let;

        Hang(final CountDownLatch let) {
            this.let = let;
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            try {
                let.await();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void shouldNameAStageThatHangsWithItsStackButNotThoseThatWaitForIt() throws Exception {
        final CountDownLatch let = new CountDownLatch(1);
        try (Peregrine engine = open("peregrine.watchdog.hung-after = 200ms")) {
            final RunningTopology topology = engine.submit(TopologyBuilder.named("hung").threads(2)
                .source("in", "in")
                .stage("forward", Forward::new).shuffle("in").onThread(0)
                .stage("pass", Forward::new).shuffle("forward").onThread(1)
                .stage("stuck", 2, () -> new Hang(let)).shuffle("pass").onThread(1).build());
            publish(engine, 20_000); // more than the ring holds
            await(() -> topology.counters().stream().anyMatch(each ->
                each.name().equals(FigureNames.WAITED_NS) && each.value() > TimeUnit.SECONDS.toNanos(1)));
            final List<HungStage> hung = topology.hungStages();
            assertThat(hung).hasSize(1);
            assertThat(hung.get(0).thread()).isEqualTo("hung-1");
            assertThat(hung.get(0).instances()).containsExactly("stuck[0]", "stuck[1]"); // of one class, on one thread
            assertThat(hung.get(0).stack()).anyMatch(line -> line.contains("Hang.onEvent(TopologyWatchTest.java:"));
            assertThat(engine.health().ok()).isFalse();
            assertThat(engine.health().problems()).singleElement().asString()
                .startsWith("topology hung: stuck[0] or stuck[1] on thread hung-1 has not come back for ");
            let.countDown();
            topology.awaitDrained();
            await(() -> topology.hungStages().isEmpty());
            assertThat(engine.health().ok()).isTrue();
        }
    }

    @Test
    void shouldNameAStageThatIsALambda() throws Exception {
        final CountDownLatch let = new CountDownLatch(1);
        try (Peregrine engine = open("peregrine.watchdog.hung-after = 100ms")) {
            final RunningTopology topology = engine.submit(TopologyBuilder.named("hung").threads(1)
                .source("in", "in")
                .stage("forward", Forward::new).shuffle("in")
                .sink("lambda", () -> (event, out) -> await(() -> let.getCount() == 0)).shuffle("forward").build());
            publish(engine, 1);
            await(() -> !topology.hungStages().isEmpty());
            assertThat(topology.hungStages().get(0).instances()).containsExactly("lambda[0]");
            let.countDown();
            topology.awaitDrained();
        }
    }

    @Test
    void shouldNotTakeAPauseBetweenRetriesForAHang() throws Exception {
        final AtomicBoolean again = new AtomicBoolean();
        try (Peregrine engine = open("peregrine.watchdog.hung-after = 50ms")) {
            final RunningTopology topology = engine.submit(TopologyBuilder.named("retry").threads(1)
                .source("in", "in")
                .sink("once", () -> (event, out) -> {
                    if (!again.getAndSet(true)) {
                        throw new IllegalStateException("once");
                    }
                }).shuffle("in").onFailure(FailurePolicy.deadLetter().afterRetries(1, TimeUnit.SECONDS.toNanos(1)))
                .build());
            publish(engine, 1);
            while (topology.eventsCommitted() < 1) {
                assertThat(topology.hungStages()).allSatisfy( // a slow machine may hold up the thread elsewhere
                    hung -> assertThat(hung.stack()).noneMatch(line -> line.contains("StageFailures")));
                LockSupport.parkNanos(5_000_000);
            }
            assertThat(again).isTrue();
        }
    }
}
