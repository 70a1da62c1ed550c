/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.table.internal;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.log.Appender;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.store.CommittedEpochs;
import dev.peregrine.store.RowDescriptor;
import dev.peregrine.store.RowListener;
import dev.peregrine.store.RowMutation;
import dev.peregrine.store.RowView;
import dev.peregrine.store.Table;
import dev.peregrine.store.TableConfig;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A table: a change log that is the truth, and a map derived from it. Changes go to the log first and then to the map,
 * under one lock, so that both see them in one order; reads take no lock of ours.
 */
public final class LoggedTable implements Table, AutoCloseable {
    private static final long CHECKPOINT_BYTES = 64L << 20;
    private static final int CHECKPOINT_FACTOR = 4;

    private final TableConfig config;
    private final TableChangeLog changeLog;
    private final RowMap rows;
    private final Appender appender;
    /** Guards every change of the map and the fields below. */
    private final Object changes = new Object();
    private final RowView scratch = new RowView();
    private final RowMutation direct = new RowMutation();
    private int epochWriters;
    private long checkpointPosition;
    private long rowBytes;
    private final long checkpointBytes;
    /** Length of the row in the map that was merged last; 0 if there was none. */
    private int lengthBefore;

    /** Opens a table on its log and reads the log back. Owns the log then, but not if this fails. */
    public LoggedTable(final TableConfig config, final PartitionLog log, final CommittedEpochs committed) {
        this(config, log, committed, CHECKPOINT_BYTES);
    }

    /** As above, with the length of the log below which it is never rewritten. */
    LoggedTable(
        final TableConfig config, final PartitionLog log, final CommittedEpochs committed,
        final long checkpointBytes) {
        this.config = config;
        this.checkpointBytes = checkpointBytes;
        this.changeLog = new TableChangeLog(log);
        this.rows = new RowMap(config.name(), config.entriesHint());
        boolean open = false;
        try {
            this.checkpointPosition = changeLog.replay(committed, new Replay());
            this.appender = log.newAppender(0);
            open = true;
        } finally {
            if (!open) {
                rows.close();
            }
        }
    }

    /** Rebuilds the map. A mark may be appended while this runs; it changes nothing here. */
    private final class Replay implements TableChangeLog.Changes {
        @Override
        public void onMutation(final DirectBuffer batch, final int offset, final int length, final long version) {
            applyToMap(batch, offset, length, version, null); // what was refused then is refused again
        }

        @Override
        public void onWholeRow(final DirectBuffer record, final int offset, final int length) {
            final int pkeyLength = record.getInt(offset);
            if (pkeyLength < 0 || pkeyLength > length - Integer.BYTES) {
                throw new CorruptDataException("table " + name() + ": the change log holds a row whose key is "
                    + pkeyLength + " bytes long; restore its files from a copy");
            }
            final int pkeyOffset = offset + Integer.BYTES;
            final int rowOffset = pkeyOffset + pkeyLength;
            rowBytes -= rows.get(record, pkeyOffset, pkeyLength, scratch) ? scratch.rowLength() : 0;
            scratch.copy(record, rowOffset, offset + length - rowOffset).check();
            rows.put(record, pkeyOffset, pkeyLength, scratch);
            rowBytes += scratch.rowLength();
        }
    }

    TableChangeLog changeLog() {
        return changeLog;
    }

    Object changesLock() {
        return changes;
    }

    /**
     * Applies an encoded batch to the map. The caller holds the lock, or nobody else knows the table yet.
     *
     * @return false if the row would become too long; it stays as it was.
     */
    boolean applyToMap(
        final DirectBuffer batch, final int offset, final int length, final long version,
        final RowListener listener) {
        if (!merge(batch, offset, length, version)) {
            return false;
        }
        putMerged(batch, offset, listener);
        return true;
    }

    /** Builds the row that a batch leads to, in the scratch view; false if it would be too long. */
    private boolean merge(final DirectBuffer batch, final int offset, final int length, final long version) {
        if (rows.get(batch, RowMutation.pkeyOffset(offset), RowMutation.pkeyLength(batch, offset), scratch)) {
            lengthBefore = scratch.rowLength();
        } else {
            scratch.clear();
            lengthBefore = 0;
        }
        return RowMutation.applyTo(scratch, batch, offset, length, version);
    }

    private void putMerged(final DirectBuffer batch, final int offset, final RowListener listener) {
        final int pkeyLength = RowMutation.pkeyLength(batch, offset);
        final int pkeyOffset = RowMutation.pkeyOffset(offset);
        final boolean empty = scratch.cellCount() == 0;
        if (empty) {
            rows.remove(batch, pkeyOffset, pkeyLength);
            rowBytes -= lengthBefore;
        } else {
            rows.put(batch, pkeyOffset, pkeyLength, scratch);
            rowBytes += scratch.rowLength() - lengthBefore;
        }
        if (listener != null) {
            listener.onRow(batch, pkeyOffset, pkeyLength, empty ? null : scratch);
        }
    }

