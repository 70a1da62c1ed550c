/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.log.Durability;
import dev.peregrine.log.PartitionConfig;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * What a stream is provisioned with. {@link StreamConfigFormat} reads and writes it.
 *
 * @param name letters, digits, dot, dash and underscore.
 * @param partitions number of partitions, 1 to 1024; fixed when the stream is created.
 * @param segmentLength bytes of data per segment, a power of two; fixed when the stream is created.
 * @param durability when a record is safe.
 * @param forceIntervalMs period of the background force under {@link Durability#INTERVAL}, milliseconds.
 * @param retention what is kept.
 * @param limits how fast it may be published to.
 * @param schema file of the SBE schema that its records must have, or name of the version that a stream has made of one;
 *     empty is none.
 * @param deadLetter where rejected records go.
 * @param compressionLevel zstd level of sealed segments, 1 to 19; 0 leaves them as they are.
 * @param compaction whether only the latest record of each key is kept.
 * @param copies 1, or 2 for a second copy of every durable byte in the engine's mirror directory.
 * @param damage what readers do at a damaged frame.
 * @param holeTimeoutMs how long readers wait at a claim whose owner is gone before it becomes padding, milliseconds up to
 *     a day; a backup and the end of a stream wait twice as long for one whose owner lives.
 */
public record StreamConfig(
    String name, int partitions, int segmentLength, Durability durability, long forceIntervalMs,
    Retention retention, Limits limits, String schema, DeadLetter deadLetter, int compressionLevel,
    Compaction compaction, int copies, DamagePolicy damage, long holeTimeoutMs) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final int MAX_PARTITIONS = 1024;
    private static final int MAX_COMPRESSION_LEVEL = 19;
    private static final int MAX_COPIES = 2;
    private static final long MAX_HOLE_TIMEOUT_MS = 86_400_000;

    /** Checks name and numbers. */
    public StreamConfig {
        if (!NAME.matcher(name).matches()) {
            throw new ConfigurationException("stream name '" + name
                + "' must start with a letter or digit and hold only letters, digits, '.', '-' and '_'");
        }
        if (partitions < 1 || partitions > MAX_PARTITIONS) {
            throw new ConfigurationException(
                "stream " + name + " must have 1 to " + MAX_PARTITIONS + " partitions, not " + partitions);
        }
        if (forceIntervalMs < 1) {
            throw new ConfigurationException(
                "the interval at which stream " + name + " is forced must be at least 1 ms, not " + forceIntervalMs);
        }
        if (compressionLevel < 0 || compressionLevel > MAX_COMPRESSION_LEVEL) {
            throw new ConfigurationException("the zstd level of stream " + name + " must be 1 to "
                + MAX_COMPRESSION_LEVEL + ", not " + compressionLevel);
        }
        if (copies < 1 || copies > MAX_COPIES) {
            throw new ConfigurationException("stream " + name + " can have 1 or 2 copies, not " + copies);
        }
        if (holeTimeoutMs < 1 || holeTimeoutMs > MAX_HOLE_TIMEOUT_MS) {
            throw new ConfigurationException(
                "the hole-timeout of stream " + name + " must be 1 ms to a day, not " + holeTimeoutMs + " ms");
        }
        if (deadLetter.stream().equals(name)) {
            throw new ConfigurationException("stream " + name + " cannot be its own dead-letter stream");
        }
        if (!deadLetter.stream().isEmpty() && !NAME.matcher(deadLetter.stream()).matches()) {
            throw new ConfigurationException("the dead-letter stream of " + name + " cannot have the name '"
                + deadLetter.stream() + "'");
        }
        PartitionConfig.checkSegmentLength("stream " + name, segmentLength);
    }

    /** One partition, default segments, safe from the death of the process, kept for ever. */
    public static StreamConfig of(final String name) {
        return new StreamConfig(name, 1, PartitionConfig.DEFAULT_SEGMENT_LENGTH, Durability.OS, 5, Retention.FOREVER,
            Limits.NONE, "", DeadLetter.NONE, 0, Compaction.OFF, 1, DamagePolicy.STOP,
            PartitionConfig.DEFAULT_HOLE_TIMEOUT_MS);
    }

    /** The same with another number of partitions. */
    public StreamConfig withPartitions(final int value) {
        return with(copy -> copy.partitions = value);
    }

    /** The same with another segment length, bytes. */
    public StreamConfig withSegmentLength(final int value) {
        return with(copy -> copy.segmentLength = value);
    }

    /** The same with another durability. */
    public StreamConfig withDurability(final Durability value, final long intervalMs) {
        return with(copy -> {
            copy.durability = value;
            copy.forceIntervalMs = intervalMs;
        });
    }

    /** The same with another retention. */
    public StreamConfig withRetention(final Retention value) {
        return with(copy -> copy.retention = value);
    }

    /** The same with other limits. */
    public StreamConfig withLimits(final Limits value) {
        return with(copy -> copy.limits = value);
    }

    /** The same with another schema file; empty is none. */
    public StreamConfig withSchema(final String value) {
        return with(copy -> copy.schema = value);
    }

    /** The same with another dead-letter stream. */
    public StreamConfig withDeadLetter(final DeadLetter value) {
        return with(copy -> copy.deadLetter = value);
    }

    /** The same with another zstd level of sealed segments; 0 is no compression. */
    public StreamConfig withCompressionLevel(final int value) {
        return with(copy -> copy.compressionLevel = value);
    }

    /** The same with another compaction. */
    public StreamConfig withCompaction(final Compaction value) {
        return with(copy -> copy.compaction = value);
    }

    /** The same with another number of copies. */
    public StreamConfig withCopies(final int value) {
        return with(copy -> copy.copies = value);
    }

    /** The same with another way to deal with damage. */
    public StreamConfig withDamage(final DamagePolicy value) {
        return with(copy -> copy.damage = value);
    }

    /** The same with another time until the claims of the dead become padding, milliseconds. */
    public StreamConfig withHoleTimeout(final long value) {
        return with(copy -> copy.holeTimeoutMs = value);
    }

    private StreamConfig with(final Consumer<Copy> change) {
        final Copy copy = new Copy(this);
        change.accept(copy);
        return copy.checked();
    }

    /** The settings while one of them is changed. */
    private static final class Copy {
        private final String name;
        private int partitions;
        private int segmentLength;
        private Durability durability;
        private long forceIntervalMs;
        private Retention retention;
        private Limits limits;
        private String schema;
        private DeadLetter deadLetter;
        private int compressionLevel;
        private Compaction compaction;
        private int copies;
        private DamagePolicy damage;
        private long holeTimeoutMs;

        Copy(final StreamConfig of) {
            name = of.name;
            partitions = of.partitions;
            segmentLength = of.segmentLength;
            durability = of.durability;
            forceIntervalMs = of.forceIntervalMs;
            retention = of.retention;
            limits = of.limits;
            schema = of.schema;
            deadLetter = of.deadLetter;
            compressionLevel = of.compressionLevel;
            compaction = of.compaction;
            copies = of.copies;
            damage = of.damage;
            holeTimeoutMs = of.holeTimeoutMs;
        }

        StreamConfig checked() {
            return new StreamConfig(name, partitions, segmentLength, durability, forceIntervalMs, retention, limits, schema,
                deadLetter, compressionLevel, compaction, copies, damage, holeTimeoutMs);
        }
    }
}
