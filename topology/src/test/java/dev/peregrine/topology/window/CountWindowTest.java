/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.TestEvent;
import dev.peregrine.topology.internal.StageHarness;
import dev.peregrine.topology.window.WindowEvents.Event;
import dev.peregrine.topology.window.WindowEvents.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Windows by count against lists of events. */
class CountWindowTest {
    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void shouldAgreeWithListsOfEvents(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 30) final int size,
        @ForAll @IntRange(min = 1, max = 30) final int slideBound, @ForAll @IntRange(min = 1, max = 5) final int keys) {
        final SplittableRandom random = new SplittableRandom(seed);
        final int slide = Math.min(size, slideBound);
        final StageHarness harness = new StageHarness((size == slide && random.nextBoolean()
            ? CountWindow.tumbling(WindowEvents.KEY, size) : CountWindow.sliding(WindowEvents.KEY, size, slide))
            .aggregate(WindowEvents.countAndSum()).get());
        final List<List<Event>> seen = new ArrayList<>();
        for (int key = 0; key < keys; key++) {
            seen.add(new ArrayList<>());
        }
        for (int step = 0; step < 400; step++) {
            final Event event = new Event(random.nextInt(1_000), random.nextInt(keys), random.nextInt(100));
            harness.event(event.encode());
            final List<Event> events = seen.get((int) event.key());
            events.add(event);
            final List<TestEvent> output = harness.takeOutput();
            if (events.size() % slide == 0) {
                final int start = Math.max(0, events.size() - size);
                assertThat(WindowEvents.decode(output)).containsExactly(Result.of(start, events.size(),
                    WindowResultDescriptor.ON_TIME, event.key(), events.subList(start, events.size())));
                assertThat(output.get(0).timestampNs()).isEqualTo(event.timeNs());
            } else {
                assertThat(output).isEmpty();
            }
            if (random.nextInt(20) == 0) {
                harness.endEpoch();
            }
        }
        harness.close();
    }

    @Test
    void shouldRefuseSizesThatMakeNoSense() {
        assertThatThrownBy(() -> CountWindow.tumbling(WindowEvents.KEY, 0)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> CountWindow.sliding(WindowEvents.KEY, 4, 0)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> CountWindow.sliding(WindowEvents.KEY, 4, 5)).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("the slide");
    }
}
