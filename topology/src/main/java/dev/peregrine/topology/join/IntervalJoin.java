/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.join;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeyView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.state.Pane;
import dev.peregrine.topology.state.PaneState;
import dev.peregrine.topology.time.Timer;
import dev.peregrine.topology.time.Timers;
import dev.peregrine.topology.window.LateEvents;
import dev.peregrine.topology.window.TimeWindow;
import java.io.Serializable;
import java.time.Duration;

/**
 * Joins two streams by key and distance in event time: a left event at time t with each right event at t + lower to
 * t + upper, both included. A pair is joined once, when the second of the two comes; the time of the result is the later
 * one. With {@link JoinType#LEFT} and {@link JoinType#OUTER} an event that has met no partner is joined with null once
 * the watermark has passed the last time at which one could have come; that is the time of the result, or the event's own
 * if it is later.
 *
 * <p>An event before the watermark goes to the output {@value TimeWindow#LATE}, which must then be declared, or is dropped.
 * The inputs must be grouped by key, by the same key or one of which it is part.
 *
 * <p>Each side keeps its events in panes a little wider than the interval, so that an event looks into two at most, and a
 * pane is dropped as a whole when the watermark has passed all that its events could meet. Only an event that may be
 * emitted alone has a timer, one for all of a key at the same time; its key must not be longer than
 * {@link Timers#MAX_KEY_LENGTH} bytes.
 */
public final class IntervalJoin implements Stage {
    private static final long MIN_PANE_NS = 10_000_000;
    private static final int LEFT_TIMER = 0;
    private static final int RIGHT_TIMER = 1;

    private final Settings settings;
    private final JoinFunction function;
    private final long paneNs;
    private final LateEvents late;
    private final KeyView key = new KeyView();
    private final JoinRow partner = new JoinRow();
    private final JoinRow alone = new JoinRow();
    private final Side left = new Side();
    private final Side right = new Side();
    private StageContext context;
    private Timers timers;

    private IntervalJoin(final Settings settings, final JoinFunction function) {
        this.settings = settings;
        this.function = function;
        this.paneNs = settings.paneNs();
        this.late = new LateEvents(settings.emitsLate());
    }

    /** One side: what it keeps, and how far from an event of it the partners are. */
    private static final class Side {
        private PaneState panes;
        private long lower;
        private long upper;
        private boolean emitsAlone;
        private int timerKind;

        private void open(
            final PaneState state, final long lowerNs, final long upperNs, final boolean emits, final int kind) {
            panes = state;
            lower = lowerNs;
            upper = upperNs;
            emitsAlone = emits;
            timerKind = kind;
        }
    }

    /** What a join is made from; each change gives another one. */
    public record Settings(
        JoinSides sides, long lowerNs, long upperNs, long paneNs, JoinType type, boolean emitsLate)
        implements Serializable {
        /** What becomes of events without a partner; they are dropped if nothing is said. */
        public Settings type(final JoinType value) {
            return new Settings(sides, lowerNs, upperNs, paneNs, value, emitsLate);
        }

        /** Sends events before the watermark to the output {@value TimeWindow#LATE}. */
        public Settings lateOutput() {
            return new Settings(sides, lowerNs, upperNs, paneNs, type, true);
        }

        Settings panes(final long ns) {
            return new Settings(sides, lowerNs, upperNs, ns, type, emitsLate);
        }

        /** The stage that joins. */
        public StageSupplier with(final JoinFunction function) {
            final Settings settings = this;
            return () -> new IntervalJoin(settings, function);
        }
    }

    /** A left event is joined with right events from so long after it to so long after it; less than 0 is before it. */
    public static Settings between(final JoinSides sides, final Duration lower, final Duration upper) {
        if (lower.compareTo(upper) > 0) {
            throw new ConfigurationException(
                "an interval join from " + lower + " to " + upper + ": the lower bound must not be above the upper");
        }
        final long widthNs = upper.minus(lower).toNanos();
        return new Settings(sides, lower.toNanos(), upper.toNanos(), Math.max(MIN_PANE_NS, widthNs + 1), JoinType.INNER,
            false);
    }

