/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Topologies whose sources run on several threads, over failures and restarts. */
@Timeout(120)
class SourceThreadsTest {
    private static final int THREADS = 7;

    @TempDir
    private Path directory;
    private long published;

    private Peregrine open() {
        final Peregrine engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of("left").withPartitions(2).withSegmentLength(1 << 20));
        engine.provisionStream(StreamConfig.of("right").withSegmentLength(1 << 20));
        engine.provisionStream(StreamConfig.of("out").withSegmentLength(1 << 20));
        return engine;
    }

    private void publish(final Peregrine engine, final int count) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[Long.BYTES]);
        try (Publisher left = engine.publisher("left", "test"); Publisher right = engine.publisher("right", "test")) {
            for (int i = 0; i < count; i++) {
                buffer.putLong(0, published);
                (i % 3 == 0 ? right : left).publish(KeyHash.of(published % 50), 1, 1, published++, buffer, 0, Long.BYTES);
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

    /** Each instance on a thread of its own. */
    private static Topology union(final Delivery delivery, final long failAt) {
        final AtomicLong calls = new AtomicLong();
        return TopologyBuilder.named("union").threads(THREADS).delivery(delivery).failures(FailurePolicy.failTopology())
            .source("left", "left", 2)
            .stage("first", () -> new Failing(calls, failAt)).key("left")
            .source("right", "right")
            .stage("second", 2, () -> new Failing(calls, failAt)).key("first").key("right")
            .streamSink("out", "out").shuffle("second").shuffle("right")
            .build();
    }

    private static List<Long> out(final Peregrine engine) {
        final List<Long> values = new ArrayList<>();
        try (PartitionReader reader = engine.stream("out").partition(0).newReader(0)) {
            while (reader.poll(frame -> values.add(frame.buffer().getLong(frame.payloadOffset())), 1_000) > 0) {
                // until the end
            }
        }
        Collections.sort(values);
        return values;
    }

    private List<Long> runWithFailures(final Delivery delivery) throws Exception {
        for (int round = 0; round < 4; round++) {
            try (Peregrine engine = open()) {
                final RunningTopology topology = engine.submit(union(delivery, 900 + 70 * round));
                publish(engine, 1_500);
                assertThatThrownBy(topology::awaitDrained).isInstanceOf(PeregrineException.class)
                    .hasRootCauseMessage("bad event");
            }
        }
        try (Peregrine engine = open()) {
            final RunningTopology topology = engine.submit(union(delivery, Long.MAX_VALUE));
            publish(engine, 10_000);
            topology.awaitDrained();
            assertThat(topology.eventsCommitted()).isEqualTo(published);
            assertThat(topology.lagBytes()).isZero();
            assertThat(topology.plan().lines().filter(line -> line.contains("thread") && line.contains(": left[")))
                .hasSize(2);
            topology.close();
            return out(engine);
        }
    }

    private long fromRight() {
        return LongStream.range(0, 1_500).filter(i -> i % 3 == 0).count() * 4
            + LongStream.range(0, 10_000).filter(i -> i % 3 == 0).count();
    }

    @Test
    void shouldPublishEachRecordOnceFromEachPath() throws Exception {
        final List<Long> values = runWithFailures(Delivery.EFFECTIVELY_ONCE);
        assertThat(values).hasSize((int) (published + fromRight())); // records of the right come by two ways
        assertThat(values.stream().distinct().toList()).isEqualTo(LongStream.range(0, published).boxed().toList());
    }

    @Test
    void shouldPublishNoRecordTwiceByOnePathUnderAtMostOnce() throws Exception {
        final List<Long> values = runWithFailures(Delivery.AT_MOST_ONCE);
        assertThat(values).hasSizeLessThan((int) (published + fromRight()));
        for (int i = 2; i < values.size(); i++) { // sorted
            assertThat(values.get(i)).as("by two ways at most").isGreaterThan(values.get(i - 2));
        }
        assertThat(values).contains(published - 1);
    }

    @Test
    void shouldTellLatencyOfEveryEpoch() throws Exception {
        try (Peregrine engine = open()) {
            final RunningTopology topology = engine.submit(union(Delivery.EFFECTIVELY_ONCE, Long.MAX_VALUE));
            for (int i = 0; i < 20; i++) {
                publish(engine, 100);
                topology.awaitDrained();
            }
            assertThat(topology.latencySinceLastCall().getTotalCount()).isEqualTo(published);
        }
    }
}
