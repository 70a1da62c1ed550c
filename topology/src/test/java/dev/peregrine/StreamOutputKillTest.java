/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.jvm.JvmFlags;
import dev.peregrine.core.testing.ChildJvm;
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
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a topology counts and publishes while its process is killed, again and again: every count once, none missing. */
class StreamOutputKillTest {
    private static final int KEYS = 50;
    private static final int ROUNDS = 8;
    private static final int LONG_ROUNDS = 500;
    private static final int MIDDLE_OF_WORK_MS = 300;
    /** The last stands for a thread of its own for each instance, the two of the source among them. */
    private static final int[] THREADS = {1, 2, 3, 8};

    @TempDir
    private Path directory;

    /** Counts per key and hands on each new count. */
    private static final class Count implements Stage {
        private KeyedValueState counts;

        @Override
        public void open(final StageContext context) {
            counts = context.valueState("counts", Long.BYTES, Long.BYTES);
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final int at = counts.getOrCreate(event.buffer(), event.offset(), Long.BYTES);
            final long count = counts.buffer().getLong(at) + 1;
            counts.buffer().putLong(at, count);
            final int claim = out.claim(2 * Long.BYTES);
            out.buffer().putLong(claim, event.buffer().getLong(event.offset()));
            out.buffer().putLong(claim + Long.BYTES, count);
            out.commit(event.keyHash(), event.timestampNs(), 0, 0);
        }
    }

    private static Topology counting(final int threads, final int parallelism) {
        return TopologyBuilder.named("counting").threads(threads).source("in", "in", 2)
            .stage("count", parallelism, Count::new).key("in")
            .streamSink("out", "out").shuffle("count").build();
    }

    private static Peregrine open(final Path directory) {
        final Peregrine engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of("in").withPartitions(2).withSegmentLength(1 << 20));
        engine.provisionStream(StreamConfig.of("out").withPartitions(2).withSegmentLength(1 << 20));
        return engine;
    }

    /** The child: publishes for ever, and counts. */
    public static void main(final String[] args) {
        try (Peregrine engine = open(Path.of(args[0]))) {
            final RunningTopology topology =
                engine.submit(counting(Integer.parseInt(args[1]), Integer.parseInt(args[2])));
            final long before = topology.eventsCommitted();
            final UnsafeBuffer buffer = new UnsafeBuffer(new byte[Long.BYTES]);
            try (Publisher publisher = engine.publisher("in", "child")) {
                boolean told = false;
                for (long i = 0; topology.failure() == null; i++) {
                    buffer.putLong(0, i % KEYS);
                    publisher.publish(KeyHash.of(i % KEYS), 1, 1, i, buffer, 0, Long.BYTES);
                    if (i % 500 == 0) {
                        Thread.onSpinWait();
                        java.util.concurrent.locks.LockSupport.parkNanos(100_000);
                    }
                    if (!told && topology.eventsCommitted() > before) {
                        told = true;
                        System.out.println("counting");
                    }
                }
            }
            System.out.println(topology.failure());
        }
    }

    @Test
    @Timeout(180)
    void shouldPublishEachCountOnceOverKills() throws Exception {
        run(ROUNDS);
    }

    @Test
    @Tag("long")
    @Timeout(7_200)
    void shouldPublishEachCountOnceOverManyKills() throws Exception {
        run(LONG_ROUNDS);
    }

    private void run(final int rounds) throws Exception {
        final List<String> flags = JvmFlags.forRelease(Runtime.version().feature());
        final SplittableRandom random = new SplittableRandom(rounds);
        for (int round = 0; round < rounds; round++) {
            try (ChildJvm child = ChildJvm.start(StreamOutputKillTest.class, flags, directory.toString(),
                Integer.toString(THREADS[round % THREADS.length]), Integer.toString(1 + random.nextInt(3)))) {
                assertThat(child.readLine()).isEqualTo("counting");
                Thread.sleep(random.nextInt(MIDDLE_OF_WORK_MS)); // the kill comes at any point of its work
                child.kill();
                assertThat(child.readAll()).isEmpty();
            }
            if (round % 50 == 49 || round == rounds - 1) {
                check();
            }
        }
    }

    private void check() throws InterruptedException {
        final Map<Long, Long> published = new HashMap<>();
        final Map<Long, Long> counted = new HashMap<>();
        try (Peregrine engine = open(directory)) {
            engine.submit(counting(2, 2)).awaitDrained();
            for (int i = 0; i < 2; i++) {
                try (PartitionReader in = engine.stream("in").partition(i).newReader(0);
                    PartitionReader out = engine.stream("out").partition(i).newReader(0)) {
                    while (in.poll(frame -> published.merge(
                        frame.buffer().getLong(frame.payloadOffset()), 1L, Long::sum), 10_000) > 0) {
                        // until the end
                    }
                    while (out.poll(frame -> {
                        final long key = frame.buffer().getLong(frame.payloadOffset());
                        assertThat(frame.buffer().getLong(frame.payloadOffset() + Long.BYTES))
                            .isEqualTo(counted.merge(key, 1L, Long::sum)); // each count follows upon the one before
                    }, 10_000) > 0) {
                        // until the end
                    }
                }
            }
        }
        assertThat(counted).isEqualTo(published).hasSize(KEYS);
    }
}
