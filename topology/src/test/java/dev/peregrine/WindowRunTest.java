/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.aggregate.Aggregators;
import dev.peregrine.topology.time.WatermarkStrategy;
import dev.peregrine.topology.window.TimeWindow;
import dev.peregrine.topology.window.WindowResultDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Windows over a stream whose events carry their own time, out of order, over failures and other numbers of instances. */
@Timeout(120)
class WindowRunTest {
    private static final KeySelector KEY = (event, key) -> key.set(event.buffer(), event.offset(), Long.BYTES);
    private static final long SIZE_MS = 1_000;
    private static final long SLIDE_MS = 250;
    private static final int PARTITIONS = 2;
    private static final int ROUNDS = 6;

    @TempDir
    private Path directory;
    private final SplittableRandom random = new SplittableRandom(11);
    private long timeMs;

    private record Window(long startMs, long endMs, long key) {
    }

    private final Map<Window, Long> expected = new HashMap<>();

    private Peregrine open() {
        final Peregrine engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of("in").withPartitions(PARTITIONS).withSegmentLength(1 << 20));
        engine.provisionStream(StreamConfig.of("out").withSegmentLength(1 << 20));
        return engine;
    }

    private static Topology windows(final int parallelism, final AtomicLong calls, final long failAt) {
        return TopologyBuilder.named("windows").threads(1 + parallelism % 3).failures(FailurePolicy.failTopology())
            .source("in", "in", 1 + parallelism % 2)
            .watermarks(WatermarkStrategy.boundedOutOfOrderness(Duration.ofMillis(300))
                .withTimestamps(event -> event.buffer().getLong(event.offset() + Long.BYTES)))
            .stage("through", 1, () -> (event, out) -> {
                if (calls.incrementAndGet() == failAt) {
                    throw new IllegalStateException("bad event");
                }
                out.forward(event, event.keyHash());
            }).shuffle("in")
            .stage("tumbling", parallelism, TimeWindow.tumbling(KEY, Duration.ofMillis(SIZE_MS))
                .aggregate(Aggregators.count())).key("through")
            .stage("sliding", parallelism, TimeWindow.sliding(KEY, Duration.ofMillis(SIZE_MS + SLIDE_MS),
                Duration.ofMillis(SLIDE_MS)).aggregate(Aggregators.count())).key("through")
            .streamSink("out", "out").shuffle("tumbling").shuffle("sliding")
            .build();
    }

    private void publish(final Peregrine engine, final int count) {
        try (Publisher publisher = engine.publisher("in", "test")) {
            for (int i = 0; i < count; i++) {
                timeMs += random.nextInt(5);
                final long eventMs = Math.max(0, timeMs - random.nextInt(300));
                final long key = random.nextInt(20);
                publish(publisher, key, eventMs);
                expect(eventMs, key, SIZE_MS, SIZE_MS);
                expect(eventMs, key, SIZE_MS + SLIDE_MS, SLIDE_MS);
            }
        }
    }

    private static void publish(final Publisher publisher, final long key, final long eventMs) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[2 * Long.BYTES]);
        buffer.putLong(0, key);
        buffer.putLong(Long.BYTES, Duration.ofMillis(eventMs).toNanos());
        publisher.publish(KeyHash.of(key), 1, 1, 1, buffer, 0, 2 * Long.BYTES);
    }

    private void expect(final long eventMs, final long key, final long sizeMs, final long slideMs) {
        for (long start = Math.floorDiv(eventMs, slideMs) * slideMs; start > eventMs - sizeMs; start -= slideMs) {
            expected.merge(new Window(start, start + sizeMs, key), 1L, Long::sum);
        }
    }

    private static Map<Window, Long> results(final Peregrine engine) {
        final Map<Window, Long> found = new HashMap<>();
        try (PartitionReader reader = engine.stream("out").partition(0).newReader(0)) {
            while (reader.poll(frame -> {
                final int at = frame.payloadOffset();
                final int result = at + WindowResultDescriptor.RESULT_OFFSET;
                final Window window = new Window(
                    Duration.ofNanos(frame.buffer().getLong(at + WindowResultDescriptor.START_OFFSET)).toMillis(),
                    Duration.ofNanos(frame.buffer().getLong(at + WindowResultDescriptor.END_OFFSET)).toMillis(),
                    frame.buffer().getLong(result + Long.BYTES));
                assertThat(frame.buffer().getInt(at + WindowResultDescriptor.FIRING_OFFSET)).isZero();
                assertThat(found.put(window, frame.buffer().getLong(result))).isNull(); // each window fires once
            }, 1_000) > 0) {
                // until the end
            }
        }
        return found;
    }

    @Test
    void shouldFireEachWindowOnceWithAllItsEvents() throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            try (Peregrine engine = open()) {
                final boolean last = round == ROUNDS;
                final RunningTopology topology = engine.submit(
                    windows(round, new AtomicLong(), last ? Long.MAX_VALUE : 1_500 + random.nextInt(400)));
                publish(engine, 2_000);
                if (last) {
                    timeMs += 10_000;
                    try (Publisher publisher = engine.publisher("in", "test")) {
                        for (long key = 0; key < 20; key++) { // into every partition: the watermark passes all the rest
                            publish(publisher, key, timeMs);
                        }
                    }
                    topology.awaitDrained();
                    assertThat(results(engine)).isEqualTo(expected);
                } else {
                    while (topology.failure() == null) {
                        Thread.onSpinWait(); // the test's time limit ends it
                    }
                    assertThat(topology.failure()).isInstanceOf(PeregrineException.class)
                        .hasRootCauseMessage("bad event");
                }
            }
        }
    }
}
