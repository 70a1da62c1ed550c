/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.eventbus.StreamConfigFormat;
import dev.peregrine.log.Durability;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * The settings of a stream as options; what is not given stays as it is. Values are those of the configuration file, and
 * what reads that reads them.
 */
final class StreamSettings {
    @Option(names = "--partitions", paramLabel = "N", description = "Number of partitions (default: 1).")
    private Integer partitions;

    @Option(names = "--segment-length", paramLabel = "SIZE", converter = Size.class,
        description = "Bytes per segment, a power of two, e.g. 64MiB (default).")
    private Long segmentLength;

    @Option(names = "--durability", paramLabel = "os|interval|sync", converter = DurabilityName.class,
        description = "When a record is safe (default: os).")
    private Durability durability;

    @Option(names = "--force-interval", paramLabel = "MS",
        description = "Period of the force under 'interval' (default: 5).")
    private Long forceIntervalMs;

    @Option(names = "--retention", paramLabel = "AGE", description = "Keep records so long, e.g. 7d; 0s is for ever.")
    private String retention;

    @Option(names = "--retention-bytes", paramLabel = "SIZE", description = "Keep so many bytes; 0 is all.")
    private String retentionBytes;

    @Option(names = "--keep-unread", arity = "1", paramLabel = "BOOL",
        description = "Keep what a subscription has to read.")
    private Boolean keepUnread;

    @Option(names = "--limit", paramLabel = "KEY=N",
        description = "A rate per second, e.g. client.hard-records=1000, or stream.soft-bytes=1MiB; may be repeated.")
    private final Map<String, String> limits = new LinkedHashMap<>();

    @Option(names = "--on-exceed", paramLabel = "HOW",
        description = "Over a hard limit: refuse, block or count.")
    private String onExceed;

    @Option(names = "--schema", paramLabel = "FILE",
        description = "SBE schema in XML for its records; '' is none.")
    private String schema;

    @Option(names = "--dead-letter", paramLabel = "STREAM", description = "Where rejected records go.")
    private String deadLetter;

    @Option(names = "--attempts", paramLabel = "N", description = "How often a record is handed over before that.")
    private Integer attempts;

    @Option(names = "--compression", paramLabel = "HOW",
        description = "Of sealed segments: none, zstd or zstd:LEVEL.")
    private String compression;

    @Option(names = "--compaction", arity = "1", paramLabel = "BOOL", description = "Keep only the latest of each key.")
    private Boolean compaction;

    @Option(names = "--copies", paramLabel = "1|2", description = "2: a second copy in the mirror directory.")
    private Integer copies;

    @Option(names = "--damage", paramLabel = "stop|skip", description = "What readers do at a damaged frame.")
    private String damage;

    @Option(names = "--hole-timeout", paramLabel = "TIME",
        description = "How long a dead publisher's claim is waited for.")
    private String holeTimeout;

    /** The stream with what was given. */
    StreamConfig over(final StreamConfig before) {
        final Map<String, Object> given = new LinkedHashMap<>();
        put(given, "partitions", partitions);
        put(given, "segment-length", segmentLength);
        put(given, "retention.age", retention);
        put(given, "retention.bytes", retentionBytes);
        put(given, "retention.keep-unread", keepUnread);
        limits.forEach((key, rate) -> given.put("limits." + key, rate));
        put(given, "limits.on-exceed", onExceed);
        put(given, "schema",
            schema == null || schema.isEmpty() ? schema : Path.of(schema).toAbsolutePath().toString());
        put(given, "dead-letter.stream", deadLetter);
        put(given, "dead-letter.attempts", attempts);
        put(given, "compression", compression);
        put(given, "compaction.enabled", compaction);
        put(given, "copies", copies);
        put(given, "damage", damage);
        put(given, "hole-timeout", holeTimeout);
        final StreamConfig after = StreamConfigFormat.change(before, parse(given));
        return after.withDurability(durability == null ? after.durability() : durability,
            forceIntervalMs == null ? after.forceIntervalMs() : forceIntervalMs);
    }

    private static Config parse(final Map<String, Object> given) {
        Config config = ConfigFactory.empty();
        for (final Map.Entry<String, Object> each : given.entrySet()) {
            try {
                config = config.withValue(each.getKey(), ConfigValueFactory.fromAnyRef(each.getValue(), "options"));
            } catch (final ConfigException e) {
                throw new ConfigurationException(
                    "'" + each.getKey() + "' is no setting: " + e.getMessage(), e);
            }
        }
        return config;
    }

    private static void put(final Map<String, Object> settings, final String key, final Object value) {
        if (value != null) {
            settings.put(key, value);
        }
    }

    /** Sizes as the config file has them: 64M, 64MiB, 65536. */
    static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(final String text) {
            try {
                return (long) Math.toIntExact(ConfigFactory.empty()
                    .withValue("size", ConfigValueFactory.fromAnyRef(text)).getBytes("size"));
            } catch (final ConfigException | ArithmeticException e) {
                throw new TypeConversionException("'" + text + "' is no size up to 1 GiB; write 64MiB or 67108864");
            }
        }
    }

    /** Durabilities as the config file has them. */
    static final class DurabilityName implements ITypeConverter<Durability> {
        @Override
        public Durability convert(final String text) {
            try {
                return Durability.valueOf(text.toUpperCase(Locale.ROOT));
            } catch (final IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "' is no durability; there are os, interval and sync");
            }
        }
    }
}
