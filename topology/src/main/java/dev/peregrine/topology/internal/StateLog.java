/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.log.Appender;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes the changes of an instance's keyed states into the topology's log, as absolute values under the number of
 * their epoch: they count once the epoch's commit record follows. Used by the instance's thread.
 */
final class StateLog {
    private final Appender appender;
    private long epoch;
    private long written;
    private int recordAt;

    StateLog(final Appender appender, final long firstEpoch) {
        this.appender = appender;
        this.epoch = firstEpoch;
    }

    /** The number of the epoch that changes belong to from now on. */
    void epoch(final long ofChanges) {
        epoch = ofChanges;
    }

    /** Bytes of records written so far. */
    long written() {
        return written;
    }

    /**
     * Begins a record; its key, member key and value follow by {@link #put} in this order, as far as they are there,
     * then {@link #commit}.
     */
    void begin(
        final long stateId, final int kind, final int keyLength, final int memberLength, final int valueLength,
        final long expiryNs) {
        final int length = StateEntryDescriptor.LOG_KEY_OFFSET + keyLength + memberLength + valueLength;
        recordAt = appender.claimMessage(length, null);
        final MutableDirectBuffer record = appender.buffer();
        record.putLong(recordAt + StateEntryDescriptor.LOG_STATE_ID_OFFSET, stateId);
        record.putInt(recordAt + StateEntryDescriptor.LOG_KIND_OFFSET, kind);
        record.putInt(recordAt + StateEntryDescriptor.LOG_KEY_LENGTH_OFFSET, keyLength);
        record.putInt(recordAt + StateEntryDescriptor.LOG_MEMBER_LENGTH_OFFSET, memberLength);
        record.putInt(recordAt + StateEntryDescriptor.LOG_VALUE_LENGTH_OFFSET, valueLength);
        record.putLong(recordAt + StateEntryDescriptor.LOG_EXPIRY_OFFSET, expiryNs);
        recordAt += StateEntryDescriptor.LOG_KEY_OFFSET;
        written += length;
    }

    /** Writes the next part of a record: key, member key or value. */
    void put(final DirectBuffer buffer, final int offset, final int length) {
        appender.buffer().putBytes(recordAt, buffer, offset, length);
        recordAt += length;
    }

    /** Writes the next eight bytes of a record. */
    void put(final long value) {
        appender.buffer().putLong(recordAt, value);
        recordAt += Long.BYTES;
    }

    /** Ends a record. */
    void commit(final long routingHash) {
        appender.commit(0, StateEntryDescriptor.TEMPLATE_ID, routingHash, 0, epoch);
    }

    void close() {
        appender.close();
    }
}
