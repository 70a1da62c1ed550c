/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.MemoryBudgetException;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RingEdgeTest {
    private final List<Long> received = new ArrayList<>();
    private final List<Long> watermarks = new ArrayList<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final UnsafeBuffer payload = new UnsafeBuffer(new byte[1_000]);
    private final MutableEvent event = new MutableEvent();

    private final StageInstance receiver = Instances.of(Receiver::new);

    private final class Receiver implements Stage {
        @Override
        public void onEvent(final EventView from, final Emitter out) {
            assertThat(from.length()).isEqualTo((int) (8 + from.keyHash() % 900));
            received.add(from.buffer().getLong(from.offset()));
        }

        @Override
        public void onWatermark(final long watermarkNs, final Emitter out) {
            watermarks.add(watermarkNs);
        }
    }

    private RingEdge ring(final int slots) {
        return new RingEdge(receiver, slots, 16, new YieldingIdleStrategy(), stopping::get);
    }

    private void send(final RingEdge ring, final long number) {
        payload.putLong(0, number);
        ring.send(event.set(payload, 0, (int) (8 + number % 900), number, 0, 0, 0));
    }

    @Test
    void shouldLoseNothingInTinyRingWithSlowConsumer() throws Exception {
        final RingEdge ring = ring(4);
        final ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            final Future<?> producing = thread.submit(() -> {
                for (long i = 0; i < 20_000; i++) {
                    send(ring, i);
                }
                ring.flush();
            });
            while (received.size() < 20_000) {
                ring.poll(1);
                Thread.yield();
            }
            producing.get();
        } finally {
            thread.shutdownNow();
        }
        for (int i = 0; i < received.size(); i++) {
            assertThat(received.get(i)).isEqualTo(i);
        }
        assertThat(ring.waitedNs()).isPositive();
    }

    @Test
    void shouldLetWaitingProducerGoWhenTheTopologyStops() {
        final RingEdge ring = ring(4);
        for (int i = 0; i < 4; i++) {
            send(ring, i);
        }
        stopping.set(true);
        assertThatThrownBy(() -> send(ring, 4)).isInstanceOf(TopologyStoppedException.class);
        assertThat(ring.poll(10)).isEqualTo(4);
    }

    @Test
    void shouldHandLargeEventsOverInBoundedMemory() throws Exception {
        final SplittableRandom random = new SplittableRandom(11);
        final byte[] bytes = new byte[(1 << 20) + 1];
        random.nextBytes(bytes);
        final UnsafeBuffer source = new UnsafeBuffer(bytes);
        final List<Integer> lengths = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            lengths.add(i % 3 == 0 ? bytes.length - random.nextInt(9) : 1 + random.nextInt(i % 2 == 0 ? 40 : 70_000));
        }
        final List<Integer> came = new ArrayList<>();
        final RingEdge ring = new RingEdge(Instances.of(() -> (Stage) (from, out) -> {
            final int at = (int) from.keyHash();
            assertThat(from.length()).isEqualTo(lengths.get(came.size()));
            assertThat(new UnsafeBuffer(from.buffer(), from.offset(), from.length()))
                .isEqualTo(new UnsafeBuffer(source, at, from.length()));
            came.add(from.length());
        }), 64, 16, new YieldingIdleStrategy(), stopping::get);
        final ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            final Future<?> producing = thread.submit(() -> {
                for (final int length : lengths) {
                    final int at = bytes.length - length;
                    ring.send(event.set(source, at, length, at, 0, 0, 0));
                }
                ring.flush();
            });
            while (came.size() < lengths.size()) {
                ring.poll(3);
                Thread.yield();
            }
            producing.get();
        } finally {
            thread.shutdownNow();
        }
        assertThat(ring.largeBytes()).isEqualTo(4 << 20); // of 64 slots, any of which may hold 1 MiB
    }

    @Test
    void shouldRefuseLargeEventBeyondTheBudget() {
        final RingEdge ring = new RingEdge(
            Instances.of(new MemoryBudget("t", 1 << 20), Receiver::new), 4, 16, new YieldingIdleStrategy(), stopping::get);
        final UnsafeBuffer source = new UnsafeBuffer(new byte[1 << 20]);
        assertThatThrownBy(() -> ring.send(event.set(source, 0, 1 << 20, 0, 0, 0, 0)))
            .isInstanceOf(MemoryBudgetException.class).hasMessageContaining("large events to receiver")
            .hasMessageContaining("2.0 MiB more");
        ring.send(event.set(source, 0, 8, 0, 0, 0, 0)); // the ring is as it was
        ring.flush();
        assertThat(ring.poll(10)).isEqualTo(1);
    }

    @Test
    void shouldHideEventsUntilFlushAndStopAtMarker() {
        final RingEdge ring = ring(64);
        ring(64); // a second input, which never sends its marker
        send(ring, 0);
        assertThat(ring.poll(10)).isZero();
        ring.flush();
        assertThat(ring.poll(10)).isEqualTo(1);
        send(ring, 1);
        ring.marker(5);
        send(ring, 2);
        ring.flush();
        assertThat(ring.poll(10)).isEqualTo(2);
        assertThat(ring.isAligned()).isTrue();
        assertThat(ring.poll(10)).isZero();
        assertThat(received).containsExactly(0L, 1L);
        ring.nextEpoch();
        assertThat(ring.poll(10)).isEqualTo(1);
    }

    @Test
    void shouldTakeLowestWatermarkOverInputs() {
        final RingEdge one = ring(64);
        final RingEdge other = ring(64);
        one.watermark(5);
        one.poll(10);
        assertThat(watermarks).isEmpty();
        other.watermark(3);
        other.poll(10);
        assertThat(watermarks).containsExactly(3L);
        other.watermark(10);
        other.poll(10);
        one.watermark(4); // backwards: ignored
        one.poll(10);
        assertThat(watermarks).containsExactly(3L, 5L);
        one.watermark(20);
        one.poll(10);
        assertThat(watermarks).containsExactly(3L, 5L, 10L);
    }
}
