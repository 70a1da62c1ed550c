/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

import org.agrona.DirectBuffer;

/**
 * A durable table: (pkey, lkey) to a cell with a version. All cells of one pkey form a row that is read and changed
 * atomically. Single-row operations are linearizable. Safe for use by many threads.
 *
 * <p>A table that a topology writes refuses direct writes while the topology runs.
 */
public interface Table {
    /** Name of the table. */
    String name();

    /**
     * Copies a row into the caller's view. Allocates nothing once the view's buffer has grown to the row's length.
     *
     * @return whether the row is there.
     */
    boolean getRow(DirectBuffer pkey, int offset, int length, RowView into);

    /** As {@link #getRow(DirectBuffer, int, int, RowView)} with a UTF-8 key; allocates. */
    boolean getRow(String pkey, RowView into);

    /** A cell as a number, or the given value where it is missing; allocates. */
    long getLong(String pkey, String lkey, long ifMissing);

    /** A cell's bytes, or null; allocates. */
    byte[] get(String pkey, String lkey);

    /** Applies a batch of changes to one row, atomically and durably in the change log; returns the cells' version. */
    long apply(RowMutation mutation);

    /** Sets a cell to a number; allocates. */
    long put(String pkey, String lkey, long value);

    /** Sets a cell to bytes; allocates. */
    long put(String pkey, String lkey, byte[] value);

    /** Deletes a whole row; returns whether it was there. */
    boolean deleteRow(String pkey);

    /** Number of rows. */
    long rowCount();

    /**
     * Visits every row once; rows changed meanwhile may be seen old or new. No lock is held while the visitor runs: it may
     * read and change this table. Allocates a copy of a part of the table.
     */
    void forEachRow(RowVisitor visitor);

    /** Takes a row; key and view are valid only during the call. */
    @FunctionalInterface
    interface RowVisitor {
        /** Called once per row. */
        void onRow(DirectBuffer pkey, int offset, int length, RowView row);
    }
}
