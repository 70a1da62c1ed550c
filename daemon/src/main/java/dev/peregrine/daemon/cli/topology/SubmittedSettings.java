/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.topology;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import dev.peregrine.core.error.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The settings of a topology that is submitted: those of a file, and above them those of the command line. */
final class SubmittedSettings {
    @Option(names = "--class", paramLabel = "CLASS", description = "The class that makes it, a TopologyFactory.")
    private String className;

    @Option(names = "--jar", paramLabel = "JAR", description = "The jar with the class, if the daemon does not have it.")
    private Path jar;

    @Option(names = "--config", paramLabel = "FILE",
        description = "A config file with the block peregrine.topologies.NAME.")
    private Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
        description = "A setting, e.g. parallelism.count=2 or settings.stream=lines; as often as needed.")
    private final List<String> settings = new ArrayList<>();

    /** The block as JSON; null where nothing is said, which stands for that of the daemon's own file. */
    String block(final String name) {
        if (className == null && jar == null && file == null && settings.isEmpty()) {
            return null;
        }
        try {
            Config block = file == null ? ConfigFactory.empty() : ofFile(name);
            if (className != null) {
                block = block.withValue("class", ConfigValueFactory.fromAnyRef(className));
            }
            for (final String setting : settings) {
                block = ConfigFactory.parseString(hocon(setting)).withFallback(block);
            }
            if (jar != null) {
                block = block.withValue("jar", ConfigValueFactory.fromAnyRef(jar.toString()));
            }
            if (block.hasPath("jar")) { // the daemon's current directory is another one
                block = block.withValue("jar",
                    ConfigValueFactory.fromAnyRef(Path.of(block.getString("jar")).toAbsolutePath().toString()));
            }
            return block.resolve().root().render(ConfigRenderOptions.concise());
        } catch (final ConfigException e) {
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    private static String hocon(final String setting) {
        final int equals = setting.indexOf('=');
        if (equals < 1) {
            throw new ConfigurationException("--set " + setting + " is no KEY=VALUE");
        }
        return setting.substring(0, equals) + " = " + setting.substring(equals + 1);
    }

    private Config ofFile(final String name) {
        if (!Files.isReadable(file)) {
            throw new ConfigurationException("config file " + file + " does not exist or cannot be read");
        }
        final String path = ConfigUtil.joinPath("peregrine", "topologies", name);
        final Config config = ConfigFactory.parseFile(file.toFile()).resolve();
        if (!config.hasPath(path)) {
            throw new ConfigurationException("config file " + file + " has no block " + path);
        }
        return config.getConfig(path);
    }
}
