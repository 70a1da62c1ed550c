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

    /** Makes its topologies, whose jars the loader keeps open. */
    List<Topology> topologies(final TopologyLoader loader) {
        final List<Topology> made = new ArrayList<>();
        if (config.hasPath("peregrine.topologies")) {
            final Config topologies = config.getConfig("peregrine.topologies");
            for (final String name : topologies.root().keySet()) {
                final Config block = topologies.getConfig(ConfigUtil.joinPath(name));
                try (TopologyLoader.Loaded loaded = loader.load(name, block, "peregrine.topologies." + name)) {
                    made.add(loaded.topology());
                    loaded.keep();
                }
            }
        }
        return made;
    }

    /** Makes what a block names by its class. */
    static <T> T create(final Config block, final Class<T> type, final String path, final ClassLoader loader) {
        if (!block.hasPath("class")) {
            throw new ConfigurationException(
                block.root().origin().description() + ": " + path + " needs a key 'class'");
        }
        final String name = block.getString("class");
        try {
            return type.cast(Class.forName(name, true, loader).getConstructor().newInstance());
        } catch (final ReflectiveOperationException | ClassCastException | LinkageError e) {
            throw new ConfigurationException(block.getValue("class").origin().description() + ": " + path + ".class = "
                + name + " cannot be used: it must be on the class path" + (block.hasPath("jar") ? " or in the jar" : "")
                + ", implement " + type.getName()
                + " and have a public constructor without arguments (" + e + ")", e);
        }
    }
}
