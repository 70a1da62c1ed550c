/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;

/** Instances for tests of what is around them. */
final class Instances {
    private Instances() {
    }

    static StageInstance of(final StageSupplier supplier) {
        return of(MemoryBudget.UNLIMITED, supplier);
    }

    /** An instance of a topology with a budget, and without an engine. */
    static StageInstance of(final MemoryBudget memory, final StageSupplier supplier) {
        final Topology topology = TopologyBuilder.named("test").source("in", "in")
            .stage("receiver", supplier).input("in", "", Grouping.SHUFFLE).build();
        return new StageInstance(topology, topology.component("receiver"), 0, null, 0, null, memory);
    }
}
