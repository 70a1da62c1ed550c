/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.peregrine.topology.time.Timer;
import dev.peregrine.topology.time.WatermarkStrategy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What time alone brings about is committed, though no event follows. Each test would wait for ever if it were not. */
@Timeout(60)
class IdleStreamTest {
    private static final int THREADS = 3;
    private static final int IDLE_MS = 1_200;

    @TempDir
    private Path directory;

    private Peregrine open() {
        final Peregrine engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of("in").withPartitions(2).withSegmentLength(1 << 20));
        engine.provisionStream(StreamConfig.of("out").withSegmentLength(1 << 20));
        return engine;
    }

    private static void emit(final Emitter out, final long value) {
        out.buffer().putLong(out.claim(Long.BYTES), value);
        out.commit(value, value, 0, 0);
    }

    /** Sets a timer at each event, and emits when it fires. */
    private static final class Later implements Stage {
        private StageContext context;

        @Override
        public void open(final StageContext value) {
            context = value;
            context.timers();
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            context.timers().atProcessingTime(1, context.processingClock().nanoTime() + 20_000_000, event.buffer(),
                event.offset(), Long.BYTES);
        }

        @Override
        public void onTimer(final Timer timer, final Emitter out) {
            emit(out, timer.keyBuffer().getLong(timer.keyOffset()));
        }
    }

    /** Emits at the first tick behind an event. */
    private static final class Ticking implements Stage {
        private long value = -1;

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            value = event.buffer().getLong(event.offset());
        }

        @Override
        public void onTick(final Emitter out) {
            if (value >= 0) {
                emit(out, value);
                value = -1;
            }
        }
    }

    /** Emits what the watermark has passed. */
    private static final class Waiting implements Stage {
        private long value = -1;

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            value = event.buffer().getLong(event.offset());
        }

        @Override
        public void onWatermark(final long watermarkNs, final Emitter out) {
            if (value >= 0 && watermarkNs >= value) {
                emit(out, value);
                value = -1;
            }
        }
    }

    private static void publish(final Peregrine engine, final long value) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[Long.BYTES]);
        buffer.putLong(0, value);
        try (Publisher publisher = engine.publisher("in", "test")) {
            publisher.publish(KeyHash.of(value), 0, 0, value, buffer, 0, Long.BYTES);
        }
    }

    /** Waits for the next record of the output. */
    private static long next(final PartitionReader reader) {
        final long[] value = {-1};
        while (reader.poll(frame -> value[0] = frame.buffer().getLong(frame.payloadOffset()), 1) == 0) {
            LockSupport.parkNanos(100_000);
        }
        return value[0];
    }

    private void run(final Topology topology, final Peregrine engine, final long value, final long pauseMs)
        throws InterruptedException {
        final RunningTopology running = engine.submit(topology);
        try (PartitionReader reader = engine.stream("out").partition(0).newReader(0)) {
            Thread.sleep(pauseMs);
            publish(engine, value);
            assertThat(next(reader)).isEqualTo(value);
            running.awaitDrained();
            assertThat(reader.poll(frame -> { }, 1)).as("it comes once").isZero();
        }
    }

    @Test
    void shouldCommitTimersInProcessingTime() throws Exception {
        final Topology topology = TopologyBuilder.named("later").threads(THREADS).source("in", "in")
            .stage("later", Later::new).key("in").streamSink("out", "out").shuffle("later").build();
        try (Peregrine engine = open()) {
            run(topology, engine, 7, 0);
        }
        try (Peregrine engine = open()) { // the timer has gone with its commit
            final RunningTopology running = engine.submit(topology);
            try (PartitionReader reader = engine.stream("out").partition(0).newReader(0)) {
                publish(engine, 8);
                assertThat(next(reader)).isEqualTo(7);
                assertThat(next(reader)).isEqualTo(8);
                running.awaitDrained();
                assertThat(reader.poll(frame -> { }, 1)).isZero();
            }
        }
    }

    @Test
    void shouldCommitTicks() throws Exception {
        try (Peregrine engine = open()) {
            run(TopologyBuilder.named("ticking").threads(THREADS).source("in", "in")
                .stage("ticking", Ticking::new).key("in").tickNs(5_000_000)
                .streamSink("out", "out").shuffle("ticking").build(), engine, 9, 0);
        }
    }

    @Test
    void shouldCommitWhatIdlePartitionsLetPass() throws Exception {
        // the partition without events is idle before the other one is
        try (Peregrine engine = open()) {
            run(TopologyBuilder.named("waiting").threads(THREADS).source("in", "in")
                .watermarks(WatermarkStrategy.monotone().withIdleness(Duration.ofMillis(IDLE_MS)))
                .stage("waiting", Waiting::new).key("in")
                .streamSink("out", "out").shuffle("waiting").build(), engine, 10, IDLE_MS / 2);
        }
    }
}
