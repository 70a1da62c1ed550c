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
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.thread.Cores;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.Durability;
import dev.peregrine.store.CacheConfig;
import dev.peregrine.store.TableConfig;
import dev.peregrine.topology.internal.CorePool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Reads the block {@code peregrine} of a configuration; refuses keys that mean nothing. */
final class EngineConfig {
    private static final String ROOT = "peregrine";
    private static final Set<String> KEYS =
        Set.of("data-dir", "cores", "streams", "tables", "caches", "topologies", "feeds", "listeners");
    private static final Map<String, Set<String>> ENTRY_KEYS = Map.of(
        "streams", Set.of("partitions", "segment-length", "durability"),
        "tables", Set.of("entries-hint"),
        "caches", Set.of("size"),
        "topologies", Set.of("class", "threads", "epoch-interval", "settings"),
        "feeds", Set.of("class", "settings"));
    /** Blocks that hold settings themselves instead of named entries. */
    private static final Map<String, Set<String>> BLOCK_KEYS = Map.of(
        "listeners", Set.of("http", "resp"),
        "cores", Set.of("topologies", "housekeeping"));

    private EngineConfig() {
    }

    static Config complete(final Config user) {
        if (user.hasPath(ROOT)) {
            check(user.getConfig(ROOT));
        }
        return user.withFallback(ConfigFactory.parseResources(EngineConfig.class.getClassLoader(), "reference.conf"))
            .resolve();
    }

    private static void check(final Config engine) {
        final List<String> problems = new ArrayList<>();
        for (final Map.Entry<String, ConfigValue> entry : engine.root().entrySet()) {
            checkKey(entry.getKey(), KEYS, ROOT, entry.getValue(), problems);
            final Set<String> keys = ENTRY_KEYS.get(entry.getKey());
            if (keys != null) {
                final Config named = engine.getConfig(entry.getKey());
                for (final Map.Entry<String, ConfigValue> item : named.root().entrySet()) {
                    final String path = ROOT + "." + entry.getKey() + "." + item.getKey();
                    named.getConfig(quote(item.getKey())).root().forEach(
                        (key, value) -> checkKey(key, keys, path, value, problems));
                }
            } else if (BLOCK_KEYS.containsKey(entry.getKey())) {
                engine.getConfig(entry.getKey()).root().forEach((key, value) ->
                    checkKey(key, BLOCK_KEYS.get(entry.getKey()), ROOT + "." + entry.getKey(), value, problems));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(String.join(System.lineSeparator(), problems));
        }
    }

    private static String quote(final String key) {
        return com.typesafe.config.ConfigUtil.joinPath(key);
    }

    private static void checkKey(
        final String key, final Set<String> known, final String under, final ConfigValue value,
        final List<String> problems) {
        if (!known.contains(key)) {
            final String nearest = known.stream().min(Comparator.comparingInt(k -> distance(k, key))).orElse("");
            problems.add(value.origin().description() + ": unknown key '" + key + "' under " + under
                + "; did you mean '" + nearest + "'?");
        }
    }

    /** Levenshtein's edit distance. */
    private static int distance(final String a, final String b) {
        int[] previous = new int[b.length() + 1];
        Arrays.setAll(previous, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            final int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                final int substitute = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substitute, 1 + Math.min(row[j - 1], previous[j]));
            }
            previous = row;
        }
        return previous[b.length()];
    }

    static List<StreamConfig> streams(final Config config) {
        final List<StreamConfig> streams = new ArrayList<>();
        forEachEntry(config, "streams", (name, entry) -> {
            StreamConfig stream = StreamConfig.of(name);
            if (entry.hasPath("partitions")) {
                stream = stream.withPartitions(entry.getInt("partitions"));
            }
            if (entry.hasPath("segment-length")) {
                final long bytes = entry.getBytes("segment-length");
                if (bytes > Integer.MAX_VALUE) {
                    throw new ConfigurationException(
                        "segment-length of stream " + name + " is " + bytes + " bytes; the longest is 1 GiB");
                }
                stream = stream.withSegmentLength((int) bytes);
            }
            if (entry.hasPath("durability")) {
                stream = durability(stream, entry.getString("durability"));
            }
            streams.add(stream);
        });
        return streams;
    }

    private static StreamConfig durability(final StreamConfig stream, final String text) {
        final String[] words = text.trim().toLowerCase(Locale.ROOT).split("\\s+", 2);
        switch (words[0]) {
            case "os":
                return stream.withDurability(Durability.OS, stream.forceIntervalMs());
            case "sync":
                return stream.withDurability(Durability.SYNC, stream.forceIntervalMs());
            case "interval":
                final long ms = words.length < 2 ? stream.forceIntervalMs()
                    : ConfigFactory.parseString("d=" + words[1]).getDuration("d", TimeUnit.MILLISECONDS);
                return stream.withDurability(Durability.INTERVAL, ms);
            default:
                throw new ConfigurationException("durability of stream " + stream.name() + " is '" + text
                    + "'; it can be \"os\", \"interval 5ms\" or \"sync\"");
        }
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
