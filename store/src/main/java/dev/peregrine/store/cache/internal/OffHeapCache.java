/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.store.Cache;
import dev.peregrine.store.CacheStats;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The cache: shards chosen by the key's hash, and the gate that keeps their memory alive while somebody reads. See
 * {@link Shard} for how readers and writers get along.
 *
 * <p>Keys are up to {@value ItemDescriptor#MAX_KEY_LENGTH} bytes long, values up to 1 MiB; key, value and six bytes must
 * fit into a segment, which is a little more than 1 MiB in caches of 64 MiB and more, and a sixty-fourth of the
 * capacity, rounded down to a power of two, in smaller ones. Longer items are not stored; one that was there before under
 * the same key is removed then, because a cache must not return what its user has replaced.
 */
public final class OffHeapCache implements Cache {
    /** Hash bits 52 to 63 choose the shard; the others tag and buckets. */
    private static final int SHARD_SHIFT = 52;
    private static final int FIRST_GUESS = 256;

    private final String name;
    private final CacheLayout layout;
    private final EpochClock clock;
    private final long seed;
    private final Shard[] shards;
    private final int shardMask;
    private final ReaderGate gate;

    /** Opens a cache of this layout; the clock counts epoch milliseconds, the seed scatters the keys. */
    public OffHeapCache(final String name, final CacheLayout layout, final EpochClock clock, final long seed) {
        this.name = name;
        this.layout = layout;
        this.clock = clock;
        this.seed = seed;
        gate = new ReaderGate(name, Runtime.getRuntime().availableProcessors());
        shardMask = layout.shards() - 1;
        shards = openShards(name, layout, seed);
    }

    private static Shard[] openShards(final String name, final CacheLayout layout, final long seed) {
        final Shard[] opened = new Shard[layout.shards()];
        try {
            for (int i = 0; i < opened.length; i++) {
                opened[i] = new Shard(layout, seed);
            }
            return opened;
        } catch (final OutOfMemoryError e) {
            for (final Shard shard : opened) {
                if (shard != null) {
                    shard.free();
                }
            }
            throw new ConfigurationException("cache " + name + ": the JVM may not use " + layout.totalBytes()
                + " bytes of direct memory; raise -XX:MaxDirectMemorySize or make the cache smaller", e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    private Shard shardOf(final long hash) {
        return shards[(int) (hash >>> SHARD_SHIFT) & shardMask];
    }

    /**
     * {@inheritDoc}
     *
     * <p>Takes no lock and allocates nothing. The room in the buffer may have been written to even if nothing was found.
     *
     * @throws ClosedException if the cache was closed.
     */
    @Override
    public int get(
        final DirectBuffer key, final int offset, final int length, final MutableDirectBuffer into,
        final int intoOffset, final int room) {
        final long hash = KeyHash.of(key, offset, length, seed);
        final int stripe = gate.enter();
        boolean hit = false;
        try {
            final int result = shardOf(hash).get(hash, key, offset, length, into, intoOffset, room, clock);
            hit = result != MISSING;
            return result;
        } finally {
            gate.leave(stripe, hit);
        }
    }

    @Override
    public byte[] get(final String key) {
        final UnsafeBuffer keyBuffer = new UnsafeBuffer(key.getBytes(StandardCharsets.UTF_8));
        final long hash = KeyHash.of(keyBuffer, 0, keyBuffer.capacity(), seed);
        final int stripe = gate.enter();
        boolean hit = false;
        try {
            final UnsafeBuffer into = new UnsafeBuffer(new byte[FIRST_GUESS]);
            while (true) {
                final int length = shardOf(hash).get(
                    hash, keyBuffer, 0, keyBuffer.capacity(), into, 0, into.capacity(), clock);
                if (length == MISSING) {
                    return null;
                }
                if (length <= into.capacity()) {
                    hit = true;
                    return Arrays.copyOf(into.byteArray(), length);
                }
                into.wrap(new byte[length]);
            }
        } finally {
            gate.leave(stripe, hit);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>The bytes are copied before it returns. Allocates nothing; takes the lock of one shard.
     *
     * @throws ClosedException if the cache was closed.
     * @throws ConfigurationException if the TTL is negative.
     */
    @Override
    public boolean put(
        final DirectBuffer key, final int keyOffset, final int keyLength, final DirectBuffer value,
        final int valueOffset, final int valueLength, final long ttlMs) {
        if (ttlMs < 0) {
            throw new ConfigurationException(
                "cache " + name + ": a TTL of " + ttlMs + " ms is impossible; 0 means that the item does not expire");
        }
        key.boundsCheck(keyOffset, keyLength);
        value.boundsCheck(valueOffset, valueLength);
        if (!fits(keyLength, valueLength)) {
            if (keyLength <= ItemDescriptor.MAX_KEY_LENGTH) {
                remove(key, keyOffset, keyLength);
            } else {
                checkOpen();
            }
            return false;
        }
        final long hash = KeyHash.of(key, keyOffset, keyLength, seed);
        final boolean stored = shardOf(hash).put(
            hash, key, keyOffset, keyLength, value, valueOffset, valueLength, ttlMs, clock.time());
        if (!stored) {
            throw closed();
        }
        return true;
    }

    private boolean fits(final int keyLength, final int valueLength) {
        return keyLength <= ItemDescriptor.MAX_KEY_LENGTH && valueLength <= ItemDescriptor.MAX_VALUE_LENGTH
            && ItemDescriptor.HEADER_LENGTH + keyLength + valueLength <= layout.segmentLength();
    }

    @Override
    public boolean put(final String key, final byte[] value, final long ttlMs) {
        final UnsafeBuffer keyBuffer = new UnsafeBuffer(key.getBytes(StandardCharsets.UTF_8));
        return put(keyBuffer, 0, keyBuffer.capacity(), new UnsafeBuffer(value), 0, value.length, ttlMs);
    }

    @Override
    public boolean remove(final DirectBuffer key, final int offset, final int length) {
        final long hash = KeyHash.of(key, offset, length, seed);
        final boolean removed = shardOf(hash).remove(hash, key, offset, length, clock.time());
        if (!removed) {
            checkOpen();
        }
        return removed;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Also frees the segments whose items have all expired. Takes the lock of each shard in turn, so the figures of
     * different shards are from slightly different moments.
     */
    @Override
    public CacheStats stats() {
        final ShardCounts sums = counts();
        return new CacheStats(
            gate.hits(), gate.misses(), sums.puts, sums.evictions, sums.expirations, sums.items,
            sums.usedSegments * layout.segmentLength(), layout.totalBytes());
    }

    /** Sums over all shards; frees what has expired. */
    ShardCounts counts() {
        final ShardCounts sums = new ShardCounts();
        final long now = clock.time();
        for (final Shard shard : shards) {
            if (!shard.addTo(sums, now)) {
                throw closed();
            }
        }
        return sums;
    }

    private void checkOpen() {
        if (gate.isClosed()) {
            throw closed();
        }
    }

    private ClosedException closed() {
        return new ClosedException("cache " + name + " is closed; open it again to use it");
    }

    /**
     * Turns away everybody, waits for the readers inside to leave and gives the memory back. Closing again does nothing.
     */
    @Override
    public synchronized void close() {
        if (gate.isClosed()) {
            return;
        }
        gate.close();
        for (final Shard shard : shards) {
            shard.close();
        }
        gate.awaitEmpty();
        for (final Shard shard : shards) {
            shard.free();
        }
    }
}
