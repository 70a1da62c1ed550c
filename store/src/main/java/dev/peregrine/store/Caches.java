/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

import dev.peregrine.store.cache.internal.CacheLayout;
import dev.peregrine.store.cache.internal.OffHeapCache;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.SystemEpochClock;

/** Opens caches. The methods may be called from any thread. */
public final class Caches {
    private Caches() {
    }

    /**
     * Opens an empty cache, all of its memory allocated and touched. The caller owns it and closes it.
     *
     * @throws dev.peregrine.core.error.ConfigurationException naming the cache, if the JVM may not use that much direct
     *     memory.
     */
    public static Cache open(final CacheConfig config) {
        return open(config, SystemEpochClock.INSTANCE);
    }

    /** As {@link #open(CacheConfig)}, with the clock (epoch milliseconds) by which items expire. */
    public static Cache open(final CacheConfig config, final EpochClock clock) {
        final CacheLayout layout = CacheLayout.of(config, Runtime.getRuntime().availableProcessors());
        // A seed of its own per cache, so that nobody can prepare keys that all fall into one bucket.
        return new OffHeapCache(config.name(), layout, clock, ThreadLocalRandom.current().nextLong());
    }
}
