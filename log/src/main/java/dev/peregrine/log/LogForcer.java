/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Group commit: whoever waits for durability and finds nobody forcing forces everything that is committed so far, for
 * all who wait. So one force serves as many publishers as have gathered while the last one ran.
 */
final class LogForcer {
    private static final long LONGEST_WAIT_MS = 10;
    private static final long WAIT_NS = 5_000;

    private final PartitionLog log;
    private final ReentrantLock forcing = new ReentrantLock();
    /** Walks committed frames to find the end of the gap-free part; guarded by the lock. */
    private final FrameWalker walker;
    /** Null where there is one copy. */
    private final Mirror mirror;
    /** Under OS: end of what the second copy has; guarded by the lock. */
    private long mirrored;
    private final DurableWaiters waiters = new DurableWaiters();
    /** End of what records ask to be forced in the background although their stream does not. */
    private final AtomicLong requested = new AtomicLong();
    private volatile long durable;
    /** Counts forces that somebody waited for; written under this object's monitor. */
    private volatile int turn;
    /** Every segment before it is sealed; guarded by the lock. */
    private long sealedTo;
    private long lastForceNs = System.nanoTime();

    LogForcer(final PartitionLog log, final long recoveredEnd) {
        this.log = log;
        this.durable = log.config().durability() == Durability.OS ? log.startPosition() : recoveredEnd;
        this.walker = new FrameWalker(log, recoveredEnd); // recovery left no gap before it
        this.mirror = log.directory().mirror();
        this.mirrored = recoveredEnd;
        this.sealedTo = log.directory().baseOf(recoveredEnd); // recovery has sealed what it read whole
    }

    long durablePosition() {
        return durable;
    }

    /** End of the gap-free committed part. */
    long committedEnd() {
        forcing.lock();
        try {
            return walk();
        } finally {
            forcing.unlock();
            endTurn(); // somebody may have found the lock taken
        }
    }

    private long walk() {
        if (log.index().walkedTo() > walker.endPosition()) {
            walker.seek(log.index().walkedTo()); // the index has been there
        }
        while (walker.next()) {
            // only the position matters
        }
        return walker.endPosition();
    }

