/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cache;

import dev.peregrine.bench.kv.Items;
import dev.peregrine.bench.kv.KeyValues;
import dev.peregrine.bench.rig.Payload;
import dev.peregrine.store.Cache;
import dev.peregrine.store.CacheConfig;
import dev.peregrine.store.Caches;
import org.agrona.concurrent.UnsafeBuffer;

/** Our cache. */
final class OwnCache implements KeyValues {
    private final Items items;
    private final Cache cache;

    OwnCache(final Items items, final long capacityBytes) {
        this.items = items;
        cache = Caches.open(new CacheConfig("bench", capacityBytes, Items.KEY_LENGTH + Items.VALUE_LENGTH));
    }

    @Override
    public Client newClient() {
        final UnsafeBuffer into = Payload.of(Items.VALUE_LENGTH);
        return new Client() {
            @Override
            public boolean get(final int item) {
                return cache.get(items.keys(), item * Items.KEY_LENGTH, Items.KEY_LENGTH, into, 0,
                    Items.VALUE_LENGTH) != Cache.MISSING;
            }

            @Override
            public void put(final int item) {
                cache.put(items.keys(), item * Items.KEY_LENGTH, Items.KEY_LENGTH, items.value(), 0,
                    Items.VALUE_LENGTH, Cache.NO_TTL);
            }
        };
    }

    @Override
    public void close() {
        cache.close();
    }
}
