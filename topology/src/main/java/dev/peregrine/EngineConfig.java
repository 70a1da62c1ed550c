/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.peregrine.app.TopologySettings;
import dev.peregrine.core.config.KnownKeys;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.thread.Cores;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.eventbus.StreamConfigFormat;
import dev.peregrine.log.IdleReaderLimits;
import dev.peregrine.store.CacheConfig;
import dev.peregrine.store.TableConfig;
import dev.peregrine.topology.internal.CorePool;
import dev.peregrine.topology.internal.WatchLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the block {@code peregrine} of a configuration; refuses keys that mean nothing. */
final class EngineConfig {
    private static final String ROOT = "peregrine";
    private static final int MAX_COUNTERS = 1 << 20;
    private static final Set<String> KEYS =
        Set.of("data-dir", "mirror-dir", "counters", "cores", "idle-readers", "watchdog", "streams", "tables", "caches",
            "topologies", "feeds", "listeners");
    private static final Map<String, Set<String>> ENTRY_KEYS = Map.of(
        "streams", StreamConfigFormat.KEYS,
        "tables", Set.of("entries-hint"),
        "caches", Set.of("size"),
        "feeds", Set.of("class", "settings"));
    /** Blocks that hold settings themselves instead of named entries. */
    private static final Map<String, Set<String>> BLOCK_KEYS = Map.of(
        "listeners", Set.of("http", "resp"),
        "idle-readers", Set.of("warn-after", "error-after"),
        "watchdog", Set.of("hung-after", "back-pressure-share"),
        "cores", Set.of("topologies", "housekeeping"));

    private EngineConfig() {
    }

    /** Where streams with two copies have the second; null if it is not set. */
    static Path mirrorOfStreams(final Config config) {
        final String directory = config.getString("peregrine.mirror-dir");
        return directory.isEmpty() ? null : Path.of(directory).resolve("streams");
    }

    static Config complete(final Config user) {
        if (user.hasPath(ROOT)) {
            check(user.getConfig(ROOT));
        }
        return user.withFallback(ConfigFactory.parseResources(EngineConfig.class.getClassLoader(), "reference.conf"))
            .resolve();
    }

    private static void check(final Config engine) {
        final KnownKeys known = new KnownKeys();
        for (final Map.Entry<String, ConfigValue> entry : engine.root().entrySet()) {
            known.check(entry.getKey(), entry.getValue(), KEYS, ROOT);
            final Set<String> keys = ENTRY_KEYS.get(entry.getKey());
            if ("topologies".equals(entry.getKey())) {
                final Config named = engine.getConfig(entry.getKey());
                named.root().keySet().forEach(name -> TopologySettings.check(
                    named.getConfig(quote(name)), ROOT + ".topologies." + name, known));
            } else if (keys != null) {
                final Config named = engine.getConfig(entry.getKey());
                for (final String name : named.root().keySet()) {
                    known.check(named.getConfig(quote(name)).root(), keys, ROOT + "." + entry.getKey() + "." + name);
                }
            } else if (BLOCK_KEYS.containsKey(entry.getKey())) {
                known.check(engine.getConfig(entry.getKey()).root(), BLOCK_KEYS.get(entry.getKey()),
                    ROOT + "." + entry.getKey());
            }
        }
        known.refuseUnknown();
    }

    private static String quote(final String key) {
        return com.typesafe.config.ConfigUtil.joinPath(key);
    }

    static List<StreamConfig> streams(final Config config) {
        final List<StreamConfig> streams = new ArrayList<>();
        forEachEntry(config, "streams",
            (name, entry) -> streams.add(besideItsFile(StreamConfigFormat.read(name, entry), entry)));
        return streams;
    }

    /** A schema file is looked for in the directory of the file that names it. */
    private static StreamConfig besideItsFile(final StreamConfig stream, final Config entry) {
        final String file = entry.hasPath("schema") ? entry.getValue("schema").origin().filename() : null;
        return file == null || stream.schema().isEmpty() ? stream
            : stream.withSchema(Path.of(file).toAbsolutePath().resolveSibling(stream.schema()).normalize().toString());
    }

