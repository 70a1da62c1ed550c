/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.ConfigurationException;

/**
 * What a partition does with its sealed segments, in the background.
 *
 * @param compressionLevel level of zstd, 1 to 19; 0 leaves them as they are.
 * @param compacting whether of each key only the latest record is kept.
 * @param minLagNs segments with a record younger than this are not compacted, nanoseconds.
 * @param tombstonesNs how long after its time a record with an empty payload, which deletes its key, can still be read.
 * @param unpacked where readers have compressed segments; shared by many partitions.
 */
public record StorageConfig(
    int compressionLevel, boolean compacting, long minLagNs, long tombstonesNs, UnpackedSegments unpacked) {
    private static final int MAX_COMPRESSION_LEVEL = 19;
    private static final UnpackedSegments SHARED = new UnpackedSegments(UnpackedSegments.DEFAULT_BYTES);

    /** Checks the numbers. */
    public StorageConfig {
        if (compressionLevel < 0 || compressionLevel > MAX_COMPRESSION_LEVEL) {
            throw new ConfigurationException(
                "the level of zstd must be 1 to " + MAX_COMPRESSION_LEVEL + ", not " + compressionLevel);
        }
    }

    /** Leaves them as they are; unpacks those that are compressed into memory that the process shares. */
    public static StorageConfig plain() {
        return new StorageConfig(0, false, 0, 0, SHARED);
    }

    /** The same with another level of zstd. */
    public StorageConfig withCompressionLevel(final int value) {
        return new StorageConfig(value, compacting, minLagNs, tombstonesNs, unpacked);
    }

    /** The same, keeping only the latest record of each key. */
    public StorageConfig withCompaction(final long lagNs, final long tombstoneRetentionNs) {
        return new StorageConfig(compressionLevel, true, lagNs, tombstoneRetentionNs, unpacked);
    }

    /** The same with another place for unpacked segments. */
    public StorageConfig withUnpacked(final UnpackedSegments value) {
        return new StorageConfig(compressionLevel, compacting, minLagNs, tombstonesNs, value);
    }
}
