/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.log.Appender;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes the changes of an instance's keyed states into the topology's log, as absolute values under the number of
 * their epoch: they count once the epoch's commit record follows. Used by the instance's thread.
 */
final class StateLog implements KeyedValueState.EntryVisitor {
    private final Appender appender;
    private OffHeapValueState state;
    private long epoch;

    StateLog(final Appender appender, final long firstEpoch) {
        this.appender = appender;
        this.epoch = firstEpoch;
    }

    /** Logs what has changed in this epoch, or everything, and starts the next epoch. */
    void write(final OffHeapValueState from, final long ofEpoch, final boolean everything) {
        state = from;
        epoch = ofEpoch;
        if (everything) {
            from.forEach(this);
        } else {
            from.forEachChanged(this);
        }
        from.clearChanged();
    }

    /** The number of the epoch that changes belong to from now on. */
    void nextEpoch(final long next) {
        epoch = next;
    }

    @Override
    public void onEntry(
        final MutableDirectBuffer buffer, final int keyOffset, final int keyLength, final int valueOffset) {
        final int valueLength = state.valueLength();
        final int at = claim(state, keyLength, valueLength, valueLength);
        final MutableDirectBuffer record = appender.buffer();
        record.putBytes(at + StateEntryDescriptor.LOG_KEY_OFFSET, buffer, keyOffset, keyLength);
        record.putBytes(at + StateEntryDescriptor.LOG_KEY_OFFSET + keyLength, buffer, valueOffset, valueLength);
        appender.commit(0, StateEntryDescriptor.TEMPLATE_ID, 0, 0, epoch);
    }

    void removed(final OffHeapValueState from, final DirectBuffer key, final int keyOffset, final int keyLength) {
        final int at = claim(from, keyLength, StateEntryDescriptor.REMOVED, 0);
        appender.buffer().putBytes(at + StateEntryDescriptor.LOG_KEY_OFFSET, key, keyOffset, keyLength);
        appender.commit(0, StateEntryDescriptor.TEMPLATE_ID, 0, 0, epoch);
    }

    private int claim(
        final OffHeapValueState of, final int keyLength, final int valueLength, final int valueBytes) {
        final int at = appender.claim(StateEntryDescriptor.LOG_KEY_OFFSET + keyLength + valueBytes);
        final MutableDirectBuffer record = appender.buffer();
        record.putLong(at + StateEntryDescriptor.LOG_STATE_ID_OFFSET, of.id());
        record.putInt(at + StateEntryDescriptor.LOG_KEY_LENGTH_OFFSET, keyLength);
        record.putInt(at + StateEntryDescriptor.LOG_VALUE_LENGTH_OFFSET, valueLength);
        return at;
    }

    void close() {
        appender.close();
    }
}
