/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The rolling snapshot of a topology's state. A round begins with an epoch, at the end of the topology's log as it is then;
 * from this epoch on each instance writes a slice of its states at every marker. Once all have written everything and the
 * epoch is committed, the log is needed from the round's begin only: what was not written anew since then was removed, has
 * expired, or stands there as a change.
 *
 * <p>{@link #begin} and {@link #passed} are called by the coordinating thread, the rest by the instances' threads, which
 * then say by their epoch that they have passed: that is what orders their records before the commit record.
 */
final class SnapshotRounds {
    /** Before the first round. */
    static final long NO_ROUND = -1;

    private static final int LINE = 2 * BitUtil.CACHE_LINE_LENGTH;
    private static final int CURRENT = 0;
    private static final int WRITING = LINE;
    private static final long NOT_RUNNING = -1;

    private final AtomicBuffer words =
        new UnsafeBuffer(BufferUtil.allocateDirectAligned(2 * LINE, BitUtil.CACHE_LINE_LENGTH));
    private final int instances;
    private long from = NOT_RUNNING;

    SnapshotRounds(final int instances) {
        this.instances = instances;
        words.putLongVolatile(CURRENT, NO_ROUND);
    }

    boolean isRunning() {
        return from != NOT_RUNNING;
    }

    /** A round begins with the epoch that is requested next; none may be running. */
    void begin(final long epoch, final long position) {
        from = position;
        words.putLongRelease(WRITING, instances);
        words.putLongRelease(CURRENT, epoch); // release: who sees the round sees how many have to write
    }

    /**
     * All instances have passed an epoch.
     *
     * @param replayFrom from where the log was needed until now.
     * @return from where it is needed when the epoch is committed.
     */
    long passed(final long replayFrom) {
        if (from == NOT_RUNNING || words.getLongAcquire(WRITING) > 0) {
            return replayFrom;
        }
        final long begin = from;
        from = NOT_RUNNING;
        return begin;
    }

    /** Epoch with which the last round began, or {@link #NO_ROUND}. */
    long current() {
        return words.getLongAcquire(CURRENT);
    }

    /** An instance has written all of its states in this round. */
    void written() {
        words.getAndAddLong(WRITING, -1);
    }
}
