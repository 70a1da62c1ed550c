/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.log.Durability;
import dev.peregrine.log.PartitionConfig;
import java.util.regex.Pattern;

/**
 * What a stream is provisioned with.
 *
 * @param name letters, digits, dot, dash and underscore.
 * @param partitions number of partitions, 1 to 1024; fixed when the stream is created.
 * @param segmentLength bytes of data per segment, a power of two; fixed when the stream is created.
 * @param durability when a record is safe.
 * @param forceIntervalMs period of the background force under {@link Durability#INTERVAL}, milliseconds.
 */
public record StreamConfig(
    String name, int partitions, int segmentLength, Durability durability, long forceIntervalMs) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final int MAX_PARTITIONS = 1024;

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
        PartitionConfig.checkSegmentLength("stream " + name, segmentLength);
    }

    /** One partition, default segments, safe from the death of the process. */
    public static StreamConfig of(final String name) {
        return new StreamConfig(name, 1, PartitionConfig.DEFAULT_SEGMENT_LENGTH, Durability.OS, 5);
    }

    /** The same with another number of partitions. */
    public StreamConfig withPartitions(final int value) {
        return new StreamConfig(name, value, segmentLength, durability, forceIntervalMs);
    }

    /** The same with another segment length, bytes. */
    public StreamConfig withSegmentLength(final int value) {
        return new StreamConfig(name, partitions, value, durability, forceIntervalMs);
    }

    /** The same with another durability. */
    public StreamConfig withDurability(final Durability value, final long intervalMs) {
        return new StreamConfig(name, partitions, segmentLength, value, intervalMs);
    }
}
