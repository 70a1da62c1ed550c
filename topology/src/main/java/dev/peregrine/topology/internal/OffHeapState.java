/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.topology.state.KeyedState;
import java.util.function.IntConsumer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What the keyed states share: logging, the sweep of the rolling snapshot, expiry, restoring.
 *
 * <p><b>The sweep</b> goes through the buckets in turn. Beside growth it misses nothing: a split leaves entries in their
 * bucket or moves them to the end, which the sweep has still to reach. What is made behind it, changed or removed is logged
 * as a change, which a reader of the log from the sweep's begin meets as well.
 *
 * <p><b>Expiry</b> is not logged. Each record has its entry's expiry and each epoch the time, so that whoever takes the
 * records back sees the same entries expired.
 */
abstract class OffHeapState implements KeptState, KeyedState {
    private static final int EXPIRY_BUCKETS = 1024;
    private static final int EXPIRY_BUCKETS_PER_CHANGE = 4;
    private static final int NOT_SWEEPING = Integer.MAX_VALUE;

    final Slab slab;
    final EntryTable table;
    private final String name;
    private final long id;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private int viewedChunk = -1;
    private StateLog removalLog;
    private int sweepBucket = NOT_SWEEPING;
    private int expiryBucket;
    private long loggedNowNs = Long.MIN_VALUE;

    OffHeapState(final String name, final long id, final Slab slab, final EntryTable table) {
        this.name = name;
        this.id = id;
        this.slab = slab;
        this.table = table;
    }

    /** Writes an entry's key and value into the log. */
    abstract void logEntry(StateLog log, int ref);

    /** Removes an entry without a trace in the log. */
    abstract void drop(int ref);

    /** Takes an entry back: makes it or gives it this value. */
    abstract void restoreEntry(
        long routingHash, DirectBuffer record, int keyAt, int keyLength, int memberLength, int valueLength,
        long expiryNs);

    /** Takes a removal back; a member length of -1 means all members of the key. */
    abstract void restoreRemoval(DirectBuffer record, int keyAt, int keyLength, int memberLength);

    /** Hears of removals, which leave no entry behind to be logged at the epoch's end. */
    void removalLog(final StateLog log) {
        removalLog = log;
    }

    final StateLog removalLog() {
        return removalLog;
    }

    final String name() {
        return name;
    }

    @Override
    public final long id() {
        return id;
    }

    /** One flyweight over whatever memory was found last, so that a user who asked for it before is not led astray. */
    final MutableDirectBuffer view() {
        return view;
    }

    final void show() {
        final int chunk = table.chunk();
        if (viewedChunk != chunk) {
            viewedChunk = chunk;
            view.wrap(table.memory());
        }
    }

    @Override
    public final void logChanged(final StateLog log) {
        final int count = table.changedCount();
        for (int i = 0; i < count; i++) {
            logEntry(log, table.changed(i));
        }
        if (table.hasTtl() && table.now() != loggedNowNs) {
            logClock(log);
        }
    }

    private void logClock(final StateLog log) {
        loggedNowNs = table.now();
        log.begin(id, StateEntryDescriptor.CLOCK, 0, 0, Long.BYTES, loggedNowNs);
        log.put(table.began());
        log.commit(0);
    }

    @Override
    public final void beginSweep() {
        sweepBucket = 0;
        loggedNowNs = Long.MIN_VALUE;
    }

    @Override
    public final boolean sweep(final StateLog log, final long budgetBytes) {
        final long limit = log.written() + budgetBytes;
        while (sweepBucket < table.buckets()) {
            if (log.written() >= limit) {
                return false;
            }
            int ref = table.first(sweepBucket);
            while (ref != EntryTable.NONE) {
                if (!table.isChanged(ref) && !table.isExpired(ref)) { // what has changed was written in this epoch
                    logEntry(log, ref);
                }
                ref = table.next(ref);
            }
            sweepBucket++;
        }
        sweepBucket = NOT_SWEEPING;
        return true;
    }

