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
import dev.peregrine.topology.window.LateEvents;
import dev.peregrine.topology.window.TimeWindow;
import java.io.Serializable;
import java.time.Duration;
import org.agrona.DirectBuffer;

/**
 * Joins two streams in tumbling or sliding windows of event time: when the watermark reaches a window's end, each left
 * event is joined with each right event of the same key in it. With {@link JoinType#LEFT} and {@link JoinType#OUTER} an
 * event without a partner in the window is then joined with null. Pairs that are together in several sliding windows come
 * once for each. Windows start at multiples of the slide since 1970.
 *
 * <p>Events are kept once, in panes, whatever the number of their windows. An event for which every window has fired goes
 * to the output {@value TimeWindow#LATE}, which must then be declared, or is dropped. The inputs must be grouped by key, by
 * the same key or one of which it is part. The time of a result is the last nanosecond of its window.
 */
public final class WindowJoin implements Stage {
    private final Settings settings;
    private final JoinFunction function;
    private final long sizeNs;
    private final long slideNs;
    private final long paneNs;
    private final LateEvents late;
    private final KeyView key = new KeyView();
    private final JoinRow left = new JoinRow();
    private final JoinRow right = new JoinRow();
    private StageContext context;
    private PaneState lefts;
    private PaneState rights;

    private WindowJoin(final Settings settings, final JoinFunction function) {
        this.settings = settings;
        this.function = function;
        this.sizeNs = settings.sizeNs();
        this.slideNs = settings.slideNs();
        this.paneNs = gcd(sizeNs, slideNs);
        this.late = new LateEvents(settings.emitsLate());
    }

    /** What a join is made from; each change gives another one. */
    public record Settings(JoinSides sides, long sizeNs, long slideNs, JoinType type, boolean emitsLate)
        implements Serializable {
        /** What becomes of events without a partner; they are dropped if nothing is said. */
        public Settings type(final JoinType value) {
            return new Settings(sides, sizeNs, slideNs, value, emitsLate);
        }

        /** Sends events for which every window has fired to the output {@value TimeWindow#LATE}. */
        public Settings lateOutput() {
            return new Settings(sides, sizeNs, slideNs, type, true);
        }

        /** The stage that joins. */
        public StageSupplier with(final JoinFunction function) {
            final Settings settings = this;
            return () -> new WindowJoin(settings, function);
        }
    }

    /** Windows that follow one another. */
    public static Settings tumbling(final JoinSides sides, final Duration size) {
        return sliding(sides, size, size);
    }

    /** Windows of a size that start every slide. */
    public static Settings sliding(final JoinSides sides, final Duration size, final Duration slide) {
        if (size.isNegative() || size.isZero() || slide.isNegative() || slide.isZero() || slide.compareTo(size) > 0) {
            throw new ConfigurationException("a join in windows of " + size + " that slide by " + slide
                + ": the slide must be more than 0 and at most the size");
        }
        return new Settings(sides, size.toNanos(), slide.toNanos(), JoinType.INNER, false);
    }

    private static long gcd(final long first, final long second) {
        return second == 0 ? first : gcd(second, first % second);
    }

    @Override
    public void open(final StageContext opened) {
        context = opened;
        lefts = opened.paneListState("left");
        rights = opened.paneListState("right");
        late.open(opened);
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final long paneStart = Math.floorDiv(event.timestampNs(), paneNs) * paneNs;
        if (lastWindow(paneStart) + sizeNs <= lefts.mark()) {
            late.take(event);
            return;
        }
        final boolean isLeft = settings.sides().isLeft(event, context);
        settings.sides().select(event, isLeft, key);
        JoinRow.append((isLeft ? lefts : rights).getOrCreate(paneStart), key.buffer(), key.offset(), key.length(), event);
    }

    /** Start of the first window with a pane. */
    private long firstWindow(final long paneStart) {
        return -Math.floorDiv(sizeNs - paneNs - paneStart, slideNs) * slideNs;
    }

    /** Start of the last window with a pane. */
    private long lastWindow(final long paneStart) {
        return Math.floorDiv(paneStart, slideNs) * slideNs;
    }

