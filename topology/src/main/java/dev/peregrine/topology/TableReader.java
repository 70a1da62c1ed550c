/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import dev.peregrine.store.RowView;
import org.agrona.DirectBuffer;

/**
 * A table as a stage reads it. Used by the stage's own thread.
 *
 * <p>A read shows the row as of the last commit that has been applied when it happens: whole, and never what an epoch has
 * written that is not committed, be it the topology's own. It is not a snapshot: a second read may show a later commit,
 * also within one event. Events that are read again after a crash see the table as it is then; what had come of them before
 * was not committed, so that nobody saw it. Whoever needs the row that belongs to an event's time joins with the stream of
 * the table's changes instead, see {@code dev.peregrine.topology.join.ChangelogJoin}.
 */
@FunctionalInterface
public interface TableReader {
    /**
     * Copies a row into the stage's view. Allocates nothing once the view's buffer has grown to the row's length.
     *
     * @return whether the row is there.
     */
    boolean getRow(DirectBuffer pkey, int offset, int length, RowView into);
}
