/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.store.Cache;
import dev.peregrine.store.CacheConfig;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** What eviction keeps, against a plain LRU that may hold as many items, on one seeded trace. */
class CacheHitRateTest {
    private static final int KEYS = 120_000;
    private static final int REQUESTS = 600_000;
    private static final int SCAN_EVERY = 100_000;
    private static final int SCAN_LENGTH = 15_000;
    private static final int VALUE_LENGTH = 56;
    private static final double SKEW = 0.9;
    private static final long SEED = 42;

    /** Keys of a Zipf distribution, interrupted by scans of keys that are asked for once. */
    private static long[] trace() {
        final double[] cumulative = new double[KEYS];
        double sum = 0;
        for (int i = 0; i < KEYS; i++) {
            sum += 1 / Math.pow(i + 1, SKEW);
            cumulative[i] = sum;
        }
        final Random random = new Random(SEED);
        final long[] trace = new long[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            if (i % SCAN_EVERY < SCAN_LENGTH && i >= SCAN_EVERY) {
                trace[i] = KEYS + (long) i;
            } else {
                final int found = Arrays.binarySearch(cumulative, random.nextDouble() * sum);
                trace[i] = found < 0 ? -found - 1 : found;
            }
        }
        return trace;
    }

    private static int hitsOfLru(final long[] trace, final int capacity) {
        final Map<Long, Boolean> lru = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(final Map.Entry<Long, Boolean> eldest) {
                return size() > capacity;
            }
        };
        int hits = 0;
        for (final long key : trace) {
            if (lru.get(key) == null) {
                lru.put(key, Boolean.TRUE);
            } else {
                hits++;
            }
        }
        return hits;
    }

    @Test
    void shouldHitAtLeastAsOftenAsAnLru() {
        final long[] trace = trace();
        try (Cache cache = new OffHeapCache(
            "c", CacheLayout.of(new CacheConfig("c", 1 << 20, 64), 2), () -> 0, SEED)) {
            final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
            final UnsafeBuffer value = new UnsafeBuffer(new byte[VALUE_LENGTH]);
            int hits = 0;
            for (final long number : trace) {
                key.putLong(0, number);
                if (cache.get(key, 0, 8, value, 0, VALUE_LENGTH) == Cache.MISSING) {
                    value.putLong(0, number);
                    cache.put(key, 0, 8, value, 0, VALUE_LENGTH, Cache.NO_TTL);
                } else {
                    assertThat(value.getLong(0)).isEqualTo(number);
                    hits++;
                }
            }
            // as many as would fit in the same bytes with no more than the 16 that an item may cost here
            final int items = (1 << 20) / (8 + VALUE_LENGTH + 16);
            assertThat(hits).isGreaterThanOrEqualTo(hitsOfLru(trace, items));
        }
    }
}
