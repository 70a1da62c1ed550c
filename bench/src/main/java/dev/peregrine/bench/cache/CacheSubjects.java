/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cache;

import dev.peregrine.bench.kv.ChronicleMapValues;
import dev.peregrine.bench.kv.Items;
import dev.peregrine.bench.kv.KeyValues;

/** The caches that are measured, by the name that stands in parameter {@code subject}; all of them hold every item. */
final class CacheSubjects {
    private static final long MIN_BYTES = 4L << 20;
    private static final long BYTES_PER_ITEM = 256;

    private CacheSubjects() {
    }

    static KeyValues open(final String subject, final Items items) {
        final long capacity = Math.max(MIN_BYTES, items.count() * BYTES_PER_ITEM);
        return switch (subject) {
            case "peregrine" -> new OwnCache(items, capacity);
            case "caffeine" -> new CaffeineCache(items, capacity);
            case "ohc" -> new OhcCache(items, capacity);
            case "chronicle-map" -> new ChronicleMapValues(items, null);
            default -> throw new IllegalArgumentException("no such cache: " + subject);
        };
    }
}
