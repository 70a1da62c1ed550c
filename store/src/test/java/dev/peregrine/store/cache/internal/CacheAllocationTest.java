/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.peregrine.store.Cache;
import dev.peregrine.store.CacheConfig;
import dev.peregrine.store.Caches;
import dev.peregrine.store.RowMutation;
import java.lang.management.ManagementFactory;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class CacheAllocationTest {
    private static final int KEYS = 5_000;
    private static final int ROUNDS = 40;
    /** For what the JVM itself allocates on a thread, once; a byte per operation would be a hundred times as much. */
    private static final long SLACK_BYTES = 2_048;

    private final Cache cache = Caches.open(new CacheConfig("c", 1 << 20, 64));
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[100]);

    private int readAll() {
        int found = 0;
        for (long i = 0; i < 2 * KEYS; i++) {
            key.putLong(0, i);
            found += cache.get(key, 0, 8, value, 0, 100) == Cache.MISSING ? 0 : 1;
        }
        return found;
    }

    private void putAll() {
        for (long i = 0; i < KEYS; i++) {
            key.putLong(0, i);
            cache.put(key, 0, 8, value, 0, 100, i % 3 == 0 ? 1_000 : Cache.NO_TTL);
        }
    }

    private static long leastAllocatedBy(final Runnable work) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            work.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    @Test
    void shouldAllocateNothingToReadAndToWrite() {
        putAll();
        assertThat(readAll()).isPositive();
        assertThat(leastAllocatedBy(this::readAll)).isLessThan(SLACK_BYTES);
        assertThat(leastAllocatedBy(this::putAll)).isLessThan(SLACK_BYTES);
        cache.close();
    }

    @Test
    void shouldAllocateNothingToFillAMutation() {
        final RowMutation mutation = new RowMutation();
        final byte[] lkey = {'n'};
        assertThat(leastAllocatedBy(() -> {
            for (int i = 0; i < KEYS; i++) {
                mutation.begin(key, 0, 8).putLong(lkey, i);
            }
        })).isLessThan(SLACK_BYTES);
        cache.close();
    }
}
