/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.state.Pane;
import dev.peregrine.topology.time.Timer;
import dev.peregrine.topology.time.Timers;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The timers of one kind of time: a table that holds each once, and a wheel that knows when. It is also the timer that
 * fired last. Used by one thread.
 *
 * <pre>
 *  key in the table: time (i64) | kind (i32) | key        value: node in the wheel (i32), not logged
 * </pre>
 */
final class TimerQueue implements Timer {
    private static final int TIME = 0;
    private static final int KIND = TIME + BitUtil.SIZE_OF_LONG;
    private static final int KEY = KIND + BitUtil.SIZE_OF_INT;

    private final boolean eventTime;
    private final PaneTable table;
    private final TimingWheel wheel;
    private final UnsafeBuffer entryKey =
        new UnsafeBuffer(BufferUtil.allocateDirectAligned(KEY + Timers.MAX_KEY_LENGTH, BitUtil.CACHE_LINE_LENGTH));
    private final UnsafeBuffer fired =
        new UnsafeBuffer(BufferUtil.allocateDirectAligned(KEY + Timers.MAX_KEY_LENGTH, BitUtil.CACHE_LINE_LENGTH));
    private int firedLength = KEY;
    private long firedHash;

    TimerQueue(final String name, final boolean eventTime, final KeyRouting routing, final PaneTable.Removals removals) {
        this.eventTime = eventTime;
        this.wheel = new TimingWheel(this::compare, bytes -> routing.memory().take(bytes, name));
        this.table = new PaneTable(name, BitUtil.SIZE_OF_INT, routing);
        table.id(eventTime ? 0 : 1);
        table.removals(removals);
    }

    PaneTable table() {
        return table;
    }

    private int entryKey(
        final int kind, final long timeNs, final DirectBuffer key, final int offset, final int length) {
        if (length < 0 || length > Timers.MAX_KEY_LENGTH) {
            throw new IllegalArgumentException(
                "key of " + length + " bytes of a timer: the longest has " + Timers.MAX_KEY_LENGTH);
        }
        entryKey.putLong(TIME, timeNs);
        entryKey.putInt(KIND, kind);
        entryKey.putBytes(KEY, key, offset, length);
        return KEY + length;
    }

    void set(final int kind, final long timeNs, final DirectBuffer key, final int offset, final int length) {
        final int entryLength = entryKey(kind, timeNs, key, offset, length);
        if (table.get(entryKey, 0, entryLength) == Pane.MISSING) {
            schedule(table.create(entryKey, 0, entryLength), timeNs);
        }
    }

    private void schedule(final int entry, final long timeNs) {
        table.buffer().putInt(entry, wheel.add(timeNs, entry));
    }

    boolean cancel(final int kind, final long timeNs, final DirectBuffer key, final int offset, final int length) {
        final int entry = table.get(entryKey, 0, entryKey(kind, timeNs, key, offset, length));
        if (entry == Pane.MISSING) {
            return false;
        }
        wheel.remove(table.buffer().getInt(entry));
        table.remove(entry);
        return true;
    }

    /** Takes the first timer that is due at a time; it is then this object. Whether there was one. */
    boolean poll(final long nowNs) {
        final int entry = wheel.poll(nowNs);
        if (entry == TimingWheel.NIL) {
            return false;
        }
        firedLength = table.keyLength(entry);
        fired.putBytes(0, table.buffer(), table.keyOffset(entry), firedLength);
        firedHash = table.keyHash(entry);
        table.remove(entry);
        return true;
    }

    /** Takes a timer back from the log. */
    void restore(final DirectBuffer key, final int offset, final int length, final long routingHash) {
        if (table.get(key, offset, length) == Pane.MISSING) {
            schedule(table.restore(key, offset, length, 0, BitUtil.SIZE_OF_INT, routingHash), key.getLong(offset + TIME));
        }
    }

    /** A timer of the log is gone. */
    void forget(final DirectBuffer key, final int offset, final int length) {
        final int entry = table.get(key, offset, length);
        if (entry != Pane.MISSING) {
            wheel.remove(table.buffer().getInt(entry));
            table.forget(entry);
        }
    }

    private int compare(final int first, final int second) {
        final DirectBuffer buffer = table.buffer();
        final int firstAt = table.keyOffset(first);
        final int secondAt = table.keyOffset(second);
        final int byKind = Integer.compare(buffer.getInt(firstAt + KIND), buffer.getInt(secondAt + KIND));
        if (byKind != 0) {
            return byKind;
        }
        final int firstLength = table.keyLength(first);
        final int secondLength = table.keyLength(second);
        final int common = Math.min(firstLength, secondLength);
        for (int i = KEY; i < common; i++) {
            final int byByte = Byte.compareUnsigned(buffer.getByte(firstAt + i), buffer.getByte(secondAt + i));
            if (byByte != 0) {
                return byByte;
            }
        }
        return Integer.compare(firstLength, secondLength);
    }

    int size() {
        return table.size();
    }

    long bytes() {
        return table.bytes() + wheel.bytes();
    }

    @Override
    public boolean isEventTime() {
        return eventTime;
    }

    @Override
    public int kind() {
        return fired.getInt(KIND);
    }

    @Override
    public long timeNs() {
        return fired.getLong(TIME);
    }

    @Override
    public DirectBuffer keyBuffer() {
        return fired;
    }

    @Override
    public int keyOffset() {
        return KEY;
    }

    @Override
    public int keyLength() {
        return firedLength - KEY;
    }

    @Override
    public long keyHash() {
        return firedHash;
    }

    void close() {
        table.close();
    }
}