    @Override
    public void open(final StageContext opened) {
        context = opened;
        final JoinType type = settings.type();
        left.open(opened.paneListState("left"), settings.lowerNs(), settings.upperNs(), type.emitsLeft(), LEFT_TIMER);
        right.open(
            opened.paneListState("right"), -settings.upperNs(), -settings.lowerNs(), type.emitsRight(), RIGHT_TIMER);
        timers = type == JoinType.INNER ? null : opened.timers();
        late.open(opened);
    }

    private long paneOf(final long timeNs) {
        return Math.floorDiv(timeNs, paneNs) * paneNs;
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final long timeNs = event.timestampNs();
        final long watermarkNs = left.panes.mark();
        if (timeNs < watermarkNs) {
            late.take(event);
            return;
        }
        final boolean isLeft = settings.sides().isLeft(event, context);
        settings.sides().select(event, isLeft, key);
        final Side own = isLeft ? left : right;
        final boolean found = joinPartners(event, timeNs, isLeft, out);
        if (timeNs + own.upper < watermarkNs) { // no partner can come any more
            if (!found && own.emitsAlone) {
                emitAlone(event, isLeft, timeNs, out);
            }
            return;
        }
        if (!found && own.emitsAlone) {
            timers.atEventTime(own.timerKind, timeNs + own.upper + 1, key.buffer(), key.offset(), key.length());
        }
        final Pane pane = own.panes.getOrCreate(paneOf(timeNs));
        final int entry = JoinRow.append(pane, key.buffer(), key.offset(), key.length(), event);
        if (found) {
            JoinRow.match(pane, entry);
        }
    }

    /** Joins an event with the partners that have come before it; returns whether there are any. */
    private boolean joinPartners(final EventView event, final long timeNs, final boolean isLeft, final Emitter out) {
        final Side own = isLeft ? left : right;
        final Side other = isLeft ? right : left;
        final long first = timeNs + own.lower;
        final long last = timeNs + own.upper;
        final PaneState panes = other.panes;
        boolean found = false;
        for (int i = panes.firstFrom(paneOf(first)); i < panes.count() && panes.at(i).id() <= last; i++) {
            final Pane pane = panes.at(i);
            int entry = pane.get(key.buffer(), key.offset(), key.length());
            while (entry != Pane.MISSING) {
                final long otherNs = JoinRow.timeNs(pane, entry);
                if (otherNs >= first && otherNs <= last) {
                    found = true;
                    if (other.emitsAlone) {
                        JoinRow.match(pane, entry);
                    }
                    partner.wrap(pane, entry);
                    function.join(isLeft ? event : partner, isLeft ? partner : event, Math.max(timeNs, otherNs), out);
                }
                entry = pane.previous(entry);
            }
        }
        return found;
    }

    private void emitAlone(final EventView event, final boolean isLeft, final long timestampNs, final Emitter out) {
        function.join(isLeft ? event : null, isLeft ? null : event, timestampNs, out);
    }

    @Override
    public void onTimer(final Timer timer, final Emitter out) {
        final boolean isLeft = timer.kind() == LEFT_TIMER;
        final Side own = isLeft ? left : right;
        final long timeNs = timer.timeNs() - 1 - own.upper;
        final Pane pane = own.panes.get(paneOf(timeNs));
        if (pane == null) {
            return;
        }
        int entry = pane.get(timer.keyBuffer(), timer.keyOffset(), timer.keyLength());
        while (entry != Pane.MISSING) {
            if (JoinRow.timeNs(pane, entry) == timeNs && !JoinRow.isMatched(pane, entry)) {
                emitAlone(alone.wrap(pane, entry), isLeft, Math.max(timeNs, timeNs + own.upper), out);
            }
            entry = pane.previous(entry);
        }
    }

    @Override
    public void onWatermark(final long watermarkNs, final Emitter out) {
        left.panes.mark(watermarkNs);
        drop(left);
        drop(right);
    }

    /** Drops the panes whose last event can meet no partner any more. */
    private void drop(final Side side) {
        final PaneState panes = side.panes;
        while (panes.count() > 0 && panes.at(0).id() + paneNs - 1 + side.upper < left.panes.mark()) {
            panes.drop(panes.at(0).id());
        }
    }
}
