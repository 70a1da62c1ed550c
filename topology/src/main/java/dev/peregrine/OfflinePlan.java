/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import com.typesafe.config.Config;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.internal.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** How topologies would be placed if an engine were opened and they were submitted, in this order. */
final class OfflinePlan {
    private final Path dataDirectory;
    private final Set<String> streams;

    OfflinePlan(final Config config) {
        dataDirectory = Path.of(config.getString("peregrine.data-dir"));
        streams = EngineConfig.streams(config).stream().map(StreamConfig::name).collect(Collectors.toSet());
        EngineConfig.topologyCores(config); // refuses what is impossible
    }

    String describe(final Collection<Topology> topologies) {
        final StringBuilder text = new StringBuilder();
        int taken = 0;
        for (final Topology topology : topologies) {
            topology.components().stream().filter(Topology.Component::isSource)
                .forEach(source -> checkStream(topology, source));
            final Plan plan = Plan.of(topology, Runtime.getRuntime().availableProcessors(), taken,
                TopologyLogs.measured(dataDirectory.resolve("topologies"), topology.name()));
            taken += plan.threads();
            text.append(plan.describe());
        }
        return text.toString();
    }

    private void checkStream(final Topology topology, final Topology.Component source) {
        if (!streams.contains(source.stream())
            && !Files.isDirectory(dataDirectory.resolve("streams").resolve(source.stream()))) {
            throw new ConfigurationException("topology " + topology.name() + ": " + source.name() + " reads stream '"
                + source.stream() + "', which is neither configured nor in " + dataDirectory);
        }
    }
}
