/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/**
 * The off-heap cache (Nighthawk): segments, index, eviction and the protocol between lock-free readers and locked
 * writers, which {@link dev.peregrine.store.cache.internal.Shard} describes.
 */
package dev.peregrine.store.cache.internal;
