/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import dev.peregrine.Peregrine;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.Topology;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A config file that was read: what it names by class. */
public final class ConfigFile {
    private final Config config;

    ConfigFile(final Config config) {
        this.config = config;
    }

    /**
     * Reads a file.
     *
     * @throws ConfigurationException if it is missing, cannot be read, or has no block {@code peregrine}.
     */
    public static ConfigFile read(final Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new ConfigurationException("config file " + file + " does not exist or cannot be read");
        }
        try {
            final Config config = ConfigFactory.parseFile(file.toFile()).resolve();
            if (!config.hasPath("peregrine")) {
                throw new ConfigurationException("config file " + file + " has no block 'peregrine'");
            }
            return new ConfigFile(config);
        } catch (final ConfigException e) {
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    Config config() {
        return config;
    }

    /** How its topologies would be placed; nothing is started. */
    public String plan() {
        try (TopologyLoader loader = new TopologyLoader()) {
            return Peregrine.plan(config, topologies(loader));
        } catch (final ConfigException e) {
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    private List<Topology> topologies(final TopologyLoader loader) {
        final List<Topology> made = new ArrayList<>();
        if (config.hasPath("peregrine.topologies")) {
            final Config topologies = config.getConfig("peregrine.topologies");
            for (final String name : topologies.root().keySet()) {
                final Config block = topologies.getConfig(ConfigUtil.joinPath(name));
                try (TopologyLoader.Loaded loaded = loader.load(name, block, "peregrine.topologies." + name)) {
                    loaded.keep();
                    made.add(loaded.topology());
                }
            }
        }
        return made;
    }
}
