/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.window;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.KeyView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.aggregate.Aggregator;
import dev.peregrine.topology.state.Pane;
import dev.peregrine.topology.state.PaneState;
import java.time.Duration;
import org.agrona.DirectBuffer;

/**
 * Tumbling and sliding windows per key in event time. An event is added to one pane, whatever the number of windows it
 * belongs to; the panes of a window are merged when the watermark reaches its end (Li et al.: No pane, no gain, SIGMOD
 * Record 2005). Windows start at multiples of the slide since 1970.
 *
 * <p>With an allowed lateness a window is kept for so long after its end; an event that comes within it emits the key's
 * result anew, marked as late. An event for which every window has been dropped goes to the output {@value #LATE}, which
 * must then be declared, or is dropped. The inputs must be grouped by key, by the same key or one of which it is part.
 * Results are as {@link WindowResultDescriptor} has it, at the last nanosecond of their window, under the key hash of the
 * key's first event.
 *
 * <p>Windows that fire early, or discard what they have told, do not share panes: an event is then added to each window
 * that it belongs to.
 */
public final class TimeWindow implements Stage {
    /** Name of the output that late events go to. */
    public static final String LATE = "late";

    private final KeySelector selector;
    private final long sizeNs;
    private final long slideNs;
    private final long paneNs;
    private final long latenessNs;
    private final LateEvents late;
    private final Aggregator aggregator;
    private final WindowResults results;
    private final KeyView key = new KeyView();
    private PaneState panes;
    /** The window that is put together of several panes. */
    private PaneState merged;

    private TimeWindow(
        final WindowSettings settings, final long sizeNs, final long slideNs, final Aggregator aggregator) {
        this.selector = settings.selector();
        this.sizeNs = sizeNs;
        this.slideNs = slideNs;
        this.paneNs = gcd(sizeNs, slideNs);
        this.latenessNs = settings.latenessNs();
        this.late = new LateEvents(settings.emitsLate());
        this.aggregator = aggregator;
        this.results = new WindowResults(aggregator);
    }

    /** Windows that follow one another. */
    public static WindowSettings tumbling(final KeySelector key, final Duration size) {
        return sliding(key, size, size);
    }

    /** Windows of a size that start every slide. */
    public static WindowSettings sliding(final KeySelector key, final Duration size, final Duration slide) {
        if (size.isNegative() || size.isZero() || slide.isNegative() || slide.isZero() || slide.compareTo(size) > 0) {
            throw new ConfigurationException("a window of " + size + " that slides by " + slide
                + ": the slide must be more than 0 and at most the size");
        }
        final long sizeNs = size.toNanos();
        final long slideNs = slide.toNanos();
        return WindowSettings.of(key, (settings, aggregator) -> settings.isPlain()
            ? new TimeWindow(settings, sizeNs, slideNs, aggregator)
            : new FiringWindow(settings, sizeNs, slideNs, aggregator));
    }

    private static long gcd(final long first, final long second) {
        return second == 0 ? first : gcd(second, first % second);
    }

    @Override
    public void open(final StageContext context) {
        panes = context.paneState("panes", aggregator.accumulatorLength());
        merged = context.paneState("merged", aggregator.accumulatorLength());
        late.open(context);
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final long timeNs = event.timestampNs();
        final long watermarkNs = panes.mark();
        final long paneStart = Math.floorDiv(timeNs, paneNs) * paneNs;
        if (isPast(lastWindow(paneStart) + sizeNs, watermarkNs)) {
            late.take(event);
            return;
        }
        selector.select(event, key);
        final Pane pane = panes.getOrCreate(paneStart);
        final int entry = pane.getOrCreate(key.buffer(), key.offset(), key.length());
        aggregator.add(event, pane.buffer(), entry);
        if (firstWindow(paneStart) + sizeNs <= watermarkNs) {
            fireLate(pane, entry, paneStart, watermarkNs, out);
        }
    }

