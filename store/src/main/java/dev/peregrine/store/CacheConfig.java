/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

import dev.peregrine.core.error.ConfigurationException;

/**
 * What a cache is to be.
 *
 * @param name the cache's name, not blank.
 * @param capacityBytes all the memory the cache may use, index and bookkeeping included; at least
 *     {@link #MIN_CAPACITY_BYTES}.
 * @param itemBytesHint the expected mean length of key and value together, in bytes. It sizes the index: with much
 *     smaller items the index fills before the segments do and items are evicted early, with much larger ones
 *     a part of the index lies idle. Nothing breaks either way.
 */
public record CacheConfig(String name, long capacityBytes, int itemBytesHint) {
    /** The smallest cache: below it a handful of segments would be all there is. */
    public static final long MIN_CAPACITY_BYTES = 1024 * 1024;

    /** Hint for a cache of which nothing is known: small items, so that the index is not what limits it. */
    public static final int DEFAULT_ITEM_BYTES = 64;

    /**
     * Checks the values.
     *
     * @throws ConfigurationException naming the cache, if one of them is impossible.
     */
    public CacheConfig {
        if (name == null || name.isBlank()) {
            throw new ConfigurationException("a cache needs a name that is not blank");
        }
        if (capacityBytes < MIN_CAPACITY_BYTES) {
            throw new ConfigurationException("cache " + name + ": a size of " + capacityBytes
                + " bytes is too small; give it at least " + MIN_CAPACITY_BYTES);
        }
        if (itemBytesHint < 1) {
            throw new ConfigurationException("cache " + name + ": an item hint of " + itemBytesHint
                + " bytes is impossible; give the mean length of key and value");
        }
    }

    /** A cache of items of unknown length. */
    public CacheConfig(final String name, final long capacityBytes) {
        this(name, capacityBytes, DEFAULT_ITEM_BYTES);
    }

    /** This, with another expected mean length of key and value together. */
    public CacheConfig withItemBytesHint(final int bytes) {
        return new CacheConfig(name, capacityBytes, bytes);
    }
}
