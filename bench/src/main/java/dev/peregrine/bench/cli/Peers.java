/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Versions of the peers, read from the names of their jars on the class path. */
final class Peers {
    private static final Map<String, String> ARTIFACTS = Map.ofEntries(
        Map.entry("hazelcast-jet", "hazelcast"),
        Map.entry("flink", "flink-runtime"),
        Map.entry("flink-rocksdb", "flink-statebackend-rocksdb"),
        Map.entry("kafka-streams", "kafka-streams"),
        Map.entry("storm", "storm-client"),
        Map.entry("chronicle-queue", "chronicle-queue"),
        Map.entry("chronicle-map", "chronicle-map"),
        Map.entry("aeron-ipc", "aeron-client"),
        Map.entry("aeron-archive", "aeron-archive"),
        Map.entry("aeron-archive-crc", "aeron-archive"),
        Map.entry("kafka", "kafka-clients"),
        Map.entry("kafka-at-once", "kafka-clients"),
        Map.entry("distributedlog", "distributedlog-core"),
        Map.entry("disruptor", "disruptor"),
        Map.entry("agrona-ring-buffer", "agrona"),
        Map.entry("rocksdb", "rocksdbjni"),
        Map.entry("caffeine", "caffeine"),
        Map.entry("ohc", "ohc-core"));

    private Peers() {
    }

    /** A peer with its version; with the JVM's for what the JDK brings; the machine's limits have none. */
    static String nameAndVersion(final String peer) {
        if (peer.startsWith(BenchRow.LIMIT)) {
            return peer;
        }
        final String artifact = ARTIFACTS.get(peer);
        return peer + " " + (artifact == null
            ? "JDK " + Runtime.version().feature() : version(artifact).orElse("of unknown version"));
    }

    private static Optional<String> version(final String artifact) {
        final Pattern name = Pattern.compile(Pattern.quote(artifact) + "-(\\d.*)\\.jar");
        return Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
            .map(entry -> name.matcher(Path.of(entry).getFileName().toString()))
            .filter(Matcher::matches)
            .map(matcher -> matcher.group(1))
            .findFirst();
    }
}
