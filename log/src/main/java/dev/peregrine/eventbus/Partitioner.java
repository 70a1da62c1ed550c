/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

/**
 * Chooses the partition of each record of one publisher, on its thread. It may keep state, and must not be shared by
 * publishers then. Only {@link #keyHash()} keeps the records of a key in order over restarts and publishers.
 */
@FunctionalInterface
public interface Partitioner {
    /** Partition of the next record, from 0 and below their number. Should not allocate. */
    int partition(long keyHash, int partitions);

    /** A key lives in one partition, for ever: the default. */
    static Partitioner keyHash() {
        return KeyHash::bucket;
    }

    /** Partitions take turns, record by record. */
    static Partitioner roundRobin() {
        return new TurnPartitioner(1);
    }

    /** Partitions take turns after a number of records, so that neighbours in time mostly lie beside each other. */
    static Partitioner sticky(final int records) {
        return new TurnPartitioner(records);
    }
}
