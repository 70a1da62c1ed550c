/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

/**
 * Counts since the cache was opened.
 *
 * @param hits reads that found a live item.
 * @param misses reads that did not.
 * @param puts items stored.
 * @param evictions live items pushed out for want of room.
 * @param expirations items whose TTL ran out.
 * @param items items held now, expired ones that were not yet swept included.
 * @param usedBytes bytes of segments in use now.
 * @param capacityBytes bytes the cache may use in all, index included.
 */
public record CacheStats(
    long hits, long misses, long puts, long evictions, long expirations, long items, long usedBytes,
    long capacityBytes) {
}
