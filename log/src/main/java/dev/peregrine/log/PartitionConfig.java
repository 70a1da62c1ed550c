/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.files.FilesFacade;
import java.nio.file.Path;
import org.agrona.BitUtil;

/**
 * How one partition is kept.
 *
 * @param directory where its segments lie; nothing else may lie there.
 * @param name what errors call it, e.g. {@code impressions/0}.
 * @param segmentLength bytes of data per segment, a power of two from 64 KiB to 1 GiB.
 * @param durability when a record is safe.
 * @param forceIntervalMs period of the background force under {@link Durability#INTERVAL}.
 * @param holeTimeoutMs how long readers wait at a claim whose owner is gone, milliseconds.
 * @param storage what is done with its sealed segments.
 * @param files the door to the file system.
 * @param mirror directory on another disk that gets a second copy of all that is committed, before it counts as durable;
 *     under {@link Durability#OS} in the background, with every duty cycle. Null: one copy.
 */
public record PartitionConfig(
    Path directory, String name, int segmentLength, Durability durability, long forceIntervalMs,
    long holeTimeoutMs, StorageConfig storage, FilesFacade files, Path mirror) {

    /** Default bytes of data per segment. */
    public static final int DEFAULT_SEGMENT_LENGTH = 64 << 20;
    /** Default of {@link #holeTimeoutMs}. */
    public static final long DEFAULT_HOLE_TIMEOUT_MS = 1_000;
    static final int MIN_SEGMENT_LENGTH = 64 << 10;
    static final int MAX_SEGMENT_LENGTH = 1 << 30;

    /** With the default time until the claims of the dead become padding. */
    public PartitionConfig(
        final Path directory, final String name, final int segmentLength, final Durability durability,
        final long forceIntervalMs, final StorageConfig storage, final FilesFacade files) {
        this(directory, name, segmentLength, durability, forceIntervalMs, DEFAULT_HOLE_TIMEOUT_MS, storage, files, null);
    }

    /** Checks the numbers. */
    public PartitionConfig {
        checkSegmentLength(name, segmentLength);
    }

    /**
     * Refuses a segment length that no log can have.
     *
     * @throws ConfigurationException saying which are possible.
     */
    public static void checkSegmentLength(final String name, final int segmentLength) {
        if (!isSegmentLength(segmentLength)) {
            throw new ConfigurationException("segment length of " + name + " must be a power of two from "
                + MIN_SEGMENT_LENGTH + " to " + MAX_SEGMENT_LENGTH + " bytes, but is " + segmentLength);
        }
    }

    static boolean isSegmentLength(final int length) {
        return length >= MIN_SEGMENT_LENGTH && length <= MAX_SEGMENT_LENGTH && BitUtil.isPowerOfTwo(length);
    }

    /** A partition on the real file system with default lengths that survives the death of the process. */
    public static PartitionConfig of(final Path directory, final String name) {
        return new PartitionConfig(directory, name, DEFAULT_SEGMENT_LENGTH, Durability.OS, 5,
            DEFAULT_HOLE_TIMEOUT_MS, StorageConfig.plain(), FilesFacade.SYSTEM, null);
    }

    /** The same with another segment length. */
    public PartitionConfig withSegmentLength(final int length) {
        return new PartitionConfig(
            directory, name, length, durability, forceIntervalMs, holeTimeoutMs, storage, files, mirror);
    }

    /** The same with another durability. */
    public PartitionConfig withDurability(final Durability value, final long intervalMs) {
        return new PartitionConfig(
            directory, name, segmentLength, value, intervalMs, holeTimeoutMs, storage, files, mirror);
    }

    /** The same with another time until the claims of the dead become padding. */
    public PartitionConfig withHoleTimeout(final long timeoutMs) {
        return new PartitionConfig(
            directory, name, segmentLength, durability, forceIntervalMs, timeoutMs, storage, files, mirror);
    }

    /** The same with other settings for sealed segments. */
    public PartitionConfig withStorage(final StorageConfig value) {
        return new PartitionConfig(
            directory, name, segmentLength, durability, forceIntervalMs, holeTimeoutMs, value, files, mirror);
    }

    /** The same through another door to the file system. */
    public PartitionConfig withFiles(final FilesFacade value) {
        return new PartitionConfig(
            directory, name, segmentLength, durability, forceIntervalMs, holeTimeoutMs, storage, value, mirror);
    }

    /** The same with a second copy in a directory on another disk; null for none. */
    public PartitionConfig withMirror(final Path value) {
        return new PartitionConfig(
            directory, name, segmentLength, durability, forceIntervalMs, holeTimeoutMs, storage, files, value);
    }

    /** Largest payload of one frame: an eighth of a segment, so that padding never wastes more. */
    public int maxPayloadLength() {
        return (segmentLength >> 3) - FrameDescriptor.HEADER_LENGTH;
    }
}
