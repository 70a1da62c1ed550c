/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.topology.Delivery;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a topology publishes into streams, over failures and restarts, by its delivery. */
@Timeout(120)
class StreamOutputTest {
    @TempDir
    private Path directory;
    private long published;

    private Peregrine open() {
        final Peregrine engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of("in").withPartitions(2).withSegmentLength(1 << 20));
        engine.provisionStream(StreamConfig.of("out").withPartitions(2).withSegmentLength(1 << 20));
        return engine;
    }

    private void publish(final Peregrine engine, final int count) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[Long.BYTES]);
        try (Publisher publisher = engine.publisher("in", "test")) {
            for (int i = 0; i < count; i++) {
                buffer.putLong(0, published);
                publisher.publish(KeyHash.of(published % 50), 1, 1, published++, buffer, 0, Long.BYTES);
            }
        }
    }

    /** Throws at one event, once. */
    private record Failing(AtomicLong calls, long at) implements Stage {
        @Override
        public void onEvent(final EventView event, final Emitter out) {
            if (calls.incrementAndGet() == at) {
                throw new IllegalStateException("bad event");
            }
            out.forward(event, event.keyHash());
        }
    }

    private static Topology copy(final Delivery delivery, final int threads, final AtomicLong calls, final long failAt) {
        return TopologyBuilder.named("copy").threads(threads).delivery(delivery).failures(FailurePolicy.failTopology())
            .source("in", "in", 2)
            .stage("through", () -> new Failing(calls, failAt)).shuffle("in")
            .streamSink("out", "out").shuffle("through")
            .build();
    }

    private static List<Long> read(final Peregrine engine, final String stream) {
        final List<Long> values = new ArrayList<>();
        for (int i = 0; i < engine.stream(stream).partitions(); i++) {
            try (PartitionReader reader = engine.stream(stream).partition(i).newReader(0)) {
                while (reader.poll(frame -> values.add(frame.buffer().getLong(frame.payloadOffset())), 1_000) > 0) {
                    // until the end
                }
            }
        }
        Collections.sort(values);
        return values;
    }

    private List<Long> runWithFailures(final Delivery delivery) throws Exception {
        for (int round = 0; round < 6; round++) {
            try (Peregrine engine = open()) {
                final RunningTopology topology =
                    engine.submit(copy(delivery, 1 + round % 3, new AtomicLong(), 700 + 40 * round));
                publish(engine, 1_000);
                assertThatThrownBy(topology::awaitDrained).isInstanceOf(PeregrineException.class)
                    .hasRootCauseMessage("bad event");
            }
        }
        try (Peregrine engine = open()) {
            final RunningTopology topology = engine.submit(copy(delivery, 2, new AtomicLong(), Long.MAX_VALUE));
            topology.awaitDrained();
            topology.close();
            return read(engine, "out");
        }
    }

    private List<Long> all() {
        return LongStream.range(0, published).boxed().toList();
    }

    @Test
    void shouldPublishEachRecordOnceOverFailures() throws Exception {
        assertThat(runWithFailures(Delivery.EFFECTIVELY_ONCE)).isEqualTo(all());
    }

    @Test
    void shouldPublishEachRecordAtLeastOnceOverFailures() throws Exception {
        final List<Long> values = runWithFailures(Delivery.AT_LEAST_ONCE);
        assertThat(values.stream().distinct().toList()).isEqualTo(all());
        assertThat(values).hasSizeGreaterThan((int) published); // what was in work at a failure went out again
    }

    @Test
    void shouldPublishEachRecordAtMostOnceOverFailures() throws Exception {
        final List<Long> values = runWithFailures(Delivery.AT_MOST_ONCE);
        assertThat(values).doesNotHaveDuplicates().isSubsetOf(all()).hasSizeBetween(1, (int) published - 1);
    }

    @Test
    void shouldKeepTheOrderOfEachKey() throws Exception {
        try (Peregrine engine = open()) {
            final RunningTopology topology =
                engine.submit(copy(Delivery.EFFECTIVELY_ONCE, 1, new AtomicLong(), Long.MAX_VALUE));
            publish(engine, 5_000);
            topology.awaitDrained();
            final Map<Long, Long> last = new HashMap<>();
            for (int i = 0; i < 2; i++) {
                try (PartitionReader reader = engine.stream("out").partition(i).newReader(0)) {
                    while (reader.poll(frame -> {
                        final long value = frame.buffer().getLong(frame.payloadOffset());
                        final Long before = last.put(value % 50, value);
                        assertThat(before == null ? -1 : before).isLessThan(value);
                        assertThat(frame.timestampNs()).isEqualTo(value);
                        assertThat(frame.keyHash()).isEqualTo(KeyHash.of(value % 50));
                    }, 1_000) > 0) {
                        // until the end
                    }
                }
            }
            assertThat(last).hasSize(50);
        }
    }

    @Test
    void shouldRefuseStreamThatIsNotThere() {
        try (Peregrine engine = open()) {
            assertThatThrownBy(() -> engine.submit(TopologyBuilder.named("copy").source("in", "in")
                .streamSink("out", "nowhere").shuffle("in").build()))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("nowhere");
        }
    }
}
