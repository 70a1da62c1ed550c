/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps segments allocated ahead of the publishers of a partition; nothing before the first of them has come, so that a
 * partition that is not used takes no space. Thread-safe.
 */
final class SegmentAllocator implements AutoCloseable {
    private static final int SEGMENTS_AHEAD = 2;
    private static final long WAIT_NS = 20_000;
    private static final long PAUSE_NS = 200_000;

    private final PartitionLog log;
    private final SegmentDirectory segments;
    private final int segmentLength;
    private final ReentrantLock allocating = new ReentrantLock();
    private volatile long allocatedEnd;
    private volatile boolean used;
    /** Segments touched in advance, kept mapped until the publishers have passed them; guarded by the lock. */
    private final ArrayDeque<Segment> ahead = new ArrayDeque<>();
    /** End of the first of them; written under the lock. */
    private volatile long firstAheadEnd = Long.MAX_VALUE;
    /** Guarded by the lock. */
    private long appendedAtLastBlock;

    SegmentAllocator(final PartitionLog log) {
        this.log = log;
        this.segments = log.directory();
        this.segmentLength = log.config().segmentLength();
        this.allocatedEnd = segments.allocatedEnd();
    }

    /**
     * One duty cycle: gives back what publishers have passed, and allocates a segment if there are too few.
     *
     * @param meanwhile runs while a segment is being made, as forces do.
     */
    int doWork(final Runnable meanwhile) {
        if (!used) {
            return 0;
        }
        if (firstAheadEnd <= log.appendedPosition() && allocating.tryLock()) {
            try {
                releasePassed();
            } finally {
                allocating.unlock();
            }
        }
        if (log.appendedPosition() + (long) SEGMENTS_AHEAD * segmentLength > allocatedEnd && !log.isEnded()
            && allocating.tryLock()) {
            try {
                allocateNext(() -> {
                    pauseUnlessNeeded();
                    log.doForces();
                    meanwhile.run();
                });
                return 1;
            } finally {
                allocating.unlock();
            }
        }
        return 0;
    }

    /** End of the allocated space. */
    long allocatedEnd() {
        return allocatedEnd;
    }

    /** A publisher has come. */
    void use() {
        used = true;
    }

    /** Returns the end of the allocated space once there is at least so much behind the tail. */
    long await(final int needed) {
        while (log.appendedPosition() + needed > allocatedEnd) {
            if (allocating.isHeldByCurrentThread()) { // a callback: the second would replace the first
                throw new IllegalStateException("log " + log.config().name() + ": what runs while its thread makes a "
                    + "segment cannot publish so much that it needs that segment; let another thread publish");
            }
            allocating.lock();
            try {
                if (log.appendedPosition() + needed > allocatedEnd) {
                    allocateNext(this::pauseUnlessNeeded);
                }
            } finally {
                allocating.unlock();
            }
        }
        return allocatedEnd;
    }

    /** The segment of a claimed position, retained. Waits for room in the rare case that claims outran the allocation. */
    Segment acquireForWrite(final long position) {
        while (true) {
            final Segment segment = segments.acquire(position);
            if (segment != null) {
                return segment;
            }
            log.checkHealthy();
            if (position < log.startPosition()) {
                throw new StorageException("the claim at position " + position + " of log " + log.config().name()
                    + " was truncated away before it was committed");
            }
            try {
                await(0);
            } catch (final StorageException e) {
                LockSupport.parkNanos(WAIT_NS); // the claim stands: it must be filled once there is room again
            }
        }
    }

    /**
     * Writing zeros flat out would hold a core for as long as a segment takes, so the writer pauses between blocks, unless
     * publishers have filled more than a block meanwhile, or already wait for the segment.
     */
    private void pauseUnlessNeeded() {
        final long appended = log.appendedPosition();
        final boolean slow = appended - appendedAtLastBlock < FilesFacade.ALLOCATION_BLOCK;
        if (slow && appended + segmentLength < allocatedEnd) {
            LockSupport.parkNanos(PAUSE_NS);
        }
        appendedAtLastBlock = appended;
    }

    private void allocateNext(final Runnable betweenBlocks) {
        final Segment segment = segments.allocateNext(betweenBlocks);
        segment.touch(betweenBlocks);
        allocatedEnd = segments.allocatedEnd();
        ahead.add(segment);
        releasePassed();
    }

    private void releasePassed() {
        while (!ahead.isEmpty() && ahead.peek().endPosition() <= log.appendedPosition()) {
            segments.release(ahead.poll());
        }
        firstAheadEnd = ahead.isEmpty() ? Long.MAX_VALUE : ahead.peek().endPosition();
    }

    /** Gives the segments ahead back. */
    @Override
    public void close() {
        allocating.lock();
        try {
            ahead.forEach(segments::release);
            ahead.clear();
            firstAheadEnd = Long.MAX_VALUE;
        } finally {
            allocating.unlock();
        }
    }
}
