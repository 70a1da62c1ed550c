/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.PartitionLog;
import java.nio.file.Path;
import java.util.Arrays;
import org.agrona.concurrent.EpochNanoClock;

/**
 * Deletes the segments that a stream's {@link Retention} does not keep. Looks at most once in a while, and at files only
 * where a segment would go. Used by the housekeeping thread.
 */
final class RetentionKeeper {
    private static final long PERIOD_NS = 1_000_000_000;

    private final StreamFiles streamFiles;
    private final FilesFacade files;
    private final EpochNanoClock clock;
    private long lastLookNs = System.nanoTime() - PERIOD_NS;

    RetentionKeeper(final StreamFiles streamFiles, final FilesFacade files, final EpochNanoClock clock) {
        this.streamFiles = streamFiles;
        this.files = files;
        this.clock = clock;
    }

    /** Whether it is time to {@link #apply} the retention of every stream. */
    boolean isDue() {
        final long nowNs = System.nanoTime();
        if (nowNs - lastLookNs < PERIOD_NS) {
            return false;
        }
        lastLookNs = nowNs;
        return true;
    }

    /** Deletes what may go now. */
    void apply(final Stream stream) {
        if (!stream.config().retention().deletes()) {
            return;
        }
        long[] unread = null;
        for (int i = 0; i < stream.partitions(); i++) {
            final PartitionLog log = stream.partition(i);
            final long first = log.startPosition() + stream.config().segmentLength();
            if (first > log.appendedPosition()) {
                continue; // the only segment is the one being written
            }
            long limit = limit(stream.config(), log);
            if (limit >= first && stream.config().retention().keepUnread()) {
                unread = unread == null ? unread(stream) : unread;
                limit = Math.min(limit, unread[i]);
            }
            if (limit >= first) {
                log.truncateBefore(limit);
            }
        }
    }

    private long limit(final StreamConfig config, final PartitionLog log) {
        final Retention retention = config.retention();
        long limit = 0;
        if (retention.bytes() > 0) {
            // up to the next border: what is left then holds no more than that
            limit = log.appendedPosition() - retention.bytes() + config.segmentLength() - 1;
        }
        if (retention.ageMs() > 0) {
            limit = Math.max(limit, log.positionOfTimestamp(clock.nanoTime() - MILLISECONDS.toNanos(retention.ageMs())));
        }
        return limit;
    }

    /** The lowest committed position of all subscriptions, by partition; the beginning where one cannot be read. */
    private long[] unread(final Stream stream) {
        final long[] lowest = new long[stream.partitions()];
        Arrays.fill(lowest, Long.MAX_VALUE);
        for (final Path file : streamFiles.positionsFiles(stream.name())) {
            try (PositionFile positions = new PositionFile(files, file, stream.partitions())) {
                final long[] entries = positions.snapshot();
                for (int i = 0; i < lowest.length; i++) {
                    lowest[i] = Math.min(lowest[i], entries[2 * i]);
                }
            } catch (final CorruptDataException damaged) {
                Arrays.fill(lowest, 0); // whose it is will be told when it is opened; until then nothing goes
            }
        }
        return lowest;
    }
}
