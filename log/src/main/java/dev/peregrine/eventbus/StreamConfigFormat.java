/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueType;
import dev.peregrine.core.config.KnownKeys;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.log.Durability;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The settings of a stream in HOCON: in the engine's configuration, in {@code stream.conf}, and behind the options of the
 * command line. Every key may be absent.
 *
 * <pre>
 *  partitions = 1, segment-length = 64MiB, durability = "os" | "interval 5ms" | "sync"
 *  retention = "7d"  or  retention { age = 7d, bytes = 10GiB, keep-unread = false }
 *  limits { on-exceed = refuse | block | count
 *           stream     { soft-records = 0, soft-bytes = 0, hard-records = 0, hard-bytes = 0 }     per second
 *           client     { ... each publisher name }
 *           clients.X  { ... the publisher X } }
 *  schema = "ads.xml", dead-letter { stream = "", attempts = 3 }
 *  compression = "none" | "zstd" | "zstd:3", compaction { enabled = false, min-lag = 0s, tombstones = 1d }
 *  copies = 1, damage = stop | skip, hole-timeout = 1s
 * </pre>
 */
public final class StreamConfigFormat {
    /** The keys of one stream. */
    public static final Set<String> KEYS = Set.of("partitions", "segment-length", "durability", "retention", "limits",
        "schema", "dead-letter", "compression", "compaction", "copies", "damage", "hole-timeout");
    private static final Set<String> RETENTION_KEYS = Set.of("age", "bytes", "keep-unread");
    private static final Set<String> LIMITS_KEYS = Set.of("on-exceed", "stream", "client", "clients");
    private static final Set<String> RATE_KEYS = Set.of("soft-records", "soft-bytes", "hard-records", "hard-bytes");
    private static final Set<String> DEAD_LETTER_KEYS = Set.of("stream", "attempts");
    private static final Set<String> COMPACTION_KEYS = Set.of("enabled", "min-lag", "tombstones");
    private static final int DEFAULT_LEVEL = 3;
    private static final String ZSTD = "zstd";
    private static final String NONE = "none";

    private StreamConfigFormat() {
    }

    /**
     * Reads the settings of a stream; what is absent has its default.
     *
     * @throws ConfigurationException naming the setting that is unknown or impossible.
     */
    public static StreamConfig read(final String name, final Config settings) {
        return change(StreamConfig.of(name), settings);
    }

    /** As {@link #read}, but what is absent stays as it is. */
    public static StreamConfig change(final StreamConfig before, final Config settings) {
        final Config changes = spelledOut(settings);
        checkKeys(before.name(), changes);
        try {
            final Config all = changes.withFallback(write(before));
            final Config retention = all.getConfig("retention");
            final Config deadLetter = all.getConfig("dead-letter");
            final Config compaction = all.getConfig("compaction");
            return durability(before, all.getString("durability"))
                .withPartitions(all.getInt("partitions"))
                .withSegmentLength(segmentLength(before.name(), all.getBytes("segment-length")))
                .withRetention(new Retention(
                    millis(retention, "age"), retention.getBytes("bytes"), retention.getBoolean("keep-unread")))
                .withLimits(limits(all.getConfig("limits")))
                .withSchema(all.getString("schema"))
                .withDeadLetter(new DeadLetter(deadLetter.getString("stream"), deadLetter.getInt("attempts")))
                .withCompressionLevel(compressionLevel(before.name(), all.getString("compression")))
                .withCompaction(new Compaction(compaction.getBoolean("enabled"), millis(compaction, "min-lag"),
                    millis(compaction, "tombstones")))
                .withCopies(all.getInt("copies"))
                .withDamage(one(DamagePolicy.class, all.getString("damage"), "damage"))
                .withHoleTimeout(millis(all, "hole-timeout"));
        } catch (final ConfigException e) {
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    /** All settings of a stream but its name. */
    public static Config write(final StreamConfig stream) {
        final Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("partitions", stream.partitions());
        settings.put("segment-length", stream.segmentLength());
        settings.put("durability", durabilityText(stream));
        settings.put("retention", Map.of("age", duration(stream.retention().ageMs()),
            "bytes", stream.retention().bytes(), "keep-unread", stream.retention().keepUnread()));
        settings.put("limits", limits(stream.limits()));
        settings.put("schema", stream.schema());
        settings.put("dead-letter",
            Map.of("stream", stream.deadLetter().stream(), "attempts", stream.deadLetter().attempts()));
        settings.put("compression", stream.compressionLevel() == 0 ? NONE : ZSTD + ":" + stream.compressionLevel());
        settings.put("compaction", Map.of("enabled", stream.compaction().enabled(),
            "min-lag", duration(stream.compaction().minLagMs()),
            "tombstones", duration(stream.compaction().tombstonesMs())));
        settings.put("copies", stream.copies());
        settings.put("damage", name(stream.damage()));
        settings.put("hole-timeout", duration(stream.holeTimeoutMs()));
        return ConfigFactory.parseMap(settings);
    }

    /** In the longest unit that says it exactly. */
    private static String duration(final long ms) {
        for (final ChronoUnit unit : List.of(ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES, ChronoUnit.SECONDS)) {
            final long length = unit.getDuration().toMillis();
            if (ms >= length && ms % length == 0) {
                return ms / length + unit.name().substring(0, 1).toLowerCase(Locale.ROOT);
            }
        }
        return ms == 0 ? "0s" : ms + "ms";
    }

    /** The durability of a stream as the configuration has it, e.g. {@code interval 5ms}. */
    public static String durabilityText(final StreamConfig stream) {
        return stream.durability() == Durability.INTERVAL
            ? "interval " + duration(stream.forceIntervalMs()) : name(stream.durability());
    }

    /** Retention as one text is the age. */
    private static Config spelledOut(final Config settings) {
        return settings.hasPath("retention") && settings.getValue("retention").valueType() == ConfigValueType.STRING
            ? settings.withoutPath("retention").withValue("retention.age", settings.getValue("retention")) : settings;
    }

    private static void checkKeys(final String name, final Config settings) {
        final String under = "streams." + name;
        final KnownKeys keys = new KnownKeys().check(settings.root(), KEYS, under);
        checkBlock(keys, settings, "retention", RETENTION_KEYS, under);
        checkBlock(keys, settings, "dead-letter", DEAD_LETTER_KEYS, under);
        checkBlock(keys, settings, "compaction", COMPACTION_KEYS, under);
        checkBlock(keys, settings, "limits", LIMITS_KEYS, under);
        checkBlock(keys, settings, "limits.stream", RATE_KEYS, under);
        checkBlock(keys, settings, "limits.client", RATE_KEYS, under);
        if (isBlock(settings, "limits.clients")) {
            for (final String client : settings.getConfig("limits.clients").root().keySet()) {
                checkBlock(keys, settings, ConfigUtil.joinPath("limits", "clients", client), RATE_KEYS, under);
            }
        }
        keys.refuseUnknown();
    }

    private static void checkBlock(
        final KnownKeys keys, final Config settings, final String path, final Set<String> known, final String under) {
        if (isBlock(settings, path)) {
            keys.check(settings.getConfig(path).root(), known, under + "." + path);
        }
    }

    private static boolean isBlock(final Config settings, final String path) {
        try {
            return settings.hasPath(path) && settings.getValue(path).valueType() == ConfigValueType.OBJECT;
        } catch (final ConfigException.WrongType e) {
            return false; // reading it says so
        }
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
                    : millis(ConfigFactory.parseString("interval=" + words[1]), "interval");
                return stream.withDurability(Durability.INTERVAL, ms);
            default:
                throw new ConfigurationException("durability of stream " + stream.name() + " is '" + text
                    + "'; it can be \"os\", \"interval 5ms\" or \"sync\"");
        }
    }

    private static int segmentLength(final String name, final long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new ConfigurationException(
                "segment-length of stream " + name + " is " + bytes + " bytes; the longest is 1 GiB");
        }
        return (int) bytes;
    }

