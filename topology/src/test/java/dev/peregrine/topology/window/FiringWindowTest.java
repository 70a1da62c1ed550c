/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.topology.internal.StageHarness;
import dev.peregrine.topology.window.WindowEvents.Event;
import dev.peregrine.topology.window.WindowEvents.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Windows that fire early, late and for new events only, against lists of events. */
class FiringWindowTest {
    private record Place(long start, long key) implements Comparable<Place> {
        @Override
        public int compareTo(final Place other) {
            return start == other.start ? Long.compare(key, other.key) : Long.compare(start, other.start);
        }
    }

    /** Events of a key in a window: all, and those since it fired last. */
    private record Content(List<Event> events, List<Event> pending) {
    }

    private final Map<Place, Content> contents = new TreeMap<>();
    private List<Result> expected = new ArrayList<>();
    private boolean discarding;
    private long size;

    private void fire(final Place place, final Content content, final int firing) {
        if (discarding && content.pending().isEmpty()) {
            return;
        }
        expected.add(Result.of(place.start(), place.start() + size, firing, place.key(),
            discarding ? content.pending() : content.events()));
        content.pending().clear();
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void shouldAgreeWithListsOfEvents(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 12) final int sizeNs,
        @ForAll @IntRange(min = 1, max = 12) final int slideBound, @ForAll @IntRange(max = 15) final int lateness,
        @ForAll @IntRange(min = 1, max = 6) final int keys, @ForAll @IntRange(max = 4) final int earlyEvents,
        @ForAll @IntRange(max = 20) final int earlyNs, @ForAll final boolean discards) {
        Assume.that(discards || earlyEvents > 0 || earlyNs > 0);
        final SplittableRandom random = new SplittableRandom(seed);
        contents.clear();
        discarding = discards;
        size = sizeNs;
        final long slide = Math.min(size, slideBound);
        WindowSettings settings =
            TimeWindow.sliding(WindowEvents.KEY, Duration.ofNanos(size), Duration.ofNanos(slide))
                .allowedLateness(Duration.ofNanos(lateness)).lateOutput();
        settings = earlyEvents > 0 ? settings.earlyEvery(earlyEvents) : settings;
        settings = earlyNs > 0 ? settings.earlyEvery(Duration.ofNanos(earlyNs)) : settings;
        settings = discards ? settings.discarding() : settings;
        final StageHarness harness = new StageHarness(settings.aggregate(WindowEvents.countAndSum()).get());
        long watermark = Long.MIN_VALUE;
        long now = -30;
        long clock = 0;
        for (int step = 0; step < 300; step++) {
            final int what = random.nextInt(10);
            if (what < 8) {
                final Event event =
                    new Event(now - random.nextInt(25) + random.nextInt(10), random.nextInt(keys), random.nextInt(100));
                harness.event(event.encode());
                boolean alive = false;
                for (long start = Math.floorDiv(event.timeNs(), slide) * slide; start > event.timeNs() - size;
                    start -= slide) {
                    if (watermark == Long.MIN_VALUE || start + size + lateness > watermark) {
                        alive = true;
                        final Place place = new Place(start, event.key());
                        final Content content =
                            contents.computeIfAbsent(place, any -> new Content(new ArrayList<>(), new ArrayList<>()));
                        content.events().add(event);
                        content.pending().add(event);
                        if (start + size <= watermark) {
                            fire(place, content, WindowResultDescriptor.LATE);
                        } else if (earlyEvents > 0 && content.pending().size() >= earlyEvents) {
                            fire(place, content, WindowResultDescriptor.EARLY);
                        }
                    }
                }
                assertThat(harness.takeOutput(TimeWindow.LATE)).hasSize(alive ? 0 : 1);
            } else if (what == 8) {
                final long before = watermark;
                watermark = Math.max(before, now + random.nextInt(4) - 12);
                now += random.nextInt(12);
                harness.watermark(watermark);
                for (final Map.Entry<Place, Content> entry : List.copyOf(contents.entrySet())) {
                    final long end = entry.getKey().start() + size;
                    if (end <= watermark && end > before) {
                        fire(entry.getKey(), entry.getValue(), WindowResultDescriptor.ON_TIME);
                    }
                    if (end + lateness <= watermark) {
                        contents.remove(entry.getKey());
                    }
                }
            } else {
                final long before = clock;
                clock += random.nextInt(15);
                harness.processingTime(clock);
                if (earlyNs > 0 && clock / earlyNs > before / earlyNs) {
                    contents.forEach((place, content) -> {
                        if (!content.pending().isEmpty()) {
                            fire(place, content, WindowResultDescriptor.EARLY);
                        }
                    });
                }
            }
            assertThat(WindowEvents.decodeTimed(harness.takeOutput()))
                .containsExactlyInAnyOrderElementsOf(expected);
            expected = new ArrayList<>();
            if (random.nextInt(20) == 0) {
                harness.endEpoch();
            }
        }
        harness.watermark(10_000);
        harness.processingTime(10_000);
        assertThat(harness.stateSize()).as("nothing is left").isZero();
        harness.close();
    }
}
