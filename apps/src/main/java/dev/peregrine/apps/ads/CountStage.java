/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Counts impressions, clicks and spend per ad: for all time, handed on at each epoch, and in tumbling windows of one
 * day of event time, handed on when the watermark passes their end. An event that comes for a window which has fired
 * already makes it fire again, for one more day; later ones only count for all time and are shown by the counter
 * {@code late}.
 */
final class CountStage implements Stage {
    static final long IMPRESSION_MICROS = 1_000;
    static final long CLICK_MICROS = 250_000;
    static final long WINDOW_NS = 86_400_000_000_000L;
    private static final long LATENESS_NS = WINDOW_NS;

    private static final int IMPRESSIONS = 0;
    private static final int CLICKS = 8;
    private static final int SPEND = 16;
    private static final int FIRED = 24;
    private static final int VALUE_LENGTH = 32;
    private static final long FIRED_CLEAN = 1;
    private static final long FIRED_CHANGED = 2;

    /** Key of a window: its start, then the ad. */
    private static final int WINDOW_START = 0;
    private static final int WINDOW_AD = WINDOW_START + Long.BYTES;
    private static final int WINDOW_KEY_LENGTH = WINDOW_AD + Long.BYTES;

    private final UnsafeBuffer windowKey = new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(WINDOW_KEY_LENGTH));
    /** Start and ad of each window that is to be removed. */
    private final LongArrayList expired = new LongArrayList();
    private final KeyedValueState.EntryVisitor emitTotal = this::emitTotal;
    private final KeyedValueState.EntryVisitor fireWindow = this::fireWindow;
    private KeyedValueState totals;
    private KeyedValueState windows;
    private AtomicCounter late;
    private Emitter emitter;
    private long watermarkNs = Long.MIN_VALUE;
    private long scannedDay = Long.MIN_VALUE;
    private boolean changedAfterFiring;

    @Override
    public void open(final StageContext context) {
        totals = context.valueState("totals", Long.BYTES, VALUE_LENGTH);
        windows = context.valueState("windows", WINDOW_KEY_LENGTH, VALUE_LENGTH);
        late = context.counter("late");
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final DirectBuffer buffer = event.buffer();
        final int at = event.offset();
        final long eventTimeNs = buffer.getLong(at + AdRecordDescriptor.PARSED_TIME_OFFSET);
        final long ad = buffer.getLong(at + AdRecordDescriptor.PARSED_AD_OFFSET);
        final long click = buffer.getLong(at + AdRecordDescriptor.PARSED_CLICK_OFFSET);
        add(totals, totals.getOrCreate(ad), click);

        final long windowStart = eventTimeNs - Math.floorMod(eventTimeNs, WINDOW_NS);
        if (watermarkNs != Long.MIN_VALUE && windowStart + WINDOW_NS + LATENESS_NS <= watermarkNs) {
            late.incrementOrdered();
            return;
        }
        final int value = windows.getOrCreate(putWindowKey(windowStart, ad), 0, WINDOW_KEY_LENGTH);
        add(windows, value, click);
        if (windows.buffer().getLong(value + FIRED) == FIRED_CLEAN) {
            windows.buffer().putLong(value + FIRED, FIRED_CHANGED);
            changedAfterFiring = true;
        }
    }

    private UnsafeBuffer putWindowKey(final long windowStart, final long ad) {
        windowKey.putLong(WINDOW_START, windowStart);
        windowKey.putLong(WINDOW_AD, ad);
        return windowKey;
    }

    private static void add(final KeyedValueState state, final int value, final long click) {
        final MutableDirectBuffer buffer = state.buffer(); // after getOrCreate, which may have moved it
        buffer.putLong(value + IMPRESSIONS, buffer.getLong(value + IMPRESSIONS) + 1);
        buffer.putLong(value + SPEND, buffer.getLong(value + SPEND) + IMPRESSION_MICROS + click * CLICK_MICROS);
        if (click != 0) {
            buffer.putLong(value + CLICKS, buffer.getLong(value + CLICKS) + click);
        }
    }

    @Override
    public void onEpoch(final long epoch, final Emitter out) {
        emitter = out;
        totals.forEachChanged(emitTotal);
    }

    private void emitTotal(
        final MutableDirectBuffer buffer, final int keyOffset, final int keyLength, final int valueOffset) {
        emit(AdRecordDescriptor.NO_WINDOW, buffer.getLong(keyOffset), buffer, valueOffset);
    }

    private void emit(final long windowStart, final long ad, final DirectBuffer buffer, final int valueOffset) {
        final int at = emitter.claim(AdRecordDescriptor.RESULT_LENGTH);
        final MutableDirectBuffer target = emitter.buffer();
        target.putLong(at + AdRecordDescriptor.RESULT_WINDOW_OFFSET, windowStart);
        target.putLong(at + AdRecordDescriptor.RESULT_IMPRESSIONS_OFFSET, buffer.getLong(valueOffset + IMPRESSIONS));
        target.putLong(at + AdRecordDescriptor.RESULT_CLICKS_OFFSET, buffer.getLong(valueOffset + CLICKS));
        target.putLong(at + AdRecordDescriptor.RESULT_SPEND_OFFSET, buffer.getLong(valueOffset + SPEND));
        target.putLong(at + AdRecordDescriptor.RESULT_AD_OFFSET, ad);
        emitter.commit(0, 0, 0, AdRecordDescriptor.RESULT_TEMPLATE_ID);
    }

    @Override
    public void onWatermark(final long eventTimeNs, final Emitter out) {
        watermarkNs = eventTimeNs;
        final long day = Math.floorDiv(eventTimeNs, WINDOW_NS);
        if (day == scannedDay && !changedAfterFiring) {
            return; // no window ends between two events of one day
        }
        scannedDay = day;
        changedAfterFiring = false;
        emitter = out;
        expired.clear();
        windows.forEach(fireWindow);
        removeExpired();
    }

    private void fireWindow(
        final MutableDirectBuffer buffer, final int keyOffset, final int keyLength, final int valueOffset) {
        final long windowStart = buffer.getLong(keyOffset + WINDOW_START);
        final long ad = buffer.getLong(keyOffset + WINDOW_AD);
        final long end = windowStart + WINDOW_NS;
        final long fired = buffer.getLong(valueOffset + FIRED);
        if (end <= watermarkNs && fired != FIRED_CLEAN) {
            emit(windowStart, ad, buffer, valueOffset);
            final int value = windows.getOrCreate(buffer, keyOffset, keyLength); // marks it as changed
            windows.buffer().putLong(value + FIRED, FIRED_CLEAN);
        }
        if (end + LATENESS_NS <= watermarkNs) {
            expired.addLong(windowStart);
            expired.addLong(ad);
        }
    }

    private void removeExpired() {
        for (int i = 0; i < expired.size(); i += 2) {
            windows.remove(putWindowKey(expired.getLong(i), expired.getLong(i + 1)), 0, WINDOW_KEY_LENGTH);
        }
    }
}
