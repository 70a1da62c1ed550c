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

    private final UnsafeBuffer windowKey = new UnsafeBuffer(
        java.nio.ByteBuffer.allocateDirect(Long.BYTES + AdRecordDescriptor.MAX_NAME_LENGTH));
    private final UnsafeBuffer removed = new UnsafeBuffer(
        java.nio.ByteBuffer.allocateDirect(Long.BYTES + AdRecordDescriptor.MAX_NAME_LENGTH));
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
        totals = context.valueState("totals", AdRecordDescriptor.MAX_NAME_LENGTH, VALUE_LENGTH);
        windows = context.valueState("windows", Long.BYTES + AdRecordDescriptor.MAX_NAME_LENGTH, VALUE_LENGTH);
        late = context.counter("late");
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final DirectBuffer buffer = event.buffer();
        final int at = event.offset();
        final long eventTimeNs = buffer.getLong(at + AdRecordDescriptor.PARSED_TIME_OFFSET);
        final int click = buffer.getInt(at + AdRecordDescriptor.PARSED_CLICK_OFFSET);
        final int nameLength = buffer.getInt(at + AdRecordDescriptor.PARSED_NAME_LENGTH_OFFSET);
        final int nameAt = at + AdRecordDescriptor.PARSED_NAME_OFFSET;
        add(totals, totals.getOrCreate(buffer, nameAt, nameLength), click);

        final long windowStart = eventTimeNs - Math.floorMod(eventTimeNs, WINDOW_NS);
        if (watermarkNs != Long.MIN_VALUE && windowStart + WINDOW_NS + LATENESS_NS <= watermarkNs) {
            late.incrementOrdered();
            return;
        }
        windowKey.putLong(0, windowStart);
        windowKey.putBytes(Long.BYTES, buffer, nameAt, nameLength);
        final int value = windows.getOrCreate(windowKey, 0, Long.BYTES + nameLength);
        add(windows, value, click);
        if (windows.buffer().getLong(value + FIRED) == FIRED_CLEAN) {
            windows.buffer().putLong(value + FIRED, FIRED_CHANGED);
            changedAfterFiring = true;
        }
    }

    private static void add(final KeyedValueState state, final int value, final int click) {
        final MutableDirectBuffer buffer = state.buffer(); // after getOrCreate, which may have moved it
        buffer.putLong(value + IMPRESSIONS, buffer.getLong(value + IMPRESSIONS) + 1);
        buffer.putLong(value + CLICKS, buffer.getLong(value + CLICKS) + click);
        buffer.putLong(value + SPEND,
            buffer.getLong(value + SPEND) + IMPRESSION_MICROS + click * CLICK_MICROS);
    }

    @Override
    public void onEpoch(final long epoch, final Emitter out) {
        emitter = out;
        totals.forEachChanged(emitTotal);
    }

    private void emitTotal(
        final MutableDirectBuffer buffer, final int keyOffset, final int keyLength, final int valueOffset) {
        emit(AdRecordDescriptor.NO_WINDOW, buffer, keyOffset, keyLength, valueOffset);
    }

    private void emit(
        final long windowStart, final DirectBuffer buffer, final int nameOffset, final int nameLength,
        final int valueOffset) {
        final int at = emitter.claim(AdRecordDescriptor.RESULT_NAME_OFFSET + nameLength);
        final MutableDirectBuffer target = emitter.buffer();
        target.putLong(at + AdRecordDescriptor.RESULT_WINDOW_OFFSET, windowStart);
        target.putLong(at + AdRecordDescriptor.RESULT_IMPRESSIONS_OFFSET, buffer.getLong(valueOffset + IMPRESSIONS));
        target.putLong(at + AdRecordDescriptor.RESULT_CLICKS_OFFSET, buffer.getLong(valueOffset + CLICKS));
        target.putLong(at + AdRecordDescriptor.RESULT_SPEND_OFFSET, buffer.getLong(valueOffset + SPEND));
        target.putInt(at + AdRecordDescriptor.RESULT_NAME_LENGTH_OFFSET, nameLength);
        target.putBytes(at + AdRecordDescriptor.RESULT_NAME_OFFSET, buffer, nameOffset, nameLength);
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
        final long windowStart = buffer.getLong(keyOffset);
        final long end = windowStart + WINDOW_NS;
        final long fired = buffer.getLong(valueOffset + FIRED);
        if (end <= watermarkNs && fired != FIRED_CLEAN) {
            emit(windowStart, buffer, keyOffset + Long.BYTES, keyLength - Long.BYTES, valueOffset);
            final int value = windows.getOrCreate(buffer, keyOffset, keyLength); // marks it as changed
            windows.buffer().putLong(value + FIRED, FIRED_CLEAN);
        }
        if (end + LATENESS_NS <= watermarkNs) {
            expired.addLong(keyLength); // then the key's bytes, eight to a number
            for (int i = 0; i < removed.capacity(); i += Long.BYTES) {
                expired.addLong(i < keyLength ? readKey(buffer, keyOffset + i, keyLength - i) : 0);
            }
        }
    }

    private static long readKey(final DirectBuffer buffer, final int offset, final int left) {
        long word = 0;
        for (int i = 0; i < Math.min(left, Long.BYTES); i++) {
            word |= (buffer.getByte(offset + i) & 0xFFL) << i * Byte.SIZE;
        }
        return word;
    }

    private void removeExpired() {
        final int stride = 1 + removed.capacity() / Long.BYTES;
        for (int i = 0; i < expired.size(); i += stride) {
            final int keyLength = (int) expired.getLong(i);
            for (int word = 1; word < stride; word++) {
                removed.putLong((word - 1) * Long.BYTES, expired.getLong(i + word));
            }
            windows.remove(removed, 0, keyLength);
        }
    }
}
