/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import dev.peregrine.store.Cache;
import java.util.HashMap;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Lincheck: put, get and remove of a few keys are linearizable. A segment holds one item here, so
 * that each put recycles one while others read; there are enough of them that nothing is evicted.
 */
@Param(name = "key", gen = IntGen.class, conf = "1:2")
@Param(name = "value", gen = IntGen.class, conf = "1:9")
public class CacheLincheckTest {
    private static final CacheLayout LAYOUT = new CacheLayout(1, 24, 64, 4);
    private static final int VALUE_LENGTH = 40;

    private final Cache cache = new OffHeapCache("c", LAYOUT, () -> 0, 1);

    private static UnsafeBuffer keyOf(final int key) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[8]);
        buffer.putLong(0, key);
        return buffer;
    }

    /** Stores a value, every word of which is the same. */
    @Operation
    public void put(@Param(name = "key") final int key, @Param(name = "value") final int value) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[VALUE_LENGTH]);
        for (int i = 0; i < VALUE_LENGTH; i += 8) {
            bytes.putLong(i, value);
        }
        cache.put(keyOf(key), 0, 8, bytes, 0, VALUE_LENGTH, Cache.NO_TTL);
    }

    /** The value's word, or null; a torn value is an exception, which no sequential run has. */
    @Operation
    public Integer get(@Param(name = "key") final int key) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[VALUE_LENGTH]);
        if (cache.get(keyOf(key), 0, 8, bytes, 0, VALUE_LENGTH) == Cache.MISSING) {
            return null;
        }
        for (int i = 8; i < VALUE_LENGTH; i += 8) {
            if (bytes.getLong(i) != bytes.getLong(0)) {
                throw new IllegalStateException("torn");
            }
        }
        return (int) bytes.getLong(0);
    }

    /** Whether the key was there. */
    @Operation
    public boolean remove(@Param(name = "key") final int key) {
        return cache.remove(keyOf(key), 0, 8);
    }

    /** What a cache is, for one thread. */
    public static final class Sequential {
        private final Map<Integer, Integer> items = new HashMap<>();

        /** See the cache. */
        public void put(final int key, final int value) {
            items.put(key, value);
        }

        /** See the cache. */
        public Integer get(final int key) {
            return items.get(key);
        }

        /** See the cache. */
        public boolean remove(final int key) {
            return items.remove(key) != null;
        }
    }

    @Test
    void shouldBeLinearizable() {
        new StressOptions()
            .iterations(6)
            .invocationsPerIteration(150)
            .threads(2)
            .actorsPerThread(4)
            .actorsBefore(3)
            .actorsAfter(2)
            .sequentialSpecification(Sequential.class)
            .minimizeFailedScenario(false)
            .check(CacheLincheckTest.class);
    }
}