    @Override
    public final void endEpoch() {
        if (table.hasTtl()) {
            expire(EXPIRY_BUCKETS + EXPIRY_BUCKETS_PER_CHANGE * Math.min(table.changedCount(), 1 << 24));
        }
        table.clearChanged();
    }

    private void expire(final int buckets) {
        final long now = table.now();
        for (int left = Math.min(buckets, table.buckets()); left > 0; left--) {
            if (expiryBucket >= table.buckets()) {
                expiryBucket = 0;
            }
            int ref = table.first(expiryBucket++);
            while (ref != EntryTable.NONE) {
                final int next = table.next(ref);
                if (table.isExpired(ref, now)) {
                    drop(ref);
                }
                ref = next;
            }
        }
    }

    /** Starts the next epoch without logging: nothing counts as changed. */
    public final void clearChanged() {
        endEpoch();
    }

    /** Hands every entry that is not expired to the action, which may remove that one. One object a call, none an entry. */
    final void forEachVisible(final IntConsumer action) {
        for (int bucket = 0; bucket < table.buckets(); bucket++) {
            int ref = table.first(bucket);
            while (ref != EntryTable.NONE) {
                final int next = table.next(ref);
                if (!table.isExpired(ref)) {
                    action.accept(ref);
                }
                ref = next;
            }
        }
    }

    /** Hands every entry that was changed in this epoch and is there to the action. */
    final void forEachVisibleChanged(final IntConsumer action) {
        final int count = table.changedCount();
        for (int i = 0; i < count; i++) {
            final int ref = visible(table.changed(i));
            if (ref != EntryTable.NONE) {
                action.accept(ref);
            }
        }
    }

    /** The entry, or none if it has expired. */
    final int visible(final int ref) {
        return ref != EntryTable.NONE && table.isExpired(ref) ? EntryTable.NONE : ref;
    }

    /** The entry, or none if it has expired, in which case it is removed to make place for a new one. */
    final int usable(final int ref) {
        if (ref != EntryTable.NONE && table.isExpired(ref)) {
            drop(ref);
            return EntryTable.NONE;
        }
        return ref;
    }

    @Override
    public final void restore(final long routingHash, final DirectBuffer record, final int at) {
        final int keyLength = record.getInt(at + StateEntryDescriptor.LOG_KEY_LENGTH_OFFSET);
        final int memberLength = record.getInt(at + StateEntryDescriptor.LOG_MEMBER_LENGTH_OFFSET);
        final int valueLength = record.getInt(at + StateEntryDescriptor.LOG_VALUE_LENGTH_OFFSET);
        final long expiryNs = record.getLong(at + StateEntryDescriptor.LOG_EXPIRY_OFFSET);
        final int keyAt = at + StateEntryDescriptor.LOG_KEY_OFFSET;
        final int kind = record.getInt(at + StateEntryDescriptor.LOG_KIND_OFFSET);
        switch (kind) {
            case StateEntryDescriptor.PUT -> {
                if (!fits(memberLength, valueLength)) {
                    throw new PeregrineException("state " + name + " has other values in the log, of " + valueLength
                        + " bytes, than it is declared with: give the changed state another name");
                }
                restoreEntry(routingHash, record, keyAt, keyLength, memberLength, valueLength, expiryNs);
            }
            case StateEntryDescriptor.REMOVED -> restoreRemoval(record, keyAt, keyLength, memberLength);
            case StateEntryDescriptor.CLEARED -> restoreRemoval(record, keyAt, keyLength, -1);
            case StateEntryDescriptor.CLOCK -> table.restoreClock(expiryNs, record.getLong(keyAt));
            default -> throw new PeregrineException("state " + name + " has a record of kind " + kind
                + " in the log: a later version wrote it");
        }
    }

    /** Whether a record has the shape that the state is declared with. */
    abstract boolean fits(int memberLength, int valueLength);

    @Override
    public void restored() {
        table.clearChanged();
    }

    @Override
    public long bytes() {
        return slab.bytes() + table.indexBytes();
    }

    @Override
    public void close() {
        table.close();
        slab.close();
        viewedChunk = -1;
        view.wrap(0, 0);
    }
}