    PeregrineException rowTooLong() {
        return new PeregrineException("a row of table " + name() + " would be longer than "
            + RowDescriptor.MAX_ROW_LENGTH + " bytes: spread its cells over more pkeys");
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public boolean getRow(final DirectBuffer pkey, final int offset, final int length, final RowView into) {
        return rows.get(pkey, offset, length, into);
    }

    @Override
    public boolean getRow(final String pkey, final RowView into) {
        final byte[] key = utf8(pkey);
        return getRow(new UnsafeBuffer(key), 0, key.length, into);
    }

    @Override
    public long getLong(final String pkey, final String lkey, final long ifMissing) {
        final RowView row = new RowView();
        return getRow(pkey, row) ? row.getLong(utf8(lkey), ifMissing) : ifMissing;
    }

    @Override
    public byte[] get(final String pkey, final String lkey) {
        final RowView row = new RowView();
        return getRow(pkey, row) ? row.getBytes(utf8(lkey)) : null;
    }

    @Override
    public long apply(final RowMutation mutation) {
        synchronized (changes) {
            if (epochWriters > 0) {
                throw new PeregrineException("table " + name()
                    + " is written by a running topology: stop it first, or write to another table");
            }
            final int at = appender.claim(mutation.length());
            final long version = appender.claimPosition();
            boolean fits = false;
            try {
                appender.buffer().putBytes(at, mutation.buffer(), 0, mutation.length());
                fits = merge(mutation.buffer(), 0, mutation.length(), version);
            } finally {
                if (!fits) {
                    appender.abort(); // what the table refuses must not come back with the log
                }
            }
            if (!fits) {
                throw rowTooLong();
            }
            appender.commit(0, TableChangeLog.MUTATION, 0, 0, 0);
            putMerged(mutation.buffer(), 0, null);
            return version;
        }
    }

    @Override
    public long put(final String pkey, final String lkey, final long value) {
        synchronized (changes) {
            return apply(direct.begin(pkey).putLong(utf8(lkey), value));
        }
    }

    @Override
    public long put(final String pkey, final String lkey, final byte[] value) {
        synchronized (changes) {
            return apply(direct.begin(pkey).putBytes(utf8(lkey), new UnsafeBuffer(value), 0, value.length));
        }
    }

    @Override
    public boolean deleteRow(final String pkey) {
        synchronized (changes) {
            final boolean was = getRow(pkey, new RowView());
            apply(direct.begin(pkey).deleteRow());
            return was;
        }
    }

    private static byte[] utf8(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public long rowCount() {
        return rows.size();
    }

    @Override
    public void forEachRow(final RowVisitor visitor) {
        rows.forEachCopied((pkey, length, row) -> visitor.onRow(pkey, 0, length, row));
    }

    void addEpochWriter() {
        synchronized (changes) {
            epochWriters++;
        }
    }

    void removeEpochWriter() {
        synchronized (changes) {
            epochWriters--;
        }
    }

    /**
     * One duty cycle of background work: allocates the log ahead, and rewrites the live rows to its end when it has
     * become several times as long as they are.
     */
    public int doHousekeeping() {
        final PartitionLog log = changeLog.log();
        final int work = log.doHousekeeping();
        final long start;
        synchronized (changes) {
            final long grown = log.appendedPosition() - checkpointPosition;
            // not while a topology has flushed changes that are not applied yet: they stand before the new start
            if (grown <= Math.max(checkpointBytes, CHECKPOINT_FACTOR * rowBytes) || unapplied > 0) {
                return work;
            }
            start = checkpoint(log);
        }
        // Nothing is deleted before what replaces it is on disk, lest a power cut takes both. What is deleted need not be.
        log.forceFrom(start);
        log.truncateBefore(start);
        return work + 1;
    }

    /** Epoch writers with flushed changes that are not in the map yet; guarded by the lock. */
    private int unapplied;

    void unapplied(final int change) {
        unapplied += change;
    }

    private long checkpoint(final PartitionLog log) {
        final long start = log.appendedPosition();
        rows.forEach((pkey, length, row) -> {
            final int at = appender.claim(Integer.BYTES + length + row.rowLength());
            appender.buffer().putInt(at, length);
            appender.buffer().putBytes(at + Integer.BYTES, pkey, 0, length);
            appender.buffer().putBytes(at + Integer.BYTES + length, row.rowBuffer(), 0, row.rowLength());
            appender.commit(0, TableChangeLog.WHOLE_ROW, 0, 0, 0);
        });
        changeLog.checkpoint(start);
        checkpointPosition = start;
        return start;
    }

    @Override
    public void close() {
        synchronized (changes) {
            appender.close();
            changeLog.close();
            rows.close();
        }
    }
}
