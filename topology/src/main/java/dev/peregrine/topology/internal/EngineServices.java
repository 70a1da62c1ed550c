/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.store.Cache;
import dev.peregrine.store.EpochTableWriter;
import dev.peregrine.store.Table;

/** What an instance gets from the engine while it opens. */
interface EngineServices {
    /** What the states of the topology take their memory from. */
    MemoryBudget memory();

    EpochTableWriter tableWriter(String table, long topologyId);

    /** A table that exists. */
    Table table(String name);

    Cache cache(String name);

    /** A writer into a stream by the topology's delivery. */
    InstanceStreamOutput streamOutput(String stream, String component, int task);

    /** A writer into the topology's dead-letter stream, which is provisioned if it is not there. */
    InstanceStreamOutput deadLetters(String component, int task);

    /** Clocks and waiting. */
    RuntimeHost host();

    /** Fills a newly declared state with what the last commit holds for it and is routed to the instance. */
    void restore(KeptState state, KeyRouting routing);
}
