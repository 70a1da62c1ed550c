/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.StorageException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BitUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds claims that stay open. One whose thread has ended, or whose appender was dropped without being closed, becomes
 * padding, so that readers go on; one whose owner lives is named in a warning and left alone.
 *
 * <p>A thread that is alive commits without asking. Only a thread that ends a claim of another one asks first
 * ({@link #adopt}), under the same lock under which claims are sealed: so it is either sealed or committed.
 */
final class HoleWatch {
    private static final Logger LOG = LoggerFactory.getLogger(HoleWatch.class);
    private static final int LOOKS_PER_TIMEOUT = 8;
    private static final long POLL_NS = 200_000;

    private final PartitionLog log;
    private volatile long timeoutNs;
    /** Guarded by this. */
    private final List<Claim> claims = new ArrayList<>();
    private volatile long lastLookNs = System.nanoTime();

    HoleWatch(final PartitionLog log) {
        this.log = log;
        timeout(log.config().holeTimeoutMs());
    }

    void timeout(final long timeoutMs) {
        timeoutNs = timeoutMs * 1_000_000L;
    }

    synchronized Claim add(final Appender appender, final long producerId, final String name) {
        final Claim claim = new Claim(appender, producerId, name);
        claims.add(claim);
        return claim;
    }

    synchronized void remove(final Claim claim) {
        claims.remove(claim);
    }

    /** A claim failed after it had taken its room: nobody will ever fill that. */
    synchronized void lost(final Claim by, final long position, final int length) {
        if (position >= StreamEnd.BEYOND) {
            return; // behind the end of the stream is nothing to fill
        }
        final Claim claim = new Claim(null, by.producerId, by.name);
        claim.owner = Thread.currentThread();
        claim.position = position;
        claim.length = length;
        claim.offset = 0;
        claims.add(claim);
    }

    /** Makes the calling thread the owner of a claim; false, and the claim is over, if it was sealed. */
    synchronized boolean adopt(final Claim claim) {
        if (claim.sealed) {
            claim.sealed = false;
            claim.offset = Claim.NOTHING;
            return false;
        }
        claim.own(Thread.currentThread());
        return true;
    }

    int doWork() {
        final long now = System.nanoTime();
        if (now - lastLookNs < timeoutNs / LOOKS_PER_TIMEOUT) {
            return 0;
        }
        lastLookNs = now;
        return look(now);
    }

    private synchronized int look(final long now) {
        int sealed = 0;
        for (final Iterator<Claim> all = claims.iterator(); all.hasNext();) {
            final Claim claim = all.next();
            final boolean dropped = claim.isDropped();
            if (claim.isOpen() && !claim.sealed && isStuck(claim, now)) {
                if (claim.isOwnerGone()) {
                    sealed += sealUnlessEnded(claim);
                } else if (!claim.warned) {
                    claim.warned = true;
                    LOG.warn("{} holds a claim at position {} of log {} since {} ms: readers wait for its commit",
                        describe(claim), claim.position, log.config().name(), (now - claim.seenNs) / 1_000_000);
                }
            }
            if (dropped && (claim.sealed || !claim.isOpen())) {
                all.remove();
            }
        }
        return sealed;
    }

    private boolean isStuck(final Claim claim, final long now) {
        if (claim.position != claim.seenPosition) {
            claim.seenPosition = claim.position;
            claim.seenNs = now;
            claim.warned = false;
        }
        return now - claim.seenNs >= timeoutNs;
    }

    /** The owner is gone, so what it stored last is seen now: it may have ended this claim, or begun another. */
    private int sealUnlessEnded(final Claim claim) {
        if (!claim.isOpen() || claim.position != claim.seenPosition) {
            return 0;
        }
        final Segment segment = log.segments().acquire(claim.position);
        if (segment != null) { // else it was truncated away
            try {
                segment.pad(claim.position, BitUtil.align(claim.length, FrameDescriptor.ALIGNMENT));
            } finally {
                log.segments().release(segment);
            }
        }
        claim.sealed = true;
        LOG.warn("{} ended without ending its claim of {} bytes at position {} of log {}: it is padding now",
            describe(claim), claim.length, claim.position, log.config().name());
        return 1;
    }

    /**
     * Waits until everything before a position is committed, long enough for claims of the dead to be found and sealed.
     *
     * @param otherwise what cannot be done as long as it is not.
     * @return end of what is committed without a gap.
     * @throws StorageException if a claim stays open for twice the hole timeout.
     */
    long awaitCommitted(final long position, final String otherwise) {
        final long startNs = System.nanoTime();
        while (true) {
            final long end = log.committedEnd();
            if (end >= position) {
                return end;
            }
            if (System.nanoTime() - startNs > 2 * timeoutNs) {
                final Hole hole = hole();
                throw new StorageException("the claim of "
                    + (hole == null ? "a publisher" : "publisher " + hole.publisher()) + " at position " + end
                    + " of log " + log.config().name() + " stays open, so " + otherwise
                    + ": let it commit, abort or close, and try again");
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    private static String describe(final Claim claim) {
        final Thread thread = claim.owner;
        return "publisher " + claim.name + (thread == null ? "" : " (thread " + thread.getName() + ")");
    }

    /** Where the first message begins that is being written, or ends behind a position; the position if there is none. */
    synchronized long firstUnfinished(final long position) {
        long first = position;
        for (final Claim claim : claims) {
            final long at = claim.messagePosition; // before the end: a message that was begun since lies behind
            first = claim.messageEnd > position ? Math.min(first, at) : first;
        }
        return first;
    }

    /** The first claim that is open, or null. */
    synchronized Hole hole() {
        Claim first = null;
        for (final Claim claim : claims) {
            if (claim.isOpen() && !claim.sealed && (first == null || claim.position < first.position)) {
                first = claim;
            }
        }
        if (first == null) {
            return null;
        }
        final long position = first.position;
        final Thread thread = first.owner;
        return new Hole(position, first.name, first.producerId, thread == null ? "" : thread.getName(),
            position == first.seenPosition ? System.nanoTime() - first.seenNs : 0, first.isOwnerGone());
    }
}
