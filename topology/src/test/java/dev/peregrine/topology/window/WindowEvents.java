/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.TestEvent;
import dev.peregrine.topology.aggregate.Aggregator;
import dev.peregrine.topology.aggregate.Aggregators;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** What goes into windows in tests, and what comes out: events are counted and their values summed. */
final class WindowEvents {
    static final KeySelector KEY = (event, key) -> key.set(event.buffer(), event.offset(), Long.BYTES);

    private WindowEvents() {
    }

    /** An event. */
    record Event(long timeNs, long key, long value) {
        TestEvent encode() {
            return new TestEvent(ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.nativeOrder())
                .putLong(key).putLong(value).array(), key * 31, timeNs, 0);
        }
    }

    /** A firing. */
    record Result(long start, long end, int firing, long key, long count, long sum) {
        static Result of(
            final long start, final long end, final int firing, final long key, final List<Event> events) {
            return new Result(start, end, firing, key, events.size(), events.stream().mapToLong(Event::value).sum());
        }
    }

    static Aggregator countAndSum() {
        return Aggregators.all(Aggregators.count(),
            Aggregators.sum(event -> event.buffer().getLong(event.offset() + Long.BYTES)));
    }

    static List<Result> decode(final List<TestEvent> events) {
        final List<Result> results = new ArrayList<>();
        for (final TestEvent event : events) {
            final int at = event.offset();
            final long end = event.buffer().getLong(at + WindowResultDescriptor.END_OFFSET);
            final int result = at + WindowResultDescriptor.RESULT_OFFSET;
            final long key = event.buffer().getLong(result + 2 * Long.BYTES);
            assertThat(event.buffer().getInt(at + WindowResultDescriptor.KEY_LENGTH_OFFSET)).isEqualTo(Long.BYTES);
            assertThat(event.length()).isEqualTo(WindowResultDescriptor.RESULT_OFFSET + 3 * Long.BYTES);
            assertThat(event.keyHash()).isEqualTo(key * 31);
            results.add(new Result(event.buffer().getLong(at + WindowResultDescriptor.START_OFFSET), end,
                event.buffer().getInt(at + WindowResultDescriptor.FIRING_OFFSET), key,
                event.buffer().getLong(result), event.buffer().getLong(result + Long.BYTES)));
        }
        return results;
    }

    /** As {@link #decode}, of windows in time. */
    static List<Result> decodeTimed(final List<TestEvent> events) {
        for (final TestEvent event : events) {
            assertThat(event.timestampNs())
                .isEqualTo(event.buffer().getLong(event.offset() + WindowResultDescriptor.END_OFFSET) - 1);
        }
        return decode(events);
    }
}
