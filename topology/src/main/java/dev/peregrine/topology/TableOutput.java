/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import dev.peregrine.store.RowMutation;

/**
 * A table as a sink writes it. Changes are staged, written to the table's change log with their epoch, and become
 * visible in the table when the epoch's commit record stands in the log. Used by the stage's own thread only.
 */
public interface TableOutput {
    /** A mutation to fill; valid until {@link #stage}. */
    RowMutation mutation();

    /** Takes the filled mutation into the current epoch. */
    void stage();

    /** The cache, if any, that shall hold each changed row once it is committed. */
    TableOutput writeThrough(String cacheName);
}
