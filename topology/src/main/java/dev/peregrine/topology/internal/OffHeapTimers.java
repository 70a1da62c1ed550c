/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.state.Pane;
import dev.peregrine.topology.time.Timer;
import dev.peregrine.topology.time.Timers;
import org.agrona.DirectBuffer;

/**
 * The timers of an instance. In the topology's log the key is that of {@link TimerQueue}, the member key tells which kind
 * of time, and there is no value. A timer that is set and fires within an epoch leaves nothing in the log. Used by one
 * thread.
 */
public final class OffHeapTimers implements Timers, KeptState {
    private static final long EVENT_TIME = 0;

    private final String name;
    private final long id;
    private final StateLog log;
    private final TimerQueue eventTime;
    private final TimerQueue processingTime;
    private boolean sweepingProcessingTime;
    private int sweepEntry;

    OffHeapTimers(final String name, final long id, final KeyRouting routing, final StateLog log) {
        this.name = name;
        this.id = id;
        this.log = log;
        this.eventTime = new TimerQueue(name, true, routing, this::removing);
        this.processingTime = new TimerQueue(name, false, routing, this::removing);
    }

    /** Timers that nothing keeps. */
    public static OffHeapTimers inMemory() {
        return new OffHeapTimers("timers", 0, new KeyRouting(false, 0, 1), null);
    }

    @Override
    public void atEventTime(
        final int kind, final long timeNs, final DirectBuffer key, final int offset, final int length) {
        eventTime.set(kind, timeNs, key, offset, length);
    }

    @Override
    public void atProcessingTime(
        final int kind, final long timeNs, final DirectBuffer key, final int offset, final int length) {
        processingTime.set(kind, timeNs, key, offset, length);
    }

    @Override
    public boolean cancelEventTime(
        final int kind, final long timeNs, final DirectBuffer key, final int offset, final int length) {
        return eventTime.cancel(kind, timeNs, key, offset, length);
    }

    @Override
    public boolean cancelProcessingTime(
        final int kind, final long timeNs, final DirectBuffer key, final int offset, final int length) {
        return processingTime.cancel(kind, timeNs, key, offset, length);
    }

    /** Takes the next timer that the watermark has reached; valid until the next call. Null if there is none. */
    public Timer pollEventTime(final long watermarkNs) {
        return eventTime.poll(watermarkNs) ? eventTime : null;
    }

    /** Takes the next timer that the clock has reached; valid until the next call. Null if there is none. */
    public Timer pollProcessingTime(final long nowNs) {
        return processingTime.poll(nowNs) ? processingTime : null;
    }

    /** Number of timers in processing time. */
    public int processingTimeSize() {
        return processingTime.size();
    }

    @Override
    public int size() {
        return eventTime.size() + processingTime.size();
    }

    @Override
    public long id() {
        return id;
    }

    private void removing(final PaneTable table, final int entry) {
        if (log != null) {
            write(log, StateEntryDescriptor.REMOVED, table, entry);
        }
    }

    private void write(final StateLog into, final int kind, final PaneTable table, final int entry) {
        final int keyLength = table.keyLength(entry);
        into.begin(id, kind, keyLength, Long.BYTES, 0, 0);
        into.put(table.buffer(), table.keyOffset(entry), keyLength);
        into.put(table.id());
        into.commit(table.keyHash(entry));
    }

    @Override
    public void logChanged(final StateLog into) {
        logChanged(into, eventTime.table());
        logChanged(into, processingTime.table());
    }

    private void logChanged(final StateLog into, final PaneTable table) {
        final int changes = table.changedCount();
        for (int i = 0; i < changes; i++) {
            final int entry = table.takeChanged(i);
            if (entry != Pane.MISSING) {
                write(into, StateEntryDescriptor.PUT, table, entry);
            }
        }
    }

    @Override
    public void beginSweep() {
        sweepingProcessingTime = false;
        sweepEntry = Pane.MISSING;
    }

    @Override
    public boolean sweep(final StateLog into, final long budgetBytes) {
        final long limit = into.written() + budgetBytes;
        if (!sweepingProcessingTime) {
            if (!sweep(into, limit, eventTime.table())) {
                return false;
            }
            sweepingProcessingTime = true;
            sweepEntry = Pane.MISSING;
        }
        return sweep(into, limit, processingTime.table());
    }

    private boolean sweep(final StateLog into, final long limit, final PaneTable table) {
        int entry = sweepEntry == Pane.MISSING ? table.first() : table.from(sweepEntry);
        while (entry != Pane.MISSING) {
            if (into.written() >= limit) {
                sweepEntry = entry;
                return false;
            }
            write(into, StateEntryDescriptor.PUT, table, entry);
            entry = table.next(entry);
        }
        return true;
    }

    @Override
    public void endEpoch() {
        eventTime.table().clearChanged();
        processingTime.table().clearChanged();
    }

    @Override
    public void restore(final long routingHash, final DirectBuffer record, final int at) {
        final int keyLength = record.getInt(at + StateEntryDescriptor.LOG_KEY_LENGTH_OFFSET);
        final int keyAt = at + StateEntryDescriptor.LOG_KEY_OFFSET;
        final int kind = record.getInt(at + StateEntryDescriptor.LOG_KIND_OFFSET);
        final TimerQueue queue = record.getLong(keyAt + keyLength) == EVENT_TIME ? eventTime : processingTime;
        switch (kind) {
            case StateEntryDescriptor.PUT -> queue.restore(record, keyAt, keyLength, routingHash);
            case StateEntryDescriptor.REMOVED -> queue.forget(record, keyAt, keyLength);
            default -> throw new PeregrineException("timers of " + name + " have a record of kind " + kind
                + " in the log: a later version wrote it");
        }
    }

    @Override
    public void restored() {
        // nothing was marked as changed
    }

    @Override
    public long bytes() {
        return eventTime.bytes() + processingTime.bytes();
    }

    @Override
    public long stateHash() {
        return hash(eventTime.table()) + hash(processingTime.table());
    }

    private static long hash(final PaneTable table) {
        long hash = 0;
        for (int entry = table.first(); entry != Pane.MISSING; entry = table.next(entry)) {
            hash += KeyHash.of(
                KeyHash.of(table.buffer(), table.keyOffset(entry), table.keyLength(entry)) + table.id());
        }
        return hash;
    }

    @Override
    public void close() {
        eventTime.close();
        processingTime.close();
    }
}
