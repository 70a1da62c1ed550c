/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import dev.peregrine.core.counters.CountersFile;
import dev.peregrine.topology.internal.TopologyRuntime;
import org.agrona.concurrent.Agent;

/**
 * Watches the topologies and tells other processes about them, on a thread of its own, so that neither a stage that hangs
 * nor a slow disk keeps it from that.
 */
final class WatchAgent implements Agent {
    private final Topologies topologies;
    private final CountersFile counters;

    WatchAgent(final Topologies topologies, final CountersFile counters) {
        this.topologies = topologies;
        this.counters = counters;
    }

    @Override
    public int doWork() {
        for (final TopologyRuntime topology : topologies.all()) {
            topology.watch();
        }
        counters.heartbeat(System.currentTimeMillis());
        return 0; // to sleep until the next time
    }

    @Override
    public String roleName() {
        return "peregrine-watch";
    }
}