    /** Whether a window with this end has been dropped. */
    private boolean isPast(final long endNs, final long watermarkNs) {
        return endNs <= watermarkNs - latenessNs && watermarkNs >= Long.MIN_VALUE + latenessNs;
    }

    /** Start of the first window with a pane. */
    private long firstWindow(final long paneStart) {
        return -Math.floorDiv(sizeNs - paneNs - paneStart, slideNs) * slideNs;
    }

    /** Start of the last window with a pane. */
    private long lastWindow(final long paneStart) {
        return Math.floorDiv(paneStart, slideNs) * slideNs;
    }

    private void fireLate(
        final Pane pane, final int entry, final long paneStart, final long watermarkNs, final Emitter out) {
        final DirectBuffer keys = pane.buffer();
        final int keyOffset = pane.keyOffset(entry);
        final int keyLength = pane.keyLength(entry);
        final Pane sum = merged.getOrCreate(0);
        for (long start = firstWindow(paneStart); start <= paneStart; start += slideNs) {
            if (start + sizeNs <= watermarkNs && !isPast(start + sizeNs, watermarkNs)) {
                final int total = sum.create(keys, keyOffset, keyLength);
                for (int i = panes.firstFrom(start); i < panes.count() && panes.at(i).id() < start + sizeNs; i++) {
                    final Pane part = panes.at(i);
                    final int found = part.get(keys, keyOffset, keyLength);
                    if (found != Pane.MISSING) {
                        aggregator.merge(part.buffer(), found, sum.buffer(), total);
                    }
                }
                emit(sum, total, pane.keyHash(entry), start, WindowResultDescriptor.LATE, out);
                sum.remove(total);
            }
        }
    }

    @Override
    public void onWatermark(final long watermarkNs, final Emitter out) {
        final long before = panes.mark();
        if (watermarkNs <= before) {
            return; // after a crash event time comes up anew; these windows have fired
        }
        long start = panes.count() == 0 ? Long.MAX_VALUE : firstWindow(panes.at(0).id());
        while (start != Long.MAX_VALUE && start + sizeNs <= watermarkNs) {
            final int first = panes.firstFrom(start);
            if (first == panes.count()) {
                break;
            }
            final long found = panes.at(first).id();
            if (found >= start + sizeNs) {
                start = firstWindow(found); // nothing in between
            } else {
                if (start + sizeNs > before) {
                    fire(first, start, out);
                }
                start += slideNs;
            }
        }
        panes.mark(watermarkNs);
        while (panes.count() > 0 && isPast(lastWindow(panes.at(0).id()) + sizeNs, watermarkNs)) {
            panes.drop(panes.at(0).id());
        }
    }

    private void fire(final int first, final long start, final Emitter out) {
        final int next = first + 1;
        if (next == panes.count() || panes.at(next).id() >= start + sizeNs) {
            fire(panes.at(first), start, out);
            return;
        }
        final Pane sum = merged.getOrCreate(0);
        for (int i = first; i < panes.count() && panes.at(i).id() < start + sizeNs; i++) {
            final Pane part = panes.at(i);
            for (int entry = part.first(); entry != Pane.MISSING; entry = part.next(entry)) {
                final int total = sum.getOrCreate(part.buffer(), part.keyOffset(entry), part.keyLength(entry),
                    part.keyHash(entry));
                aggregator.merge(part.buffer(), entry, sum.buffer(), total);
            }
        }
        fire(sum, start, out);
        merged.drop(0);
    }

    private void fire(final Pane pane, final long start, final Emitter out) {
        for (int entry = pane.first(); entry != Pane.MISSING; entry = pane.next(entry)) {
            emit(pane, entry, pane.keyHash(entry), start, WindowResultDescriptor.ON_TIME, out);
        }
    }

    private void emit(
        final Pane pane, final int entry, final long keyHash, final long start, final int firing,
        final Emitter out) {
        results.emit(pane.buffer(), pane.keyOffset(entry), pane.keyLength(entry), pane.buffer(), entry, start,
            start + sizeNs, firing, keyHash, start + sizeNs - 1, out);
    }
}