    static List<TableConfig> tables(final Config config) {
        final List<TableConfig> tables = new ArrayList<>();
        forEachEntry(config, "tables", (name, entry) -> tables.add(entry.hasPath("entries-hint")
            ? new TableConfig(name, entry.getLong("entries-hint")) : TableConfig.of(name)));
        return tables;
    }

    static List<CacheConfig> caches(final Config config) {
        final List<CacheConfig> caches = new ArrayList<>();
        forEachEntry(config, "caches", (name, entry) -> caches.add(new CacheConfig(name, entry.getBytes("size"))));
        return caches;
    }

    /** The cores for topology threads: "auto", "none", or a list. */
    static CorePool topologyCores(final Config config) {
        final String path = ROOT + ".cores.topologies";
        final int[] allowed = Cores.allowed();
        if (config.getValue(path).valueType() == ConfigValueType.LIST) {
            final int[] cores = config.getIntList(path).stream().mapToInt(Integer::intValue).toArray();
            for (final int core : cores) {
                checkCore(core, allowed, config.getValue(path));
            }
            return CorePool.of(cores);
        }
        switch (config.getString(path)) {
            case "auto":
                return CorePool.leavingTheFirst(allowed);
            case "none":
                return CorePool.none();
            default:
                throw new ConfigurationException(config.getValue(path).origin().description()
                    + ": cores.topologies is '" + config.getString(path)
                    + "'; it can be \"auto\", \"none\" or a list of cores like [3, 2]");
        }
    }

    /** The core for housekeeping, or {@link Cores#ANY}. */
    static int housekeepingCore(final Config config) {
        final String path = ROOT + ".cores.housekeeping";
        if ("none".equals(config.getString(path))) {
            return Cores.ANY;
        }
        final int core = config.getInt(path);
        checkCore(core, Cores.allowed(), config.getValue(path));
        return core;
    }

    /** How many counters the counters file has room for. */
    static int counters(final Config config) {
        final String path = ROOT + ".counters";
        final int counters = config.getInt(path);
        if (counters < 1 || counters > MAX_COUNTERS) {
            throw new ConfigurationException(config.getValue(path).origin().description() + ": counters is " + counters
                + "; it can be 1 to " + MAX_COUNTERS);
        }
        return counters;
    }

    /** When housekeeping speaks up about readers that cannot get records that are there. */
    static IdleReaderLimits idleReaders(final Config config) {
        final Config block = config.getConfig(ROOT + ".idle-readers");
        try {
            return new IdleReaderLimits(
                block.getDuration("warn-after").toNanos(), block.getDuration("error-after").toNanos());
        } catch (final ConfigException e) {
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    /** When those who watch topologies speak up. */
    static WatchLimits watchLimits(final Config config) {
        final Config block = config.getConfig(ROOT + ".watchdog");
        try {
            final double share = block.getDouble("back-pressure-share");
            if (share <= 0 || share > 1) {
                throw new ConfigurationException(block.getValue("back-pressure-share").origin().description()
                    + ": back-pressure-share is " + share + "; it must be over 0 and at most 1");
            }
            return new WatchLimits(block.getDuration("hung-after").toNanos(), share);
        } catch (final ConfigException e) {
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    private static void checkCore(final int core, final int[] allowed, final ConfigValue value) {
        if (Arrays.stream(allowed).noneMatch(number -> number == core)) {
            throw new ConfigurationException(value.origin().description() + ": core " + core
                + " is not one that this process may use, which are " + Arrays.toString(allowed));
        }
    }

    private static void forEachEntry(
        final Config config, final String block, final java.util.function.BiConsumer<String, Config> action) {
        final Config named = config.getConfig(ROOT + "." + block);
        for (final String name : named.root().keySet()) {
            try {
                action.accept(name, named.getConfig(quote(name)));
            } catch (final ConfigException e) {
                throw new ConfigurationException(e.getMessage(), e);
            }
        }
    }
}
