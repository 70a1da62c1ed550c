/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

/**
 * How a topology writes a table: changes are staged, logged with their epoch, and applied when the epoch is committed.
 * The table never shows an epoch that is not committed. Used by one thread, except {@link #close}, which is called
 * after that thread has ended.
 */
public interface EpochTableWriter extends AutoCloseable {
    /** A mutation to fill; valid until {@link #stage}. */
    RowMutation mutation();

    /** Takes the filled mutation into the current epoch. */
    void stage();

    /**
     * Appends what was staged to the change log, under the epoch's number.
     *
     * @return the log's position behind it.
     */
    long flush(long epoch);

    /** Applies what was flushed for epochs up to this one; returns the number of mutations applied. */
    int applyCommitted(long epoch);

    /** Who is told of each row that was applied, on the applying thread; null for nobody. */
    void listener(RowListener listener);

    /** Gives the table free. What was flushed and not applied is marked in the log as never committed. */
    @Override
    void close();
}
