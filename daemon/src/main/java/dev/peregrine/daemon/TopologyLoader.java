/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import com.typesafe.config.Config;
import dev.peregrine.app.TopologyFactory;
import dev.peregrine.app.TopologySettings;
import dev.peregrine.core.config.KnownKeys;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.topology.Topology;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.agrona.CloseHelper;

/**
 * Makes topologies of their blocks: of a class on the class path, or of one in a jar, which gets a class loader of its own
 * above the engine's. Safe for many threads.
 */
final class TopologyLoader implements AutoCloseable {
    /** By topology; each is open as long as classes of it may still be loaded. */
    private final Map<String, URLClassLoader> jars = new HashMap<>();

    /** A topology, not yet submitted, and what its jar needs. */
    final class Loaded implements AutoCloseable {
        private final Topology topology;
        private URLClassLoader jar;

        private Loaded(final Topology topology, final URLClassLoader jar) {
            this.topology = topology;
            this.jar = jar;
        }

        Topology topology() {
            return topology;
        }

        /** Called when the topology runs: its jar stays open until another one of that name runs. */
        void keep() {
            synchronized (jars) {
                CloseHelper.close(jar == null ? jars.remove(topology.name()) : jars.put(topology.name(), jar));
                jar = null;
            }
        }

        /** Lets the jar go, unless the topology runs. */
        @Override
        public void close() {
            CloseHelper.close(jar);
        }
    }

    /**
     * Makes a topology, its settings applied.
     *
     * @param path where its block stands, for messages.
     * @throws ConfigurationException if the block says something impossible, or the class cannot be used.
     */
    Loaded load(final String name, final Config block, final String path) {
        final KnownKeys known = new KnownKeys();
        TopologySettings.check(block, path, known);
        known.refuseUnknown();
        final URLClassLoader jar = block.hasPath("jar") ? open(block) : null;
        try {
            final TopologyFactory factory = ConfigFile.create(block, TopologyFactory.class, path,
                jar == null ? getClass().getClassLoader() : jar);
            return new Loaded(TopologySettings.apply(factory.create(name, block), block), jar);
        } catch (final RuntimeException | Error e) {
            CloseHelper.close(jar);
            throw e;
        }
    }

    private URLClassLoader open(final Config block) {
        final Path jar = Path.of(block.getString("jar")).toAbsolutePath();
        if (!Files.isRegularFile(jar) || !Files.isReadable(jar)) {
            throw new ConfigurationException(block.getValue("jar").origin().description() + ": there is no jar " + jar
                + ", or it cannot be read");
        }
        try {
            return new URLClassLoader(jar.getFileName().toString(), new URL[] {jar.toUri().toURL()},
                getClass().getClassLoader());
        } catch (final MalformedURLException e) {
            throw new ConfigurationException("the jar " + jar + " cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        synchronized (jars) {
            for (final URLClassLoader jar : jars.values()) {
                try {
                    jar.close();
                } catch (final IOException e) {
                    throw new StorageException("cannot close " + jar.getName() + ": " + e.getMessage(), e);
                }
            }
            jars.clear();
        }
    }
}
