/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.store.Table;
import dev.peregrine.store.TableConfig;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.TableOutput;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.state.KeyedValueState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Counts stay exact over stops, restarts and failures, on any number of threads. */
@Timeout(120)
class TopologyRunTest {
    private static final byte[] COUNT = "count".getBytes(StandardCharsets.US_ASCII);
    private static final int KEYS = 300;
    private static final long REMOVE = -1;

    @TempDir
    private Path directory;

    private final Map<Long, Long> expected = new HashMap<>();
    private long published;

    /** Sends on what it gets, under its key. */
    static final class Forward implements Stage {
        @Override
        public void onEvent(final EventView event, final Emitter out) {
            out.forward(event, event.keyHash());
        }
    }

    /** Counts events per key; a key can be removed. Hands on every new count. */
    static final class Count implements Stage {
        private KeyedValueState counts;

        @Override
        public void open(final StageContext context) {
            counts = context.valueState("counts", Long.BYTES, Long.BYTES);
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            long count = 0;
            if (event.buffer().getLong(event.offset() + Long.BYTES) == REMOVE) {
                counts.remove(event.buffer(), event.offset(), Long.BYTES);
            } else {
                final int at = counts.getOrCreate(event.buffer(), event.offset(), Long.BYTES);
                count = counts.buffer().getLong(at) + 1;
                counts.buffer().putLong(at, count);
            }
            final int at = out.claim(2 * Long.BYTES);
            out.buffer().putLong(at, event.buffer().getLong(event.offset()));
            out.buffer().putLong(at + Long.BYTES, count);
            out.commit(event.keyHash(), event.timestampNs(), 0, 0);
        }
    }

    /** Puts counts into the table. */
    static final class Store implements Stage {
        private TableOutput table;

        @Override
        public void open(final StageContext context) {
            table = context.table("counts");
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final byte[] key = ("k" + event.buffer().getLong(event.offset())).getBytes(StandardCharsets.US_ASCII);
            table.mutation().begin(new UnsafeBuffer(key), 0, key.length)
                .putLong(COUNT, event.buffer().getLong(event.offset() + Long.BYTES));
            table.stage();
        }
    }

    /** Counts everything that its instance gets. */
    static final class Total implements Stage {
        private KeyedValueState total;
        private TableOutput table;
        private byte[] row;

        @Override
        public void open(final StageContext context) {
            total = context.valueState("total", Long.BYTES, Long.BYTES);
            table = context.table("counts");
            row = ("total" + context.task()).getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final int at = total.getOrCreate(0);
            total.buffer().putLong(at, total.buffer().getLong(at) + 1);
        }

        @Override
        public void onEpoch(final long epoch, final Emitter out) {
            total.forEachChanged((buffer, key, keyLength, value) -> {
                table.mutation().begin(new UnsafeBuffer(row), 0, row.length).putLong(COUNT, buffer.getLong(value));
                table.stage();
            });
        }
    }

    private static Topology counting(final int threads) {
        return counting(threads, 2);
    }

    private static Topology counting(final int threads, final int counters) {
        return TopologyBuilder.named("counting").threads(threads)
            .source("in", "in", 2)
            .stage("forward", 2, Forward::new).key("in")
            .stage("count", counters, Count::new).key("forward")
            .stage("total", 2, Total::new).shuffle("forward")
            .sink("store", Store::new).global("count")
            .build();
    }

