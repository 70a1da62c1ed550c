/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.peregrine.bench.kv.Items;
import dev.peregrine.bench.kv.KeyValues;

/** Caffeine, bounded by the bytes of keys and values, on the heap. */
final class CaffeineCache implements KeyValues {
    private final Items items;
    private final String[] keys;
    private final Cache<String, byte[]> cache;

    CaffeineCache(final Items items, final long capacityBytes) {
        this.items = items;
        this.keys = items.keyTexts();
        this.cache = Caffeine.newBuilder().maximumWeight(capacityBytes)
            .weigher((String key, byte[] value) -> key.length() + value.length).build();
    }

    @Override
    public Client newClient() {
        return new Client() {
            private final byte[] into = new byte[Items.VALUE_LENGTH];

            @Override
            public boolean get(final int item) {
                final byte[] value = cache.getIfPresent(keys[item]);
                if (value == null) {
                    return false;
                }
                System.arraycopy(value, 0, into, 0, value.length);
                return true;
            }

            @Override
            public void put(final int item) {
                cache.put(keys[item], items.newValue());
            }
        };
    }

    @Override
    public void close() {
        cache.invalidateAll();
    }
}