    /**
     * One of those who wait forces for all; the others sleep until it is done. They must not poll: many threads that wake
     * up by themselves leave the one that forces no core.
     */
    void awaitDurable(final long position) {
        boolean interrupted = false;
        try {
            while (durable < position) {
                step(position);
                interrupted |= Thread.interrupted(); // or no wait would wait any more
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void step(final long position) {
        log.checkHealthy();
        final int seen = turn;
        if (!forcing.tryLock()) {
            awaitTurnAfter(seen);
            return;
        }
        boolean moved = false;
        try {
            moved = forceCommitted();
        } finally {
            forcing.unlock();
            endTurn();
        }
        if (!moved && durable < position) {
            LockSupport.parkNanos(WAIT_NS); // a claim before ours is still open
        }
    }

    private synchronized void awaitTurnAfter(final int seen) {
        boolean interrupted = false;
        if (turn == seen) {
            try {
                wait(LONGEST_WAIT_MS); // limited, since housekeeping forces too and ends no turn when it fails
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void endTurn() {
        turn++;
        notifyAll();
    }

    /** Completed by {@link #completeDurable} or by an error; the caller forces for itself where too many wait. */
    CompletableFuture<Long> whenDurable(final long position) {
        if (durable < position) {
            final CompletableFuture<Long> future = waiters.add(position);
            if (future != null) {
                return future;
            }
            awaitDurable(position);
        }
        return CompletableFuture.completedFuture(durable);
    }

    /** Asks for a force in the background, at the interval. */
    void request(final long position) {
        requested.accumulateAndGet(position, Math::max);
    }

    int doWork() {
        int work = 0;
        if ((isDue() || isToSeal() || mirror != null && isOs()) && forcing.tryLock()) {
            try {
                work = isDue() && forceCommitted() ? 1 : 0;
                if (mirror != null && isOs()) {
                    mirrorInBackground();
                }
                sealWhole(isOs() ? log.index().walkedTo() : durable);
            } finally {
                forcing.unlock();
                endTurn();
            }
        }
        return work;
    }

    /** Under INTERVAL who waits for a position waits for the interval; else somebody must force for him, at once. */
    private boolean isDue() {
        final long from = durable;
        final boolean interval = log.config().durability() == Durability.INTERVAL;
        final long lowest = waiters.lowest();
        if (!interval && lowest > from && lowest <= log.appendedPosition()) {
            return true;
        }
        return (interval ? from < log.appendedPosition() : from < requested.get())
            && System.nanoTime() - lastForceNs >= log.config().forceIntervalMs() * 1_000_000L;
    }

    int completeDurable() {
        return waiters.complete(durable);
    }

    void fail(final PeregrineException cause) {
        waiters.fail(cause);
    }

    private boolean forceCommitted() {
        log.checkHealthy(); // a failed force is final, also for those who waited for it
        final long target = walk();
        lastForceNs = System.nanoTime();
        if (target <= durable) {
            return false;
        }
        forceRange(durable, target);
        log.checkFence();
        durable = target; // volatile: what it covers is on disk before anybody reads it
        log.counters().publish(target, log.appendedPosition());
        return true;
    }

    private boolean isOs() {
        return log.config().durability() == Durability.OS;
    }

    private boolean isToSeal() {
        return (isOs() ? log.index().walkedTo() : durable) - sealedTo >= log.config().segmentLength();
    }

    /** Seals the segments that lie whole before a position, up to which all is as safe as the log has it. */
    private void sealWhole(final long to) {
        final int length = log.config().segmentLength();
        while (sealedTo + length <= to) {
            if (!log.directory().isPacked(sealedTo)) {
                final Segment segment = log.directory().acquire(sealedTo);
                if (segment != null) { // not truncated
                    segment.seal();
                    if (mirror != null) {
                        mirror.seal(segment);
                    }
                    log.directory().release(segment);
                }
            }
            sealedTo += length;
        }
    }

    /** Under OS the second copy is as good as the first: it survives the process, not the power. */
    private void mirrorInBackground() {
        final long to = walk();
        while (mirrored < to) {
            mirrored = Math.max(mirrored, log.directory().firstBase());
            final Segment segment = log.directory().isPacked(mirrored) ? null : log.directory().acquire(mirrored);
            if (segment == null) {
                mirrored = log.directory().baseOf(mirrored) + log.config().segmentLength();
                continue; // compressed or truncated, there too
            }
            try {
                final long end = Math.min(to, segment.endPosition());
                final int start = segment.offsetOf(mirrored);
                mirror.copy(segment, start, segment.offsetOf(end) - start, false);
                mirrored = end;
            } finally {
                log.directory().release(segment);
            }
        }
        try {
            mirror.doWork();
        } catch (final IOException e) {
            throw forceFailed(log.config().directory(), e);
        }
    }

    private void force(final Segment segment, final int offset, final int length) throws IOException {
        if (mirror == null) {
            log.config().files().force(segment.mapping(), offset, length);
        } else {
            mirror.force(segment, offset, length);
        }
    }

    /** Forces a range of segments. */
    void forceRange(final long from, final long to) {
        long position = from;
        while (position < to) {
            position = Math.max(position, log.directory().firstBase()); // what lay before was truncated
            if (log.directory().isPacked(position)) {
                position = log.directory().baseOf(position) + log.config().segmentLength(); // is on disk
                continue;
            }
            final Segment segment = log.directory().acquire(position);
            if (segment == null) {
                continue; // truncated just now
            }
            try {
                final long end = Math.min(to, segment.endPosition());
                // the header too: under OS nobody has forced it when the segment was made
                final int start = position == segment.basePosition() ? 0 : segment.offsetOf(position);
                force(segment, start, segment.offsetOf(end) - start);
                position = end;
            } catch (final IOException e) {
                throw forceFailed(segment.file(), e);
            } finally {
                log.directory().release(segment);
            }
        }
        if (isOs() && (mirror == null || !mirror.isFirstLost())) {
            try {
                log.config().files().forceDirectory(log.config().directory());
            } catch (final IOException e) {
                throw forceFailed(log.config().directory(), e);
            }
        }
    }

    private StorageException forceFailed(final Path file, final IOException cause) {
        final StorageException failed = new StorageException("force of " + file + " failed: " + cause.getMessage()
            + "; the last records may not be on disk: check the disk and start again", cause);
        log.fail(failed);
        return failed;
    }

    /** Seals what no housekeeping has come to, and gives the walker's segment back. */
    void close(final boolean healthy) {
        forcing.lock();
        try {
            if (healthy) {
                if (mirror != null && isOs()) {
                    mirrorInBackground();
                }
                sealWhole(isOs() ? walk() : durable);
            }
            walker.close();
        } finally {
            forcing.unlock();
        }
    }
}