    @Override
    public void onWatermark(final long watermarkNs, final Emitter out) {
        final long before = lefts.mark();
        if (watermarkNs <= before) {
            return; // after a crash event time comes up anew; these windows have fired
        }
        long next = firstPane(Long.MIN_VALUE);
        long start = next == Long.MAX_VALUE ? next : firstWindow(next);
        while (start != Long.MAX_VALUE && start + sizeNs <= watermarkNs) {
            next = firstPane(start);
            if (next >= start + sizeNs) {
                start = next == Long.MAX_VALUE ? next : firstWindow(next); // nothing in between
            } else {
                if (start + sizeNs > before) {
                    fire(start, out);
                }
                start += slideNs;
            }
        }
        lefts.mark(watermarkNs);
        drop(lefts, watermarkNs);
        drop(rights, watermarkNs);
    }

    /** Start of the first pane of either side from a time on. */
    private long firstPane(final long from) {
        final int leftIndex = lefts.firstFrom(from);
        final int rightIndex = rights.firstFrom(from);
        return Math.min(leftIndex == lefts.count() ? Long.MAX_VALUE : lefts.at(leftIndex).id(),
            rightIndex == rights.count() ? Long.MAX_VALUE : rights.at(rightIndex).id());
    }

    private void drop(final PaneState side, final long watermarkNs) {
        while (side.count() > 0 && lastWindow(side.at(0).id()) + sizeNs <= watermarkNs) {
            side.drop(side.at(0).id());
        }
    }

    private void fire(final long start, final Emitter out) {
        final int firstLeft = lefts.firstFrom(start);
        final int firstRight = rights.firstFrom(start);
        for (int i = firstLeft; i < lefts.count() && lefts.at(i).id() < start + sizeNs; i++) {
            final Pane pane = lefts.at(i);
            for (int entry = pane.first(); entry != Pane.MISSING; entry = pane.next(entry)) {
                final boolean found = joinRights(pane, entry, firstRight, start, out);
                if (!found && settings.type().emitsLeft()) {
                    function.join(left.wrap(pane, entry), null, start + sizeNs - 1, out);
                }
            }
        }
        if (settings.type().emitsRight()) {
            emitRights(firstLeft, firstRight, start, out);
        }
    }

    /** Joins a left event with the window's right ones; returns whether there is any. */
    private boolean joinRights(
        final Pane pane, final int entry, final int firstRight, final long start, final Emitter out) {
        final DirectBuffer keys = pane.buffer();
        final int keyOffset = pane.keyOffset(entry);
        final int keyLength = pane.keyLength(entry);
        boolean found = false;
        for (int i = firstRight; i < rights.count() && rights.at(i).id() < start + sizeNs; i++) {
            final Pane other = rights.at(i);
            int partner = other.get(keys, keyOffset, keyLength);
            while (partner != Pane.MISSING) {
                found = true;
                function.join(left.wrap(pane, entry), right.wrap(other, partner), start + sizeNs - 1, out);
                partner = other.previous(partner);
            }
        }
        return found;
    }

    /** Emits the window's right events that have no left one. */
    private void emitRights(final int firstLeft, final int firstRight, final long start, final Emitter out) {
        for (int i = firstRight; i < rights.count() && rights.at(i).id() < start + sizeNs; i++) {
            final Pane pane = rights.at(i);
            for (int entry = pane.first(); entry != Pane.MISSING; entry = pane.next(entry)) {
                if (!hasLeft(pane, entry, firstLeft, start)) {
                    function.join(null, right.wrap(pane, entry), start + sizeNs - 1, out);
                }
            }
        }
    }

    private boolean hasLeft(final Pane pane, final int entry, final int firstLeft, final long start) {
        for (int i = firstLeft; i < lefts.count() && lefts.at(i).id() < start + sizeNs; i++) {
            if (lefts.at(i).get(pane.buffer(), pane.keyOffset(entry), pane.keyLength(entry)) != Pane.MISSING) {
                return true;
            }
        }
        return false;
    }
}
