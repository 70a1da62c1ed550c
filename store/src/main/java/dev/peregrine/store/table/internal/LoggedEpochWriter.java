/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.table.internal;

import dev.peregrine.log.Appender;
import dev.peregrine.store.EpochTableWriter;
import dev.peregrine.store.RowListener;
import dev.peregrine.store.RowMutation;
import org.agrona.ExpandableDirectByteBuffer;

/** Epoch writer of a {@link LoggedTable}: staged batches lie one behind the other in one reusable off-heap buffer. */
public final class LoggedEpochWriter implements EpochTableWriter {
    private static final int LENGTH_OFFSET = 0;
    private static final int VERSION_OFFSET = 8;
    private static final int BATCH_OFFSET = 16;
    private static final int INITIAL_LENGTH = 64 << 10;

    private final LoggedTable table;
    private final long producerId;
    private final Appender appender;
    private final RowMutation mutation = new RowMutation();
    private ExpandableDirectByteBuffer staged = new ExpandableDirectByteBuffer(INITIAL_LENGTH);
    private ExpandableDirectByteBuffer flushed = new ExpandableDirectByteBuffer(INITIAL_LENGTH);
    private int stagedLength;
    private int flushedLength;
    private long flushedEpoch = -1;
    private long appliedEpoch = -1;
    /** Whether this writer's changes are counted among those that are logged and not applied. */
    private boolean unapplied;
    /** Whether the log holds changes of this writer. */
    private boolean logged;
    private boolean closed;
    private RowListener listener;

    /** Opens a writer; the table refuses direct writes until it is closed. */
    public LoggedEpochWriter(final LoggedTable table, final long producerId) {
        this.table = table;
        this.producerId = producerId;
        this.appender = table.changeLog().log().newAppender(producerId);
        table.addEpochWriter();
    }

    @Override
    public RowMutation mutation() {
        return mutation;
    }

    @Override
    public void stage() {
        final int length = mutation.length();
        staged.putInt(stagedLength + LENGTH_OFFSET, length);
        staged.putBytes(stagedLength + BATCH_OFFSET, mutation.buffer(), 0, length);
        stagedLength += BATCH_OFFSET + align(length);
    }

    private static int align(final int length) {
        return org.agrona.BitUtil.align(length, Long.BYTES);
    }

    @Override
    public long flush(final long epoch) {
        if (flushedLength > 0) {
            throw new IllegalStateException("epoch " + flushedEpoch + " of table " + table.name()
                + " was flushed and neither applied nor dropped");
        }
        if (stagedLength > 0) {
            synchronized (table.changesLock()) {
                unapplied(true);
                append(epoch);
            }
        }
        final ExpandableDirectByteBuffer swapped = flushed;
        flushed = staged;
        staged = swapped;
        flushedLength = stagedLength;
        stagedLength = 0;
        flushedEpoch = epoch;
        return table.changeLog().log().appendedPosition();
    }

    private void unapplied(final boolean value) {
        if (unapplied != value) {
            unapplied = value;
            table.unapplied(value ? 1 : -1);
        }
    }

    private void append(final long epoch) {
        for (int at = 0; at < stagedLength;) {
            final int length = staged.getInt(at + LENGTH_OFFSET);
            appender.append(0, TableChangeLog.MUTATION, 0, 0, epoch, staged, at + BATCH_OFFSET, length);
            logged = true;
            staged.putLong(at + VERSION_OFFSET, appender.claimPosition());
            at += BATCH_OFFSET + align(length);
        }
    }

    @Override
    public int applyCommitted(final long epoch) {
        if (flushedEpoch < 0 || flushedEpoch > epoch || flushedEpoch == appliedEpoch) {
            return 0;
        }
        int applied = 0;
        int refused = 0;
        if (flushedLength > 0) {
            synchronized (table.changesLock()) {
                for (int at = 0; at < flushedLength;) {
                    final int length = flushed.getInt(at + LENGTH_OFFSET);
                    if (table.applyToMap(
                        flushed, at + BATCH_OFFSET, length, flushed.getLong(at + VERSION_OFFSET), listener)) {
                        applied++;
                    } else {
                        refused++;
                    }
                    at += BATCH_OFFSET + align(length);
                }
                unapplied(false);
            }
        }
        flushedLength = 0;
        appliedEpoch = flushedEpoch;
        if (refused > 0) {
            throw table.rowTooLong(); // the epoch's other changes stand
        }
        return applied;
    }

    @Override
    public void listener(final RowListener value) {
        listener = value;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (logged) {
                table.changeLog().mark(producerId, appliedEpoch);
            }
        } finally {
            synchronized (table.changesLock()) {
                unapplied(false);
            }
            appender.close();
            table.removeEpochWriter();
        }
    }
}
