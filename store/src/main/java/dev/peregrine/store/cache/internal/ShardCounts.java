/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

/** What the writers of a shard count, under its lock. */
final class ShardCounts {
    /** Items stored. */
    long puts;
    /** Live items pushed out for want of room. */
    long evictions;
    /** Items whose TTL ran out. */
    long expirations;
    /** Items copied by evictions instead of being pushed out. */
    long copies;
    /** Items held now. */
    long items;
    /** Segments in use; only in sums over shards. */
    long usedSegments;
}
