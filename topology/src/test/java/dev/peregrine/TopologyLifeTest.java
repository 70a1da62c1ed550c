/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.state.KeyedValueState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Topologies are updated, restarted, drained, killed, and started from savepoints. */
@Timeout(120)
class TopologyLifeTest {
    private static final int KEYS = 200;

    @TempDir
    private Path directory;
    private final Map<Long, Long> expected = new HashMap<>();

    /** Counts per key and publishes each new count. */
    private static final class Count implements Stage {
        private KeyedValueState counts;

        @Override
        public void open(final StageContext context) {
            counts = context.valueState("counts", Long.BYTES, Long.BYTES);
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final int at = counts.getOrCreate(event.buffer(), event.offset(), Long.BYTES);
            counts.buffer().putLong(at, counts.buffer().getLong(at) + 1);
            final int claim = out.claim(2 * Long.BYTES);
            out.buffer().putLong(claim, event.buffer().getLong(event.offset()));
            out.buffer().putLong(claim + Long.BYTES, counts.buffer().getLong(at));
            out.commit(event.keyHash(), event.timestampNs(), 0, 0);
        }
    }

    private Peregrine open() {
        final Peregrine engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of("in").withPartitions(2).withSegmentLength(1 << 20));
        engine.provisionStream(StreamConfig.of("out").withSegmentLength(1 << 20));
        return engine;
    }

    private static Topology counting(final String name) {
        return TopologyBuilder.named(name).source("in", "in", 2)
            .stage("count", 2, Count::new).key("in")
            .streamSink("out", "out").shuffle("count").build();
    }

    private void publish(final Peregrine engine, final int count) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[Long.BYTES]);
        try (Publisher publisher = engine.publisher("in", "test")) {
            for (int i = 0; i < count; i++) {
                final long key = i % KEYS;
                buffer.putLong(0, key);
                publisher.publish(KeyHash.of(key), 1, 1, i, buffer, 0, Long.BYTES);
                expected.merge(key, 1L, Long::sum);
            }
        }
    }

    /** The last count of each key, each of which must follow upon the one before. */
    private static Map<Long, Long> counts(final Peregrine engine) {
        final Map<Long, Long> counts = new HashMap<>();
        try (PartitionReader reader = engine.stream("out").partition(0).newReader(0)) {
            while (reader.poll(frame -> {
                final long key = frame.buffer().getLong(frame.payloadOffset());
                final long count = frame.buffer().getLong(frame.payloadOffset() + Long.BYTES);
                final Long before = counts.put(key, count);
                assertThat(count).isEqualTo(before == null ? 1 : before + 1);
            }, 1_000) > 0) {
                // until the end
            }
        }
        return counts;
    }

    @Test
    void shouldDrainWhatIsPublishedWhileMoreComes() throws Exception {
        final AtomicBoolean drained = new AtomicBoolean();
        try (Peregrine engine = open()) {
            engine.submit(counting("life"));
            final Thread more = new Thread(() -> {
                while (!drained.get()) {
                    publish(engine, 100);
                }
            });
            more.start();
            engine.drainTopology("life");
            drained.set(true);
            more.join();
            engine.restartTopology("life");
            engine.drainTopology("life");
            assertThat(counts(engine)).isEqualTo(expected);
        }
    }

    @Test
    void shouldUpdateRestartAndDrainWithoutLossOrDoubling() throws Exception {
        try (Peregrine engine = open()) {
            engine.submit(counting("life"));
            for (final int parallelism : new int[] {3, 1, 5, 2}) {
                publish(engine, 5_000);
                assertThat(engine.planUpdate("life", Map.of("count", parallelism))).contains("now:", "after the update:");
                engine.updateTopology("life", Map.of("count", parallelism, "in", 1 + parallelism % 2));
                publish(engine, 3_000);
                engine.restartTopology("life");
            }
            engine.drainTopology("life");
            assertThat(counts(engine)).isEqualTo(expected);
            assertThatThrownBy(() -> engine.updateTopology("life", Map.of("none", 2)))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("'none'");
            assertThatThrownBy(() -> engine.restartTopology("other"))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("'other'");
        }
    }

    @Test
    void shouldRefuseToSpreadStateThatIsNotKeyed() throws Exception {
        try (Peregrine engine = open()) {
            engine.submit(TopologyBuilder.named("shuffled").source("in", "in")
                .stage("count", 2, Count::new).shuffle("in").build());
            publish(engine, 100);
            assertThatThrownBy(() -> engine.updateTopology("shuffled", Map.of("count", 3)))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("grouped by key");
            engine.topology("shuffled").awaitDrained(); // it runs on
        }
    }

    @Test
    void shouldForgetWhatWasKilled() throws Exception {
        try (Peregrine engine = open()) {
            engine.submit(counting("life"));
            publish(engine, 1_000);
            engine.topology("life").awaitDrained();
            engine.killTopology("life");
            assertThat(engine.topologies()).isEmpty();
            final RunningTopology again = engine.submit(counting("life"));
            again.awaitDrained();
            assertThat(again.eventsCommitted()).isEqualTo(1_000);
            again.close();
            assertThat(lastCounts(engine)).isEqualTo(expected); // counted from the beginning
        }
    }

    private static Map<Long, Long> lastCounts(final Peregrine engine) {
        final Map<Long, Long> counts = new HashMap<>();
        try (PartitionReader reader = engine.stream("out").partition(0).newReader(0)) {
            while (reader.poll(frame -> counts.put(frame.buffer().getLong(frame.payloadOffset()),
                frame.buffer().getLong(frame.payloadOffset() + Long.BYTES)), 1_000) > 0) {
                // until the end
            }
        }
        return counts;
    }

    @Test
    void shouldStartFromSavepoint() throws Exception {
        try (Peregrine engine = open()) {
            engine.submit(counting("life"));
            publish(engine, 4_000);
            engine.topology("life").awaitDrained();
            final Savepoint savepoint = engine.savepoint("life", "before");
            assertThat(savepoint.topology()).isEqualTo("life");
            assertThatThrownBy(() -> engine.savepoint("life", "before")).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("already");
            publish(engine, 2_000);
            engine.topology("life").awaitDrained();
            assertThatThrownBy(() -> engine.submit(counting("life"), "before"))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("is running");
            engine.topology("life").close();
        }
        try (Peregrine engine = open()) {
            assertThat(engine.savepoints()).hasSize(1).allMatch(each -> each.name().equals("before"));
            assertThatThrownBy(() -> engine.submit(counting("life"), "after"))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("[before]");
            final RunningTopology again = engine.submit(counting("life"), "before");
            again.awaitDrained();
            assertThat(lastCounts(engine)).isEqualTo(expected);
            assertThat(again.eventsCommitted()).isEqualTo(6_000);
            again.close();
            final RunningTopology other = engine.submit(counting("other"), "before");
            other.awaitDrained();
            assertThat(other.eventsCommitted()).isEqualTo(6_000);
            engine.deleteSavepoint("before");
            assertThat(engine.savepoints()).isEmpty();
        }
        try (Peregrine engine = open()) {
            engine.submit(counting("life")).awaitDrained();
            assertThat(lastCounts(engine)).isEqualTo(expected);
        }
    }

    @Test
    void shouldFinishReplacementThatWasInterrupted() throws Exception {
        try (Peregrine engine = open()) {
            engine.submit(counting("life"));
            publish(engine, 1_000);
            engine.topology("life").awaitDrained();
            engine.topology("life").close();
        }
        final Path topologies = directory.resolve("topologies");
        copy(topologies.resolve("life"), topologies.resolve(".life.new")); // complete, the old one still in place
        reopenAndExpect(1_000);
        assertThat(topologies.resolve(".life.new")).doesNotExist();
        copy(topologies.resolve("life"), topologies.resolve(".life.new"));
        Files.move(topologies.resolve("life"), topologies.resolve(".life.old")); // between the two renames
        reopenAndExpect(1_000);
        assertThat(Files.list(topologies)).hasSize(1);
    }

    private void reopenAndExpect(final long events) throws Exception {
        try (Peregrine engine = open()) {
            final RunningTopology topology = engine.submit(counting("life"));
            topology.awaitDrained();
            assertThat(topology.eventsCommitted()).isEqualTo(events);
        }
    }

    private static void copy(final Path from, final Path to) throws IOException {
        Files.createDirectories(to);
        try (java.util.stream.Stream<Path> files = Files.list(from)) {
            for (final Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
