/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class RouteTest {
    private static final int WIDTH = 4;

    /** Remembers what was sent. */
    private static final class Recorder implements Channel {
        private final List<Long> keys = new ArrayList<>();
        private int controls;

        @Override
        public void send(final EventView event) {
            keys.add(event.keyHash());
        }

        @Override
        public void marker(final long epoch) {
            controls++;
        }

        @Override
        public void watermark(final long eventTimeNs) {
            controls++;
        }

        @Override
        public void flush() {
            controls++;
        }
    }

    private static Recorder[] send(final Grouping grouping, final int width, final int events) {
        final Recorder[] channels = new Recorder[width];
        for (int i = 0; i < width; i++) {
            channels[i] = new Recorder();
        }
        final Route route = new Route("to",
            new Topology.Input("from", "", grouping, (event, tasks) -> (int) event.timestampNs() % tasks), channels);
        final MutableEvent event = new MutableEvent();
        route.toTask(width - 1);
        for (int i = 0; i < events; i++) {
            route.send(event.set(new UnsafeBuffer(new byte[0]), 0, 0, KeyHash.of(i % 100), i, 0, 0));
        }
        route.marker(1);
        route.watermark(2);
        route.flush();
        for (final Recorder channel : channels) {
            assertThat(channel.controls).isEqualTo(3); // to everybody, whatever the grouping
        }
        return channels;
    }

    @Test
    void shouldSendOneKeyToOneInstance() {
        final Map<Long, Integer> instanceOfKey = new HashMap<>();
        int sent = 0;
        final Recorder[] channels = send(Grouping.KEY, WIDTH, 1_000);
        for (int i = 0; i < WIDTH; i++) {
            assertThat(channels[i].keys).isNotEmpty();
            sent += channels[i].keys.size();
            for (final Long key : channels[i].keys) {
                final Integer before = instanceOfKey.put(key, i);
                assertThat(before == null ? i : before).isEqualTo(i);
            }
        }
        assertThat(sent).isEqualTo(1_000);
    }

    @Test
    void shouldBalanceShuffle() {
        for (final Recorder channel : send(Grouping.SHUFFLE, WIDTH, 1_000)) {
            assertThat(channel.keys).hasSize(250);
        }
    }

    @Test
    void shouldSendAllToEverybody() {
        for (final Recorder channel : send(Grouping.ALL, WIDTH, 1_000)) {
            assertThat(channel.keys).hasSize(1_000);
        }
    }

    @Test
    void shouldSendGlobalToTheFirst() {
        final Recorder[] channels = send(Grouping.GLOBAL, WIDTH, 1_000);
        assertThat(channels[0].keys).hasSize(1_000);
        assertThat(channels[1].keys).isEmpty();
    }

    @Test
    void shouldSendOneKeyToTwoInstancesAndBalanceThem() {
        final Map<Long, Set<Integer>> instancesOfKey = new HashMap<>();
        final Recorder[] channels = send(Grouping.PARTIAL_KEY, WIDTH, 10_000);
        for (int i = 0; i < WIDTH; i++) {
            assertThat(channels[i].keys).hasSizeBetween(1_500, 3_500);
            for (final Long key : channels[i].keys) {
                instancesOfKey.computeIfAbsent(key, absent -> new HashSet<>()).add(i);
            }
        }
        assertThat(instancesOfKey.values()).allSatisfy(instances -> assertThat(instances).hasSizeLessThan(3))
            .anySatisfy(instances -> assertThat(instances).hasSize(2));
    }

    @Test
    void shouldSendToTheInstanceThatIsNamed() {
        assertThat(send(Grouping.DIRECT, WIDTH, 100)[WIDTH - 1].keys).hasSize(100);
        final Route route = new Route("to", new Topology.Input("from", "", Grouping.DIRECT, null), new Channel[WIDTH]);
        assertThatThrownBy(() -> route.toTask(WIDTH)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("no instance 4 of 4");
        assertThatThrownBy(() -> route.send(new MutableEvent())).isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("toTask");
    }

    @Test
    void shouldLetTheUsersFunctionChooseAndRefuseWhatIsNotThere() {
        for (final Recorder channel : send(Grouping.CUSTOM, WIDTH, 1_000)) {
            assertThat(channel.keys).hasSize(250);
        }
        final Route route = new Route("to", new Topology.Input("from", "", Grouping.CUSTOM, (event, tasks) -> tasks),
            new Channel[WIDTH]);
        assertThatThrownBy(() -> route.send(new MutableEvent())).isInstanceOf(PeregrineException.class)
            .hasMessageContaining("chose instance 4 of 4");
    }

    @Test
    void shouldSendToTheOnlyInstanceUnderEveryGrouping() {
        for (final Grouping grouping : Grouping.values()) {
            assertThat(send(grouping, 1, 10)[0].keys).hasSize(10);
        }
    }
}