    private Peregrine open() {
        final Peregrine engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of("in").withPartitions(2).withSegmentLength(1 << 20));
        engine.provisionTable(TableConfig.of("counts"));
        return engine;
    }

    private void publish(final Peregrine engine, final SplittableRandom random, final int events) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[2 * Long.BYTES]);
        try (Publisher publisher = engine.publisher("in", "test")) {
            for (int i = 0; i < events; i++) {
                final long key = random.nextInt(KEYS);
                final boolean removes = random.nextInt(50) == 0;
                bytes.putLong(0, key);
                bytes.putLong(Long.BYTES, removes ? REMOVE : 1);
                publisher.publish(KeyHash.of(key), 0, 0, published, bytes, 0, 2 * Long.BYTES);
                published++;
                if (removes) {
                    expected.put(key, 0L);
                } else {
                    expected.merge(key, 1L, Long::sum);
                }
            }
        }
    }

    private void check(final Table table) {
        for (long key = 0; key < KEYS; key++) {
            assertThat(table.getLong("k" + key, "count", 0)).as("key " + key).isEqualTo(expected.getOrDefault(key, 0L));
        }
        assertThat(table.getLong("total0", "count", 0) + table.getLong("total1", "count", 0)).isEqualTo(published);
    }

    @Test
    void shouldCountExactlyOverRestartsOnAnyNumberOfThreads() throws Exception {
        final SplittableRandom random = new SplittableRandom(1);
        final int[] threads = {1, 2, 3, 2, 1, 3};
        for (int round = 0; round < threads.length; round++) {
            try (Peregrine engine = open()) {
                final RunningTopology topology = engine.submit(counting(threads[round]));
                publish(engine, random, 5_000 + random.nextInt(5_000));
                if (round % 2 == 1) {
                    topology.awaitDrained();
                    check(engine.table("counts"));
                    assertThat(topology.eventsCommitted()).isEqualTo(published);
                    assertThat(topology.lagBytes()).isZero();
                }
                assertThat(topology.failure()).isNull();
                // in the even rounds the engine closes with events on their way: the next one reads them again
            }
        }
    }

    @Test
    void shouldKeepCountsWhenTheNumberOfInstancesChanges() throws Exception {
        final SplittableRandom random = new SplittableRandom(7);
        final int[] counters = {2, 5, 1, 3};
        for (final int count : counters) {
            try (Peregrine engine = open()) {
                final RunningTopology topology = engine.submit(counting(2, count));
                publish(engine, random, 4_000);
                topology.awaitDrained();
                check(engine.table("counts"));
            }
        }
    }

    @Test
    void shouldRunAgainAfterItWasClosed() throws Exception {
        final SplittableRandom random = new SplittableRandom(2);
        try (Peregrine engine = open()) {
            for (int threads = 1; threads <= 3; threads++) {
                final RunningTopology topology = engine.submit(counting(threads));
                assertThatThrownBy(() -> engine.submit(counting(1))).isInstanceOf(ConfigurationException.class);
                publish(engine, random, 3_000);
                if (threads != 2) {
                    topology.awaitDrained();
                    check(engine.table("counts"));
                }
                topology.close();
            }
            assertThat(engine.topologies()).hasSize(1);
        }
    }

    @Test
    void shouldStopTheSourceWhileTheSinkIsSlowAndLoseNothing() throws Exception {
        final CountDownLatch gate = new CountDownLatch(1);
        final AtomicLong seen = new AtomicLong();
        final AtomicLong next = new AtomicLong();
        try (Peregrine engine = open()) {
            final Topology slow = TopologyBuilder.named("slow").threads(2).source("in", "in")
                .sink("sink", () -> (Stage) (event, out) -> {
                    try {
                        gate.await();
                    } catch (final InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    seen.incrementAndGet();
                    next.accumulateAndGet(event.timestampNs(), Math::max);
                }).shuffle("in").build();
            final RunningTopology topology = engine.submit(slow);
            publish(engine, new SplittableRandom(3), 60_000); // far more than the ring holds
            assertThat(topology.eventsCommitted()).isZero();
            assertThat(topology.lagBytes()).isPositive();
            gate.countDown();
            topology.awaitDrained();
            assertThat(seen.get()).isEqualTo(60_000);
            assertThat(next.get()).isEqualTo(59_999);
            assertThat(topology.eventsCommitted()).isEqualTo(60_000);
        }
    }

    @Test
    void shouldStopAtThrowingStageAndGoOnExactlyOnceItIsMended() throws Exception {
        final SplittableRandom random = new SplittableRandom(4);
        for (int threads = 1; threads <= 3; threads++) {
            final int limit = 2_500;
            final AtomicLong calls = new AtomicLong();
            final Topology broken = TopologyBuilder.named("counting").threads(threads)
                .failures(FailurePolicy.failTopology())
                .source("in", "in", 2)
                .stage("forward", 2, () -> new Stage() {
                    @Override
                    public void onEvent(final EventView event, final Emitter out) {
                        if (calls.incrementAndGet() == limit) {
                            throw new IllegalStateException("bad event");
                        }
                        out.forward(event, event.keyHash());
                    }
                }).key("in")
                .stage("count", 2, Count::new).key("forward")
                .stage("total", 2, Total::new).shuffle("forward")
                .sink("store", Store::new).global("count")
                .build();
            try (Peregrine engine = open()) {
                final RunningTopology topology = engine.submit(broken);
                publish(engine, random, 5_000);
                assertThatThrownBy(topology::awaitDrained).isInstanceOf(PeregrineException.class)
                    .hasRootCauseMessage("bad event");
                assertThat(topology.failure()).hasMessageContaining("counting: forward[").hasRootCauseMessage("bad event");
                assertThat(engine.health().ok()).isFalse();
                assertThat(engine.health().problems().toString()).contains("counting").contains("bad event");
            }
            try (Peregrine engine = open()) {
                final RunningTopology topology = engine.submit(counting(4 - threads));
                topology.awaitDrained();
                check(engine.table("counts"));
                assertThat(engine.health().ok()).isTrue();
            }
        }
    }

    @Test
    void shouldTakeTheNameBackWhenStageDoesNotOpen() throws Exception {
        try (Peregrine engine = open()) {
            final Topology broken = TopologyBuilder.named("counting").source("in", "in", 2)
                .sink("store", () -> new Stage() {
                    @Override
                    public void open(final StageContext context) {
                        context.table("counts");
                        throw new IllegalStateException("will not open");
                    }

                    @Override
                    public void onEvent(final EventView event, final Emitter out) {
                        throw new IllegalStateException();
                    }
                }).global("in").build();
            assertThatThrownBy(() -> engine.submit(broken)).hasMessage("will not open");
            assertThatThrownBy(() -> engine.submit(TopologyBuilder.named("counting").source("in", "nowhere").build()))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("nowhere");
            final RunningTopology topology = engine.submit(counting(2));
            publish(engine, new SplittableRandom(5), 1_000);
            topology.awaitDrained();
            check(engine.table("counts"));
        }
    }

    @Test
    void shouldRefuseStreamThatLostWhatWasNotYetRead() throws Exception {
        final SplittableRandom random = new SplittableRandom(6);
        try (Peregrine engine = open()) {
            final RunningTopology topology = engine.submit(counting(1));
            publish(engine, random, 100);
            topology.awaitDrained();
        }
        try (Peregrine engine = open()) {
            publish(engine, random, 60_000); // into the second segment of either partition
            engine.stream("in").partition(1).truncateBefore(engine.stream("in").partition(1).appendedPosition());
        }
        try (Peregrine engine = open()) {
            assertThatThrownBy(() -> engine.submit(counting(1))).isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("in/1").hasMessageContaining("begins at 1048576");
        }
    }
}
