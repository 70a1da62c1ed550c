/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.aggregate.Aggregators;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the way of flyweights takes from the heap: nothing for each event. */
@Timeout(120)
class AllocationTest {
    private static final int EVENTS = 50_000;
    private static final int KEYS = 100;

    @TempDir
    private Path directory;

    /** A flyweight: two numbers. */
    static final class Reading {
        private final UnsafeBuffer buffer = new UnsafeBuffer();

        Reading wrap(final DirectBuffer memory, final int offset, final int length) {
            buffer.wrap(memory, offset, length);
            return this;
        }

        long sensor() {
            return buffer.getLong(0);
        }

        long value() {
            return buffer.getLong(Long.BYTES);
        }
    }

    private static void publish(final FluentRig rig) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[2 * Long.BYTES]);
        try (Publisher publisher = rig.engine().publisher("in", "test")) {
            for (int i = 0; i < EVENTS; i++) {
                buffer.putLong(0, i % KEYS);
                buffer.putLong(Long.BYTES, i);
                publisher.publish(KeyHash.of(i % KEYS), 0, 0, i, buffer, 0, buffer.capacity());
            }
        }
    }

    private double bytesPerEvent(final BiConsumer<Streamlet<Reading>, String> operators) throws InterruptedException {
        try (FluentRig rig = new FluentRig(directory)) {
            rig.engine().provisionStream(StreamConfig.of("in"));
            rig.engine().provisionStream(StreamConfig.of("out"));
            final FluentBuilder flow = FluentBuilder.named("allocation");
            operators.accept(flow.source("in", Codecs.flyweight(0, 0, () -> new Reading()::wrap)), "out");
            final RunningTopology topology = rig.engine().submit(flow.build());
            publish(rig); // states and buffers grow to their size
            topology.awaitDrained();
            final long before = topology.allocatedBytes();
            publish(rig);
            topology.awaitDrained();
            return (double) (topology.allocatedBytes() - before) / EVENTS;
        }
    }

    @Test
    void shouldTakeNothingFromTheHeapForFlyweights() throws InterruptedException {
        assertThat(bytesPerEvent((in, out) -> {
            final KeyedStreamlet<Long, Reading> keyed = in.filter(reading -> reading.value() % 4 != 0)
                .write(() -> (reading, into, offset) -> {
                    into.putLong(offset, reading.sensor() / 2);
                    into.putLong(offset + Long.BYTES, reading.value() * 2);
                    return 2 * Long.BYTES;
                }, Codecs.flyweight(0, 0, () -> new Reading()::wrap))
                .keyBy((event, key) -> key.set(event.buffer(), event.offset(), Long.BYTES), Codecs.longs());
            keyed.count().to(out);
            keyed.aggregate(Aggregates.sum(Reading::value)).to(out);
            keyed.reduce((best, reading) -> reading.value() > best.value() ? reading : best).to(out);
            keyed.perEpoch().aggregate(Aggregates.of(Aggregators.count(), Codecs.longs())).to(out);
            keyed.distinct().to(out);
        })).isLessThan(2);
    }
}
