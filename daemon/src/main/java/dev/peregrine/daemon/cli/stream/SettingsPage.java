/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.eventbus.StreamConfigFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The settings of a stream in lines of text, under the keys of the configuration file. */
final class SettingsPage {
    private static final List<String> FIRST = List.of("partitions", "segment-length", "durability");

    private SettingsPage() {
    }

    private static Map<String, String> flat(final StreamConfig stream) {
        final Map<String, String> flat = new TreeMap<>();
        final Config settings = StreamConfigFormat.write(stream);
        for (final Map.Entry<String, ConfigValue> each : settings.entrySet()) {
            flat.put(String.join(".", ConfigUtil.splitPath(each.getKey())), each.getValue().unwrapped().toString());
        }
        return flat;
    }

    /** The settings that every stream has and those that were set, a line each. */
    static List<String> lines(final StreamConfig stream) {
        final Map<String, String> all = flat(stream);
        final Map<String, String> defaults = flat(StreamConfig.of(stream.name()));
        final List<String> lines = new ArrayList<>();
        FIRST.forEach(key -> lines.add(line(key, all.remove(key))));
        all.forEach((key, value) -> {
            if (!value.equals(defaults.get(key)) && !isNoLimit(key, value)) {
                lines.add(line(key, value));
            }
        });
        return lines;
    }

    private static boolean isNoLimit(final String key, final String value) {
        return key.startsWith("limits.clients.") && "0".equals(value);
    }

    private static String line(final String key, final String value) {
        return key.length() < 15 ? String.format("%-15s %s", key, value) : key + " " + value;
    }

    /** What has changed, in one line; empty if nothing has. */
    static String changes(final StreamConfig before, final StreamConfig after) {
        final Map<String, String> from = flat(before);
        final List<String> changes = new ArrayList<>();
        flat(after).forEach((key, value) -> {
            if (!value.equals(from.get(key))) {
                changes.add(key + " " + (value.isEmpty() ? "none" : value));
            }
        });
        return String.join(", ", changes);
    }
}
