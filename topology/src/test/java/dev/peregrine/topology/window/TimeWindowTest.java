/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.internal.StageHarness;
import dev.peregrine.topology.window.WindowEvents.Event;
import dev.peregrine.topology.window.WindowEvents.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Against lists of events: windows over events that are out of order, late and of the same time. */
class TimeWindowTest {
    private final List<Event> accepted = new ArrayList<>();

    private Result naive(final long start, final long size, final long key, final int firing) {
        return Result.of(start, start + size, firing, key, accepted.stream().filter(event -> event.key() == key
            && event.timeNs() >= start && event.timeNs() < start + size).toList());
    }

    private static List<Long> windowsOf(final long timeNs, final long size, final long slide) {
        final List<Long> starts = new ArrayList<>();
        for (long start = Math.floorDiv(timeNs - size, slide) * slide; start <= timeNs; start += slide) {
            if (start + size > timeNs) {
                starts.add(start);
            }
        }
        return starts;
    }

    private static boolean isOpen(final long end, final long lateness, final long watermark) {
        return watermark == Long.MIN_VALUE || end + lateness > watermark;
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void shouldAgreeWithListsOfEvents(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 12) final int size,
        @ForAll @IntRange(min = 1, max = 12) final int slideBound, @ForAll @IntRange(max = 15) final int lateness,
        @ForAll @IntRange(min = 1, max = 8) final int keys) {
        final SplittableRandom random = new SplittableRandom(seed);
        final long slide = Math.min(size, slideBound);
        final StageHarness harness = new StageHarness(
            TimeWindow.sliding(WindowEvents.KEY, Duration.ofNanos(size), Duration.ofNanos(slide))
                .allowedLateness(Duration.ofNanos(lateness)).lateOutput().aggregate(WindowEvents.countAndSum()).get());
        accepted.clear();
        long watermark = Long.MIN_VALUE;
        long now = -30;
        for (int step = 0; step < 300; step++) {
            final List<Result> expected = new ArrayList<>();
            if (random.nextInt(5) > 0) {
                final Event event =
                    new Event(now - random.nextInt(25) + random.nextInt(10), random.nextInt(keys), random.nextInt(100));
                harness.event(event.encode());
                boolean alive = false;
                for (final long start : windowsOf(event.timeNs(), size, slide)) {
                    alive |= isOpen(start + size, lateness, watermark);
                }
                if (alive) {
                    accepted.add(event);
                }
                for (final long start : windowsOf(event.timeNs(), size, slide)) {
                    if (start + size <= watermark && isOpen(start + size, lateness, watermark)) {
                        expected.add(naive(start, size, event.key(), WindowResultDescriptor.LATE));
                    }
                }
                assertThat(WindowEvents.decodeTimed(harness.takeOutput())).isEqualTo(expected);
                assertThat(harness.takeOutput(TimeWindow.LATE)).hasSize(alive ? 0 : 1);
            } else {
                final long before = watermark;
                watermark = Math.max(before, now + random.nextInt(4) - 12);
                now += random.nextInt(10);
                harness.watermark(watermark);
                for (long start = Math.floorDiv(-200L, slide) * slide; start + size <= watermark; start += slide) {
                    for (long key = 0; key < keys && start + size > before; key++) {
                        final Result result = naive(start, size, key, WindowResultDescriptor.ON_TIME);
                        if (result.count() > 0) {
                            expected.add(result);
                        }
                    }
                }
                assertThat(WindowEvents.decodeTimed(harness.takeOutput())).containsExactlyInAnyOrderElementsOf(expected);
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
        assertThatThrownBy(() -> TimeWindow.tumbling(WindowEvents.KEY, Duration.ZERO))
            .isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> TimeWindow.sliding(WindowEvents.KEY, second, second.multipliedBy(2)))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("the slide");
        assertThatThrownBy(() -> TimeWindow.tumbling(WindowEvents.KEY, second).allowedLateness(second.negated()))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("lateness");
    }
}
