/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.codec.schema.Schema;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.StorageConfig;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.agrona.CloseHelper;

/** A named, provisioned sequence of records, split into partitions by key. Safe for use by many threads. */
public final class Stream {
    private final int count;
    private volatile StreamConfig config;
    /** Replaced when the stream is altered, while nobody uses it. */
    private volatile List<PartitionLog> partitions;
    /** Null if it is bound to none. */
    private volatile Schema schema;
    private boolean closed;
    /** Taken after this object's monitor, if both. */
    private final ReentrantLock maintaining = new ReentrantLock();
    private final Quotas quotas;
    /** Last sequences of publishers that were closed in this process, by producer id. */
    private final ConcurrentHashMap<Long, Long> lastSequences = new ConcurrentHashMap<>();

    Stream(final StreamConfig config, final List<PartitionLog> partitions, final MonotonicClock clock) {
        this.quotas = new Quotas(config.name(), config.limits(), clock);
        this.count = partitions.size();
        this.config = config;
        this.partitions = List.copyOf(partitions);
    }

    /** Name of the stream. */
    public String name() {
        return config.name();
    }

    /** What it was provisioned with, or last altered to. */
    public StreamConfig config() {
        return config;
    }

    Schema schema() {
        return schema;
    }

    void bind(final Schema value) {
        schema = value;
    }

    Quotas quotas() {
        return quotas;
    }

    /** Number of partitions. */
    public int partitions() {
        return count;
    }

    /** One partition, from 0. */
    public PartitionLog partition(final int index) {
        return partitions.get(index);
    }

    /** Which partition a key belongs to. */
    public int partitionOf(final long keyHash) {
        return count == 1 ? 0 : KeyHash.bucket(keyHash, count);
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

    /**
     * Highest sequence of a publisher that is not open, or -1. The log alone does not tell while another publisher's
     * claim before it is open, so those that were closed in this process are remembered.
     */
    long lastSequence(final long producerId) {
        final Long known = lastSequences.get(producerId);
        if (known != null) {
            return known;
        }
        long last = -1;
        for (final PartitionLog partition : partitions) {
            last = Math.max(last, partition.lastSequence(producerId));
        }
        return last;
    }

    void lastSequence(final long producerId, final long sequence) {
        lastSequences.put(producerId, sequence);
    }

    /**
     * Every partition has its turn, also when one has failed; the first failure is thrown at the end. Never while the
     * stream is closed or opened anew.
     */
    synchronized int doHousekeeping(final Runnable meanwhile) {
        if (closed) {
            return 0;
        }
        int work = 0;
        RuntimeException failure = null;
        for (int i = 0; i < count; i++) {
            try {
                work += partitions.get(i).doHousekeeping(meanwhile);
            } catch (final PeregrineException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return work;
    }

    /** Forces what is due in every partition, as housekeeping does; keeps nothing back if one fails. */
    synchronized void doForces() {
        RuntimeException failure = null;
        for (int i = 0; !closed && i < count; i++) {
            try {
                partitions.get(i).doForces();
            } catch (final PeregrineException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** One step for each partition, not while the stream is opened anew; nothing else waits for it. */
    int doMaintenance() {
        if (!maintaining.tryLock()) {
            return 0;
        }
        try {
            return maintainPartitions();
        } finally {
            maintaining.unlock();
        }
    }

    private int maintainPartitions() {
        int work = 0;
        RuntimeException failure = null;
        for (final PartitionLog partition : partitions) {
            try {
                work += partition.doMaintenance();
            } catch (final PeregrineException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return work;
    }

    /** Whether every partition was ended; see {@link EventBus#end}. */
    public boolean isEnded() {
        return partitions.stream().allMatch(PartitionLog::isEnded);
    }

    /** Deletes what the stream's retention does not keep. */
    synchronized void retain(final RetentionKeeper keeper) {
        if (!closed) {
            keeper.apply(this);
        }
    }

    /**
     * Closes the partitions and takes others in their place.
     *
     * @param prepare runs before; if it throws nothing has changed.
     * @param onLost runs if the partitions cannot be opened again; the stream then stays closed.
     */
    synchronized void reopen(
        final StreamConfig altered, final Runnable prepare, final Supplier<List<PartitionLog>> opener,
        final Runnable onLost) {
        maintaining.lock();
        try {
            reopenPartitions(altered, prepare, opener, onLost);
        } finally {
            maintaining.unlock();
        }
    }

    private void reopenPartitions(
        final StreamConfig altered, final Runnable prepare, final Supplier<List<PartitionLog>> opener,
        final Runnable onLost) {
        prepare.run();
        try {
            close();
            partitions = List.copyOf(opener.get());
        } catch (final RuntimeException e) {
            onLost.run();
            throw e;
        }
        config = altered;
        quotas.limits(altered.limits());
        closed = false;
    }

    /** Changes what needs no other partitions; publishers and readers go on meanwhile. */
    void adjust(final StreamConfig altered, final StorageConfig storage) {
        synchronized (this) {
            config = altered;
            quotas.limits(altered.limits());
        }
        for (final PartitionLog partition : partitions) { // without the lock: housekeeping must not wait for a backup
            partition.skipDamage(altered.damage() == DamagePolicy.SKIP);
            partition.adjust(altered.holeTimeoutMs(), storage);
        }
    }

    synchronized void close() {
        closed = true;
        CloseHelper.closeAll(partitions);
    }
}
