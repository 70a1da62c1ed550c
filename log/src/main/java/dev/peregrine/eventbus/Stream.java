/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.log.PartitionLog;
import java.util.List;

/** A named, provisioned sequence of records, split into partitions by key. Safe for use by many threads. */
public final class Stream {
    private final StreamConfig config;
    private final List<PartitionLog> partitions;

    Stream(final StreamConfig config, final List<PartitionLog> partitions) {
        this.config = config;
        this.partitions = List.copyOf(partitions);
    }

    /** Name of the stream. */
    public String name() {
        return config.name();
    }

    /** What it was provisioned with. */
    public StreamConfig config() {
        return config;
    }

    /** Number of partitions. */
    public int partitions() {
        return partitions.size();
    }

    /** One partition, from 0. */
    public PartitionLog partition(final int index) {
        return partitions.get(index);
    }

    /** Which partition a key belongs to. */
    public int partitionOf(final long keyHash) {
        return partitions.size() == 1 ? 0 : KeyHash.bucket(keyHash, partitions.size());
    }

    /**
     * Reads every record with its checksum.
     *
     * @return number of frames verified.
     * @throws dev.peregrine.core.error.CorruptDataException at the first that fails.
     */
    public long verify() {
        long frames = 0;
        for (final PartitionLog partition : partitions) {
            frames += partition.verify();
        }
        return frames;
    }

    int doHousekeeping() {
        int work = 0;
        for (int i = 0; i < partitions.size(); i++) {
            work += partitions.get(i).doHousekeeping();
        }
        return work;
    }
}
