/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.topology.internal.TopologyRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The directories of savepoints: {@code savepoints/NAME}, each with a log and, written last, a description. */
final class Savepoints {
    private static final String DESCRIPTION = "savepoint.conf";
    private static final String LOG = "log";

    private final FilesFacade files;
    private final Path home;

    Savepoints(final FilesFacade files, final Path home) {
        this.files = files;
        this.home = home;
    }

    /** Copies what the topology has committed by now, while it runs. */
    Savepoint take(final TopologyRuntime topology, final String name) {
        final Path directory = home.resolve(StreamConfig.of(name).name());
        try {
            if (Files.exists(directory.resolve(DESCRIPTION))) {
                throw new ConfigurationException("there is a savepoint " + name
                    + " already: delete it, or use another name");
            }
            files.createDirectories(directory);
            final long epoch = topology.committedEpoch();
            final long bytes = topology.copyLog(directory.resolve(LOG));
            final Savepoint savepoint = new Savepoint(name, topology.name(), Instant.now(), epoch, bytes);
            files.writeAtomically(directory.resolve(DESCRIPTION), describe(savepoint));
            files.forceDirectory(home);
            return savepoint;
        } catch (final IOException e) {
            throw new StorageException("cannot write savepoint " + directory + ": " + e.getMessage(), e);
        }
    }

    private static byte[] describe(final Savepoint savepoint) {
        return ConfigFactory.parseMap(Map.of("topology", savepoint.topology(), "created", savepoint.created().toString(),
            "epoch", savepoint.epoch(), "bytes", savepoint.bytes())).root()
            .render(ConfigRenderOptions.concise().setJson(true).setFormatted(true)).getBytes(StandardCharsets.UTF_8);
    }

    /** All that are complete, by name. */
    List<Savepoint> list() {
        final List<Savepoint> found = new ArrayList<>();
        try {
            for (final Path directory : TopologyLogs.directories(home)) {
                if (Files.exists(directory.resolve(DESCRIPTION))) {
                    found.add(read(directory));
                }
            }
        } catch (final IOException e) {
            throw new StorageException("cannot read " + home + ": " + e.getMessage(), e);
        }
        return found;
    }

    private static Savepoint read(final Path directory) {
        final Path file = directory.resolve(DESCRIPTION);
        try {
            final Config config = ConfigFactory.parseFile(file.toFile());
            return new Savepoint(directory.getFileName().toString(), config.getString("topology"),
                Instant.parse(config.getString("created")), config.getLong("epoch"), config.getLong("bytes"));
        } catch (final ConfigException | java.time.format.DateTimeParseException e) {
            throw new CorruptDataException(file + " is damaged: " + e.getMessage() + "; delete the savepoint");
        }
    }

    Savepoint get(final String name) {
        final List<Savepoint> all = list();
        return all.stream().filter(each -> each.name().equals(name)).findFirst()
            .orElseThrow(() -> new ConfigurationException("there is no savepoint '" + name + "'; there are: "
                + all.stream().map(Savepoint::name).toList()));
    }

    /** Copies a savepoint's log into an empty directory. */
    void copyTo(final Savepoint savepoint, final Path directory) throws IOException {
        for (final Path file : files.list(home.resolve(savepoint.name()).resolve(LOG))) {
            Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    void delete(final String name) {
        final Path directory = home.resolve(get(name).name());
        try {
            files.delete(directory.resolve(DESCRIPTION)); // first: without it there is no savepoint
            for (final Path file : files.list(directory.resolve(LOG))) {
                files.delete(file);
            }
            files.delete(directory.resolve(LOG));
            files.delete(directory);
        } catch (final IOException e) {
            throw new StorageException("cannot delete savepoint " + directory + ": " + e.getMessage(), e);
        }
    }
}
