/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import org.agrona.DirectBuffer;

/**
 * State of an instance that the epochs keep: it logs what changes, writes itself anew in slices, and takes its records
 * back. Used by the instance's thread.
 */
interface KeptState {
    /** Identity in the topology's log: the same in all instances of a component. */
    long id();

    /** Writes what was changed in the epoch that ends. */
    void logChanged(StateLog log);

    /** Starts to write everything anew. */
    void beginSweep();

    /**
     * Goes on writing everything anew. What changes meanwhile is logged anyway.
     *
     * @param budgetBytes after so many bytes it stops.
     * @return whether all is written.
     */
    boolean sweep(StateLog log, long budgetBytes);

    /** The epoch has ended: nothing counts as changed. */
    void endEpoch();

    /**
     * Takes a record back, in the order of the log.
     *
     * @param at where the record stands in the buffer, see {@link StateEntryDescriptor}.
     */
    void restore(long routingHash, DirectBuffer record, int at);

    /** All records were taken back. */
    void restored();

    /** Bytes of memory in use. */
    long bytes();

    /** Hash of the content, whatever the order. */
    long stateHash();

    /** Frees the memory. */
    void close();
}
