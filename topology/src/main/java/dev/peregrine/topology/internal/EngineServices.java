/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.store.Cache;
import dev.peregrine.store.EpochTableWriter;

/** What an instance gets from the engine while it opens. */
interface EngineServices {
    EpochTableWriter tableWriter(String table, long topologyId);

    Cache cache(String name);

    /** Fills a newly declared state with what the last commit holds for it. */
    void restore(String fullName, OffHeapValueState state);
}
