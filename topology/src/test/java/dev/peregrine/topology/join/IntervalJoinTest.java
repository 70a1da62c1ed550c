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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Interval joins against nested loops over lists of events that are out of order and late. */
class IntervalJoinTest {
    private final List<Event> accepted = new ArrayList<>();
    private final Set<Event> alone = new HashSet<>();
    private long lower;
    private long upper;
    private JoinType type;

    private boolean isPair(final Event left, final Event right) {
        final long distance = right.timeNs() - left.timeNs();
        return left.key() == right.key() && distance >= lower && distance <= upper;
    }

    private List<Joined> add(final Event event) {
        final List<Joined> joined = new ArrayList<>();
        for (final Event other : accepted) {
            final Event left = event.left() ? event : other;
            final Event right = event.left() ? other : event;
            if (other.left() != event.left() && isPair(left, right)) {
                joined.add(new Joined(left.id(), right.id(), Math.max(left.timeNs(), right.timeNs())));
                alone.remove(other);
            }
        }
        accepted.add(event);
        if (joined.isEmpty() && (type == JoinType.OUTER || type == JoinType.LEFT && event.left())) {
            alone.add(event);
        }
        return joined;
    }

    /** The events that will meet nobody any more. */
    private List<Joined> emitAlone(final long watermark) {
        final List<Joined> joined = new ArrayList<>();
        for (final Event event : List.copyOf(alone)) {
            final long last = event.timeNs() + (event.left() ? upper : -lower);
            if (last < watermark) {
                joined.add(new Joined(event.left() ? event.id() : JoinEvents.NONE,
                    event.left() ? JoinEvents.NONE : event.id(), Math.max(last, event.timeNs())));
                alone.remove(event);
            }
        }
        return joined;
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void shouldAgreeWithNestedLoops(
        @ForAll final long seed, @ForAll @IntRange(min = -12, max = 12) final int from,
        @ForAll @IntRange(max = 15) final int width, @ForAll @IntRange(min = 1, max = 6) final int keys,
        @ForAll @IntRange(min = 1, max = 20) final int paneNs, @ForAll final JoinType joinType) {
        final SplittableRandom random = new SplittableRandom(seed);
        lower = from;
        upper = from + width;
        type = joinType;
        accepted.clear();
        alone.clear();
        final StageHarness harness = new StageHarness(
            IntervalJoin.between(JoinEvents.SIDES, Duration.ofNanos(lower), Duration.ofNanos(upper)).panes(paneNs)
                .type(type).lateOutput().with(JoinEvents.ids()).get());
        long watermark = Long.MIN_VALUE;
        long now = -30;
        for (int step = 0; step < 300; step++) {
            final List<Joined> expected = new ArrayList<>();
            if (random.nextInt(6) > 0) {
                final Event event = new Event(
                    random.nextBoolean(), now - random.nextInt(20) + random.nextInt(10), random.nextInt(keys), step);
                harness.event(event.encode());
                final boolean onTime = event.timeNs() >= watermark;
                if (onTime) {
                    expected.addAll(add(event));
                    expected.addAll(emitAlone(watermark));
                }
                assertThat(harness.takeOutput(TimeWindow.LATE)).hasSize(onTime ? 0 : 1);
            } else {
                watermark = Math.max(watermark, now + random.nextInt(4) - 12);
                now += random.nextInt(10);
                harness.watermark(watermark);
                expected.addAll(emitAlone(watermark));
            }
            assertThat(JoinEvents.decode(harness.takeOutput())).containsExactlyInAnyOrderElementsOf(expected);
            if (random.nextInt(20) == 0) {
                harness.endEpoch();
            }
        }
        harness.watermark(10_000);
        assertThat(JoinEvents.decode(harness.takeOutput())).containsExactlyInAnyOrderElementsOf(emitAlone(10_000));
        assertThat(harness.stateSize()).as("nothing is left").isZero();
        harness.close();
    }

    @Test
    void shouldRefuseAnIntervalThatEndsBeforeItBegins() {
        assertThatThrownBy(
            () -> IntervalJoin.between(JoinEvents.SIDES, Duration.ofSeconds(1), Duration.ofSeconds(-1)))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("lower bound");
    }
}
