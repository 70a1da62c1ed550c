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

/** Sessions against lists of events that are out of order, late and of the same time, by both clocks. */
class SessionWindowTest {
    /** A session and its events. */
    private static final class Session {
        private final long key;
        private long start;
        private long end;
        private final List<Event> events = new ArrayList<>();
        private final List<Event> pending = new ArrayList<>();

        private Session(final Event event, final long gap) {
            key = event.key();
            start = event.timeNs();
            end = event.timeNs() + gap;
            events.add(event);
            pending.add(event);
        }

        private void merge(final Session other) {
            start = Math.min(start, other.start);
            end = Math.max(end, other.end);
            events.addAll(other.events);
            pending.addAll(other.pending);
        }
    }

    private List<Session> sessions = new ArrayList<>();
    private List<Result> expected = new ArrayList<>();
    private boolean discarding;

    private void fire(final Session session, final int firing) {
        if (discarding && session.pending.isEmpty()) {
            return;
        }
        expected.add(Result.of(session.start, session.end, firing, session.key,
            discarding ? session.pending : session.events));
        session.pending.clear();
    }

    /** Returns false if the event is too late. */
    private boolean add(
        final Event event, final long gap, final long lateness, final int earlyEvents, final long watermark) {
        final Session session = new Session(event, gap);
        final List<Session> untouched = new ArrayList<>();
        for (final Session other : sessions) {
            if (other.key == session.key && event.timeNs() < other.end && event.timeNs() + gap > other.start) {
                session.merge(other);
            } else {
                untouched.add(other);
            }
        }
        if (watermark != Long.MIN_VALUE && session.end + lateness <= watermark) {
            return false;
        }
        sessions = untouched;
        sessions.add(session);
        if (session.end <= watermark) {
            fire(session, WindowResultDescriptor.LATE);
        } else if (earlyEvents > 0 && session.pending.size() >= earlyEvents) {
            fire(session, WindowResultDescriptor.EARLY);
        }
        return true;
    }

    private List<Result> takeExpected() {
        final List<Result> taken = expected;
        expected = new ArrayList<>();
        return taken;
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void shouldAgreeWithListsOfEvents(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 8) final int gap,
        @ForAll @IntRange(max = 15) final int lateness, @ForAll @IntRange(min = 1, max = 5) final int keys,
        @ForAll @IntRange(max = 4) final int earlyEvents, @ForAll @IntRange(max = 20) final int earlyNs,
        @ForAll final boolean discards) {
        final SplittableRandom random = new SplittableRandom(seed);
        sessions = new ArrayList<>();
        discarding = discards;
        WindowSettings settings = SessionWindow.of(WindowEvents.KEY, Duration.ofNanos(gap))
            .allowedLateness(Duration.ofNanos(lateness)).lateOutput();
        settings = earlyEvents > 0 ? settings.earlyEvery(earlyEvents) : settings;
        settings = earlyNs > 0 ? settings.earlyEvery(Duration.ofNanos(earlyNs)) : settings;
        settings = discards ? settings.discarding() : settings;
        final StageHarness harness = new StageHarness(settings.aggregate(WindowEvents.countAndSum()).get());
        long watermark = Long.MIN_VALUE;
        long now = -30;
        long clock = 0;
        for (int step = 0; step < 400; step++) {
            final int what = random.nextInt(10);
            if (what < 8) {
                final Event event =
                    new Event(now - random.nextInt(30) + random.nextInt(10), random.nextInt(keys), random.nextInt(100));
                harness.event(event.encode());
                final boolean accepted = add(event, gap, lateness, earlyEvents, watermark);
                assertThat(harness.takeOutput(TimeWindow.LATE)).hasSize(accepted ? 0 : 1);
            } else if (what == 8) {
                final long before = watermark;
                watermark = Math.max(before, now + random.nextInt(4) - 12);
                now += random.nextInt(12);
                harness.watermark(watermark);
                for (final Session session : List.copyOf(sessions)) {
                    if (session.end <= watermark && session.end > before) {
                        fire(session, WindowResultDescriptor.ON_TIME);
                    }
                    if (session.end + lateness <= watermark) {
                        sessions.remove(session);
                    }
                }
            } else {
                final long before = clock;
                clock += random.nextInt(15);
                harness.processingTime(clock);
                if (earlyNs > 0 && clock / earlyNs > before / earlyNs) {
                    sessions.stream().filter(session -> !session.pending.isEmpty())
                        .forEach(session -> fire(session, WindowResultDescriptor.EARLY));
                }
            }
            assertThat(WindowEvents.decodeTimed(harness.takeOutput()))
                .containsExactlyInAnyOrderElementsOf(takeExpected());
            if (random.nextInt(20) == 0) {
                harness.endEpoch();
            }
        }
        harness.watermark(10_000);
        harness.processingTime(10_000);
        assertThat(harness.stateSize()).as("nothing is left").isZero();
        harness.close();
    }

    @Test
    void shouldRefuseSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> SessionWindow.of(WindowEvents.KEY, Duration.ZERO))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("gap");
        final WindowSettings settings = SessionWindow.of(WindowEvents.KEY, Duration.ofSeconds(1));
        assertThatThrownBy(() -> settings.earlyEvery(0)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> settings.earlyEvery(Duration.ZERO)).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("early");
        assertThatThrownBy(() -> settings.allowedLateness(Duration.ofNanos(-1)))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("lateness");
    }
}
