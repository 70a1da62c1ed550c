/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.internal.StageHarness;
import dev.peregrine.topology.join.JoinEvents.Event;
import dev.peregrine.topology.join.JoinEvents.Joined;
import dev.peregrine.topology.window.TimeWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Joins in windows against nested loops over lists of events that are out of order and late. */
class WindowJoinTest {
    private final List<Event> accepted = new ArrayList<>();

    private List<Joined> naive(final long start, final long size, final JoinType type) {
        final List<Joined> joined = new ArrayList<>();
        final List<Event> events = accepted.stream()
            .filter(event -> event.timeNs() >= start && event.timeNs() < start + size).toList();
        for (final Event event : events) {
            final List<Event> partners =
                events.stream().filter(other -> other.left() != event.left() && other.key() == event.key()).toList();
            if (event.left()) {
                partners.forEach(right -> joined.add(new Joined(event.id(), right.id(), start + size - 1)));
            }
            if (partners.isEmpty() && (type == JoinType.OUTER || type == JoinType.LEFT && event.left())) {
                joined.add(new Joined(event.left() ? event.id() : JoinEvents.NONE,
                    event.left() ? JoinEvents.NONE : event.id(), start + size - 1));
            }
        }
        return joined;
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void shouldAgreeWithNestedLoops(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 12) final int size,
        @ForAll @IntRange(min = 1, max = 12) final int slideBound, @ForAll @IntRange(min = 1, max = 8) final int keys,
        @ForAll final JoinType type) {
        final SplittableRandom random = new SplittableRandom(seed);
        final long slide = Math.min(size, slideBound);
        final StageHarness harness = new StageHarness(
            WindowJoin.sliding(JoinEvents.SIDES, Duration.ofNanos(size), Duration.ofNanos(slide)).type(type).lateOutput()
                .with(JoinEvents.ids()).get());
        accepted.clear();
        long watermark = Long.MIN_VALUE;
        long now = -30;
        for (int step = 0; step < 250; step++) {
            if (random.nextInt(6) > 0) {
                final Event event = new Event(
                    random.nextBoolean(), now - random.nextInt(20) + random.nextInt(10), random.nextInt(keys), step);
                harness.event(event.encode());
                final boolean alive = Math.floorDiv(event.timeNs(), slide) * slide + size > watermark;
                if (alive) {
                    accepted.add(event);
                }
                assertThat(harness.takeOutput(TimeWindow.LATE)).hasSize(alive ? 0 : 1);
                assertThat(harness.takeOutput()).isEmpty();
            } else {
                final List<Joined> expected = new ArrayList<>();
                final long before = watermark;
                watermark = Math.max(before, now + random.nextInt(4) - 12);
                now += random.nextInt(10);
                harness.watermark(watermark);
                for (long start = Math.floorDiv(-200L, slide) * slide; start + size <= watermark; start += slide) {
                    if (start + size > before) {
                        expected.addAll(naive(start, size, type));
                    }
                }
                assertThat(JoinEvents.decode(harness.takeOutput())).containsExactlyInAnyOrderElementsOf(expected);
            }
            if (random.nextInt(20) == 0) {
                harness.endEpoch();
            }
        }
        harness.watermark(10_000);
        assertThat(harness.stateSize()).as("nothing is left").isZero();
        harness.close();
    }

    @Test
    void shouldRefuseSizesThatMakeNoSense() {
        final Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> WindowJoin.tumbling(JoinEvents.SIDES, Duration.ZERO))
            .isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> WindowJoin.sliding(JoinEvents.SIDES, second, second.multipliedBy(2)))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("the slide");
        assertThatThrownBy(() -> JoinSides.byInput(0, JoinEvents.KEY, JoinEvents.KEY))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("left side");
    }
}
