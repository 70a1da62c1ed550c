/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.IdleReaderLimits;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.StorageConfig;
import dev.peregrine.log.UnpackedSegments;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;

/** Opens the partitions of streams as their settings say. */
final class PartitionOpener {
    private final FilesFacade files;
    private final StreamFiles streamFiles;
    private final StreamMirror mirror;
    private final boolean readOnly;
    private final UnpackedSegments unpacked = new UnpackedSegments(UnpackedSegments.DEFAULT_BYTES);
    private volatile IdleReaderLimits idleReaderLimits = IdleReaderLimits.DEFAULT;

    PartitionOpener(
        final FilesFacade files, final StreamFiles streamFiles, final StreamMirror mirror, final boolean readOnly) {
        this.files = files;
        this.streamFiles = streamFiles;
        this.mirror = mirror;
        this.readOnly = readOnly;
    }

    /** For partitions that are opened from now on. */
    void idleReaderLimits(final IdleReaderLimits limits) {
        idleReaderLimits = limits;
    }

    List<PartitionLog> open(final StreamConfig config) {
        final List<PartitionLog> partitions = new ArrayList<>();
        try {
            for (int i = 0; i < config.partitions(); i++) {
                final Path copy = readOnly ? null : mirror.partition(config, i);
                streamFiles.checkPartition(config.name(), i, copy);
                final PartitionConfig partition = new PartitionConfig(
                    streamFiles.partition(config.name(), i), config.name() + "/" + i, config.segmentLength(),
                    config.durability(), config.forceIntervalMs(), storageOf(config), files)
                    .withMirror(copy).withHoleTimeout(config.holeTimeoutMs());
                final PartitionLog log =
                    readOnly ? PartitionLog.openReadOnly(partition) : PartitionLog.open(partition);
                log.idleReaders().limits(idleReaderLimits);
                log.skipDamage(config.damage() == DamagePolicy.SKIP);
                partitions.add(log);
            }
            return partitions;
        } catch (final RuntimeException e) {
            CloseHelper.quietCloseAll(partitions);
            throw e;
        }
    }

    StorageConfig storageOf(final StreamConfig config) {
        final Compaction compaction = config.compaction();
        return new StorageConfig(config.compressionLevel(), compaction.enabled(),
            MILLISECONDS.toNanos(compaction.minLagMs()), MILLISECONDS.toNanos(compaction.tombstonesMs()), unpacked);
    }
}
