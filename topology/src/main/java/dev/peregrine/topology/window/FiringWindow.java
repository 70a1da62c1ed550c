/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.window;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.KeyView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.aggregate.Aggregator;
import dev.peregrine.topology.state.Pane;
import dev.peregrine.topology.state.PaneState;
import dev.peregrine.topology.time.Timer;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Tumbling and sliding windows that fire early, or tell only of what is new. Each window has a pane of its own, since
 * what a key has got since its last firing differs from window to window: an event costs as much as it has windows.
 */
final class FiringWindow implements Stage {
    /** An entry: events since it fired last, accumulator. */
    private static final int PENDING = 0;
    private static final int ACCUMULATOR = PENDING + BitUtil.SIZE_OF_LONG;

    private static final int EARLY_TIMER = 0;
    /** Key of a timer: start of the window, then the key. */
    private static final int TIMER_KEY = BitUtil.SIZE_OF_LONG;
    private static final int INITIAL_LENGTH = 64;

    private final KeySelector selector;
    private final long sizeNs;
    private final long slideNs;
    private final long latenessNs;
    private final boolean discarding;
    private final Aggregator aggregator;
    private final int accumulatorLength;
    private final WindowResults results;
    private final EarlyFirings early;
    private final LateEvents late;
    private final KeyView key = new KeyView();
    private final UnsafeBuffer timerKey = new UnsafeBuffer(0, 0);
    private PaneState windows;

    FiringWindow(final WindowSettings settings, final long sizeNs, final long slideNs, final Aggregator aggregator) {
        this.selector = settings.selector();
        this.sizeNs = sizeNs;
        this.slideNs = slideNs;
        this.latenessNs = settings.latenessNs();
        this.discarding = settings.isDiscarding();
        this.aggregator = aggregator;
        this.accumulatorLength = aggregator.accumulatorLength();
        this.results = new WindowResults(aggregator);
        this.early = new EarlyFirings(settings, EARLY_TIMER);
        this.late = new LateEvents(settings.emitsLate());
    }

    @Override
    public void open(final StageContext context) {
        windows = context.paneState("windows", ACCUMULATOR + accumulatorLength);
        early.open(context);
        late.open(context);
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final long timeNs = event.timestampNs();
        final long last = Math.floorDiv(timeNs, slideNs) * slideNs;
        if (isPast(last + sizeNs)) {
            late.take(event);
            return;
        }
        selector.select(event, key);
        for (long start = (Math.floorDiv(timeNs - sizeNs, slideNs) + 1) * slideNs; start <= last; start += slideNs) {
            if (!isPast(start + sizeNs)) {
                add(event, start, out);
            }
        }
    }

    /** Whether a window with this end has been dropped. */
    private boolean isPast(final long endNs) {
        final long watermarkNs = windows.mark();
        return endNs <= watermarkNs - latenessNs && watermarkNs >= Long.MIN_VALUE + latenessNs;
    }

    private void add(final EventView event, final long start, final Emitter out) {
        final Pane window = windows.getOrCreate(start);
        final int entry = window.getOrCreate(key.buffer(), key.offset(), key.length());
        final MutableDirectBuffer buffer = window.buffer();
        aggregator.add(event, buffer, entry + ACCUMULATOR);
        final long pending = buffer.getLong(entry + PENDING) + 1;
        buffer.putLong(entry + PENDING, pending);
        if (start + sizeNs <= windows.mark()) {
            fire(window, entry, WindowResultDescriptor.LATE, out);
        } else if (early.isDue(pending)) {
            fire(window, entry, WindowResultDescriptor.EARLY, out);
        } else if (pending == 1 && early.isTimed()) {
            schedule(start);
        }
    }

    private void schedule(final long start) {
        final int length = TIMER_KEY + key.length();
        if (timerKey.capacity() < length) {
            timerKey.wrap(BufferUtil.allocateDirectAligned(
                Math.max(INITIAL_LENGTH, BitUtil.findNextPositivePowerOfTwo(length)), BitUtil.CACHE_LINE_LENGTH));
        }
        timerKey.putLong(0, start);
        timerKey.putBytes(TIMER_KEY, key.buffer(), key.offset(), key.length());
        early.schedule(timerKey, 0, length);
    }

    @Override
    public void onTimer(final Timer timer, final Emitter out) {
        final DirectBuffer keys = timer.keyBuffer();
        final Pane window = windows.get(keys.getLong(timer.keyOffset()));
        if (window == null) {
            return;
        }
        final int entry = window.get(keys, timer.keyOffset() + TIMER_KEY, timer.keyLength() - TIMER_KEY);
        if (entry != Pane.MISSING && window.buffer().getLong(entry + PENDING) > 0) {
            fire(window, entry, WindowResultDescriptor.EARLY, out);
        }
    }

    @Override
    public void onWatermark(final long watermarkNs, final Emitter out) {
        final long before = windows.mark();
        if (watermarkNs <= before) {
            return; // after a crash event time comes up anew; these windows have fired
        }
        int index = before < Long.MIN_VALUE + sizeNs ? 0 : windows.firstFrom(before - sizeNs + 1);
        while (index < windows.count() && windows.at(index).id() + sizeNs <= watermarkNs) {
            end(windows.at(index), out);
            index++;
        }
        windows.mark(watermarkNs);
        while (windows.count() > 0 && isPast(windows.at(0).id() + sizeNs)) {
            windows.drop(windows.at(0).id());
        }
    }

    private void end(final Pane window, final Emitter out) {
        for (int entry = window.first(); entry != Pane.MISSING; entry = window.next(entry)) {
            if (!discarding || window.buffer().getLong(entry + PENDING) > 0) {
                fire(window, entry, WindowResultDescriptor.ON_TIME, out);
            }
        }
    }

    private void fire(final Pane window, final int entry, final int firing, final Emitter out) {
        final MutableDirectBuffer buffer = window.buffer();
        final long end = window.id() + sizeNs;
        results.emit(buffer, window.keyOffset(entry), window.keyLength(entry), buffer, entry + ACCUMULATOR, window.id(),
            end, firing, window.keyHash(entry), end - 1, out);
        buffer.putLong(entry + PENDING, 0);
        if (discarding) {
            buffer.setMemory(entry + ACCUMULATOR, accumulatorLength, (byte) 0);
        }
        window.changed(entry);
    }
}
