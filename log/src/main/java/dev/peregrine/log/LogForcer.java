/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Group commit: whoever waits for durability and finds nobody forcing forces everything that is committed so far, for
 * all who wait. So one force serves as many publishers as have gathered while the last one ran.
 */
final class LogForcer {
    private static final long WAIT_NS = 5_000;

    private final PartitionLog log;
    private final ReentrantLock forcing = new ReentrantLock();
    /** Walks committed frames to find the end of the gap-free part; guarded by the lock. */
    private final FrameWalker walker;
    private volatile long durable;
    private long lastForceNs = System.nanoTime();

    LogForcer(final PartitionLog log, final long recoveredEnd) {
        this.log = log;
        this.durable = log.config().durability() == Durability.OS ? log.startPosition() : recoveredEnd;
        this.walker = new FrameWalker(log, recoveredEnd); // recovery left no gap before it
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

    void awaitDurable(final long position) {
        while (durable < position) {
            log.checkHealthy();
            boolean moved = false;
            if (forcing.tryLock()) {
                try {
                    moved = forceCommitted();
                } finally {
                    forcing.unlock();
                }
            }
            if (!moved) {
                LockSupport.parkNanos(WAIT_NS); // somebody else forces, or a claim before ours is still open
            }
        }
    }

    int doWork() {
        if (log.config().durability() != Durability.INTERVAL
            || System.nanoTime() - lastForceNs < log.config().forceIntervalMs() * 1_000_000L
            || durable >= log.appendedPosition() || !forcing.tryLock()) {
            return 0;
        }
        try {
            forceCommitted();
        } finally {
            forcing.unlock();
        }
        return 1;
    }

    private boolean forceCommitted() {
        log.checkHealthy(); // a failed force is final, also for those who waited for it
        final long target = walk();
        lastForceNs = System.nanoTime();
        if (target <= durable) {
            return false;
        }
        log.forceRange(durable, target);
        durable = target; // volatile: what it covers is on disk before anybody reads it
        return true;
    }

    void close() {
        forcing.lock();
        try {
            walker.close();
        } finally {
            forcing.unlock();
        }
    }
}
