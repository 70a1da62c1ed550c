/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.store.Cache;
import dev.peregrine.store.CacheConfig;
import dev.peregrine.store.Caches;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Readers beside writers, eviction and expiry in a cache so small that its segments are recycled all the time. Every
 * value is a function of its key and a number in it: a torn or foreign one gives itself away.
 */
class CacheStressTest {
    private static final int KEYS = 6_000;
    private static final int WRITES = 600_000;
    private static final int LONGEST = 1_200;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Cache cache = Caches.open(new CacheConfig("c", 1 << 20, 200));

    @AfterEach
    void stop() {
        threads.shutdownNow();
        cache.close();
    }

    private static long word(final long key, final long number, final int index) {
        return (key * 0x9E37_79B9_7F4A_7C15L ^ number) * 0xC4CE_B9FE_1A85_EC53L + index;
    }

    /** The number in front, then words that follow from key, number and place; the length follows too. */
    private static int fill(final UnsafeBuffer value, final long key, final long number) {
        final int words = 1 + Math.floorMod(word(key, number, -1), LONGEST / 8);
        value.putLong(0, number);
        for (int i = 1; i < words; i++) {
            value.putLong(i * 8, word(key, number, i));
        }
        return words * 8;
    }

    private static void verify(final UnsafeBuffer value, final int length, final long key) {
        final long number = value.getLong(0);
        final int words = 1 + Math.floorMod(word(key, number, -1), LONGEST / 8);
        if (length != words * 8) {
            throw new AssertionError("key " + key + ": value " + number + " of length " + length);
        }
        for (int i = 1; i < words; i++) {
            if (value.getLong(i * 8) != word(key, number, i)) {
                throw new AssertionError("key " + key + ": value " + number + " is torn at word " + i);
            }
        }
    }

    @Test
    void shouldNeverShowATornOrForeignValue() throws Exception {
        final AtomicBoolean done = new AtomicBoolean();
        final List<Future<?>> writers = new ArrayList<>();
        for (int writer = 0; writer < 2; writer++) {
            final long seed = writer;
            writers.add(threads.submit(() -> write(new SplittableRandom(seed))));
        }
        final AtomicLong hits = new AtomicLong();
        final List<Future<?>> readers = new ArrayList<>();
        for (int reader = 0; reader < 2; reader++) {
            final long seed = 100L + reader;
            readers.add(threads.submit(() -> read(new SplittableRandom(seed), done, hits)));
        }
        for (final Future<?> writer : writers) {
            writer.get();
        }
        done.set(true);
        for (final Future<?> reader : readers) {
            reader.get();
        }
        assertThat(hits.get()).isGreaterThan(10_000);
        assertThat(cache.stats().evictions()).isGreaterThan(10_000);
    }

    private void write(final SplittableRandom random) {
        final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[LONGEST + 8]);
        for (long number = 0; number < WRITES / 2; number++) {
            final long k = Math.min(random.nextInt(KEYS), random.nextInt(KEYS));
            key.putLong(0, k);
            final int what = random.nextInt(20);
            if (what == 0) {
                cache.remove(key, 0, 8);
            } else {
                cache.put(key, 0, 8, value, 0, fill(value, k, number), what < 5 ? 1 + what : Cache.NO_TTL);
            }
        }
    }

    private void read(final SplittableRandom random, final AtomicBoolean done, final AtomicLong hits) {
        final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[LONGEST + 8]);
        while (!done.get()) {
            final long k = Math.min(random.nextInt(KEYS), random.nextInt(KEYS));
            key.putLong(0, k);
            final int length = cache.get(key, 0, 8, value, 0, LONGEST + 8);
            if (length != Cache.MISSING) {
                verify(value, length, k);
                hits.incrementAndGet();
            }
        }
    }

    @Test
    void shouldTurnEverybodyAwayWhenItIsClosedUnderThem() throws Exception {
        for (int round = 0; round < 30; round++) {
            final Cache closing = Caches.open(new CacheConfig("closing", 1 << 20));
            final AtomicLong operations = new AtomicLong();
            final List<Future<Boolean>> users = new ArrayList<>();
            for (int user = 0; user < 3; user++) {
                final boolean writes = user == 0;
                users.add(threads.submit(() -> useUntilClosed(closing, writes, operations)));
            }
            while (operations.get() < 2_000) {
                Thread.onSpinWait();
            }
            closing.close();
            for (final Future<Boolean> user : users) {
                assertThat(user.get()).isTrue();
            }
        }
    }

    private static boolean useUntilClosed(final Cache closing, final boolean writes, final AtomicLong operations) {
        final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[LONGEST + 8]);
        try {
            for (long k = 0;; k = (k + 1) % 100) {
                key.putLong(0, k);
                if (writes) {
                    closing.put(key, 0, 8, value, 0, fill(value, k, k), Cache.NO_TTL);
                } else {
                    final int length = closing.get(key, 0, 8, value, 0, LONGEST + 8);
                    if (length != Cache.MISSING) {
                        verify(value, length, k);
                    }
                }
                operations.incrementAndGet();
            }
        } catch (final ClosedException e) {
            return true;
        }
    }
}
