/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.app;

import com.typesafe.config.Config;
import dev.peregrine.topology.Topology;

/** Makes a topology from its block in the config file; named there by class, with a public no-argument constructor. */
public interface TopologyFactory {
    /**
     * Builds the topology. What the block says by {@link TopologySettings} is applied to it afterwards.
     *
     * @param name the key under {@code peregrine.topologies}.
     * @param config that key's block.
     */
    Topology create(String name, Config config);
}
