/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.state;

/**
 * Keyed state in panes, each a hash table of its own that is walked in the order of its memory and dropped as a whole:
 * what windows and joins are made of. It is off-heap and kept by the epochs; dropping a pane logs one record, however many
 * entries it has. The memory of dropped panes is used again. Used by one thread.
 */
public interface PaneState extends KeyedState {
    /** The pane of an id, or null. */
    Pane get(long id);

    /** The pane of an id, made if it was not there. */
    Pane getOrCreate(long id);

    /**
     * Drops a pane, if it is there. For this to be right after a change of parallelism too, every instance must drop a
     * pane at the same point of the stream: at a watermark.
     */
    void drop(long id);

    /** Number of panes. */
    int count();

    /** The panes by id, ascending. */
    Pane at(int index);

    /** Index of the first pane whose id is not below an id; {@link #count} if there is none. */
    int firstFrom(long id);

    /**
     * A number kept beside the panes, at first {@link Long#MIN_VALUE}: for windows, the watermark up to which they fired.
     */
    long mark();

    /** Sets the number; one that is lower than before is ignored. */
    void mark(long value);

    /** Number of entries in all panes. */
    long size();
}