    private static int compressionLevel(final String name, final String text) {
        if (NONE.equals(text)) {
            return 0;
        }
        if (ZSTD.equals(text)) {
            return DEFAULT_LEVEL;
        }
        try {
            if (text.startsWith(ZSTD + ":")) {
                final int level = Integer.parseInt(text.substring(ZSTD.length() + 1));
                if (level > 0) {
                    return level;
                }
            }
        } catch (final NumberFormatException e) {
            // said below
        }
        throw new ConfigurationException("compression of stream " + name + " is '" + text
            + "'; it can be \"none\", \"zstd\" or \"zstd:LEVEL\"");
    }

    private static Limits limits(final Config settings) {
        final Map<String, RateLimit> clients = new LinkedHashMap<>();
        final Config named = settings.getConfig("clients");
        for (final String client : named.root().keySet()) {
            clients.put(client, rate(named, ConfigUtil.joinPath(client)));
        }
        return new Limits(rate(settings, "stream"), rate(settings, "client"), clients,
            one(Limits.OnExceed.class, settings.getString("on-exceed"), "limits.on-exceed"));
    }

    private static RateLimit rate(final Config settings, final String path) {
        final Config rate = settings.getConfig(path).withFallback(ConfigFactory.parseMap(rate(RateLimit.NONE)));
        return new RateLimit(rate.getLong("soft-records"), rate.getBytes("soft-bytes"), rate.getLong("hard-records"),
            rate.getBytes("hard-bytes"));
    }

    private static Map<String, Object> limits(final Limits limits) {
        final Map<String, Object> clients = new LinkedHashMap<>();
        // a map's key is one key here, with any dots it has
        limits.clients().forEach((name, rate) -> clients.put(ConfigUtil.joinPath(name), rate(rate)));
        return Map.of("on-exceed", name(limits.onExceed()), "stream", rate(limits.stream()),
            "client", rate(limits.client()), "clients", clients);
    }

    private static Map<String, Object> rate(final RateLimit limit) {
        return Map.of("soft-records", limit.softRecords(), "soft-bytes", limit.softBytes(),
            "hard-records", limit.hardRecords(), "hard-bytes", limit.hardBytes());
    }

    private static long millis(final Config settings, final String path) {
        return settings.getDuration(path, TimeUnit.MILLISECONDS);
    }

    private static <E extends Enum<E>> E one(final Class<E> type, final String text, final String key) {
        for (final E value : type.getEnumConstants()) {
            if (name(value).equals(text.toLowerCase(Locale.ROOT))) {
                return value;
            }
        }
        throw new ConfigurationException(key + " is '" + text + "'; it can be one of "
            + java.util.Arrays.stream(type.getEnumConstants()).map(StreamConfigFormat::name).toList());
    }

    private static String name(final Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
