/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.StorageException;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Compresses the sealed segments of a partition, the oldest first, so that the compressed ones are always the beginning
 * of the log: under {@link Durability#OS} a power cut may take a segment that nobody forced, and nothing behind it may
 * stay then.
 *
 * <p>Compaction of keys, where it is asked for, goes before: see {@link KeyCompaction}.
 *
 * <p>Works in steps of one block, or one segment under compaction. Only {@link #close} waits for a step.
 */
final class SegmentMaintenance implements AutoCloseable {
    private static final long RETRY_NS = 10_000_000_000L;

    private final PartitionLog log;
    private final SegmentDirectory segments;
    private final PartitionConfig config;
    private StorageConfig storage;
    /** Null if the log does not compact. */
    private KeyCompaction compaction;
    private SegmentRewriter rewriter;
    private long retryAtNs;
    private boolean retryLater;
    private boolean closed;

    SegmentMaintenance(final PartitionLog log) {
        this.log = log;
        this.segments = log.directory();
        this.config = log.config();
        take(config.storage());
    }

    private void take(final StorageConfig value) {
        storage = value;
        compaction = value.compacting() ? new KeyCompaction(log, value, KeyTable.MAX_CAPACITY) : null;
    }

    /** Goes on with other settings; a segment that is just being rewritten is begun anew. */
    synchronized void storage(final StorageConfig value) {
        if (!value.equals(storage)) {
            giveUp();
            take(value);
        }
    }

    synchronized int doWork() {
        if (closed || isIdle() || retryLater && System.nanoTime() - retryAtNs < 0) {
            return 0;
        }
        retryLater = false;
        try {
            return step() ? 1 : 0;
        } catch (final CorruptDataException e) {
            giveUp();
            closed = true;
            throw e;
        } catch (final IOException | StorageException e) {
            giveUp();
            retryLater = true;
            retryAtNs = System.nanoTime() + RETRY_NS;
            throw new StorageException("cannot rewrite a segment of log " + config.name() + " in "
                + config.directory() + ": " + e.getMessage() + "; tried again later", e);
        }
    }

    private boolean isIdle() {
        return storage.compressionLevel() == 0 && compaction == null;
    }

    /** Runs something during which no segment is replaced. */
    synchronized long whileResting(final LongSupplier action) {
        return action.getAsLong();
    }

    private boolean step() throws IOException {
        if (rewriter == null && compaction != null && compaction.step(finalSegments())) {
            return true;
        }
        if (rewriter == null) {
            if (storage.compressionLevel() == 0) {
                return false;
            }
            final long base = nextToCompress();
            if (base < 0) {
                return false;
            }
            rewriter = SegmentRewriter.begin(log, base, storage.compressionLevel());
        } else if (rewriter.step()) {
            rewriter = null;
        }
        return true;
    }

    /** The oldest segment that is not compressed, if it may be; -1 if not. */
    private long nextToCompress() {
        for (final long base : segments.bases()) {
            if (!segments.isPacked(base)) {
                return isFinal(base + config.segmentLength()) ? base : -1;
            }
        }
        return -1;
    }

    private List<Long> finalSegments() {
        final List<Long> bases = segments.bases();
        bases.removeIf(base -> base + config.segmentLength() > log.appendedPosition());
        while (!bases.isEmpty() && !isFinal(bases.get(bases.size() - 1) + config.segmentLength())) {
            bases.remove(bases.size() - 1);
        }
        return bases;
    }

    /** Whether everything before a position is committed, and as safe as the stream has it. */
    private boolean isFinal(final long position) {
        return position <= log.appendedPosition() && position
            <= (config.durability() == Durability.OS ? log.committedEnd() : log.durablePosition());
    }

    private void giveUp() {
        if (rewriter != null) {
            rewriter.close();
            rewriter = null;
        }
        if (compaction != null) {
            compaction.abandon();
        }
    }

    /** Gives up what is being made. */
    @Override
    public synchronized void close() {
        closed = true;
        giveUp();
    }
}
