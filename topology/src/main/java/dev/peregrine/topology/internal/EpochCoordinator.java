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
 * Drives the epochs of a topology: one at a time, each through <i>requested</i> (sources inject markers), <i>passed</i>
 * (every thread has seen all markers and logged its changes), <i>committed</i> (the record is in the log) and
 * <i>applied</i> (tables and caches show it).
 *
 * <p>{@link #doWork} and {@link #commitIfPassed} are called by one thread; the other methods by the topology's threads.
 * Each word that another thread polls stands on a cache line of its own.
 */
final class EpochCoordinator {
    private static final int LINE = 2 * BitUtil.CACHE_LINE_LENGTH;
    private static final int REQUESTED = 0;
    private static final int COMMITTED = LINE;
    private static final int PASSED = 2 * LINE;
    private static final int WORTH_SEGMENTS = 4;
    private static final int WORTH_STATES = 2;

    private final AtomicBuffer words;
    private final int threads;
    private final int appliedBase;
    private final int newsBase;
    private final long intervalNs;
    private final CommitLog commitLog;
    private final LogSource[] sources;
    private final StateSizes stateSizes;
    private final SnapshotRounds rounds;

    private final long firstEpoch;
    private long current;
    private long requestedAtNs;
    private long replayFrom;
    private boolean committed = true;

    /** Tells how much state there is, to decide when the log is worth rewriting. */
    interface StateSizes {
        long bytes();
    }

    EpochCoordinator(
        final int threads, final long intervalNs, final CommitLog commitLog, final LogSource[] sources,
        final long firstEpoch, final long replayFrom, final StateSizes stateSizes,
        final SnapshotRounds rounds) {
        this.threads = threads;
        this.intervalNs = intervalNs;
        this.commitLog = commitLog;
        this.sources = sources;
        this.stateSizes = stateSizes;
        this.rounds = rounds;
        this.firstEpoch = firstEpoch;
        this.current = firstEpoch - 1;
        this.replayFrom = replayFrom;
        this.appliedBase = PASSED + threads * LINE;
        this.newsBase = appliedBase + threads * LINE;
        this.words = new UnsafeBuffer(
            BufferUtil.allocateDirectAligned(newsBase + (threads + 1) * LINE, BitUtil.CACHE_LINE_LENGTH));
        words.putLongVolatile(REQUESTED, current);
        words.putLongVolatile(COMMITTED, current);
        for (int i = 0; i < threads; i++) {
            words.putLongVolatile(PASSED + i * LINE, current);
            words.putLongVolatile(appliedBase + i * LINE, current);
        }
    }

    /** One duty cycle of the coordinating thread; returns the work done. */
    int doWork(final long nowNs) {
        if (!committed) {
            return commitIfPassed();
        }
        if (nowNs - requestedAtNs < intervalNs || !hasNews() || lowest(appliedBase) < current) {
            return 0;
        }
        request(nowNs);
        return 1;
    }

    /** Commits the epoch under way if every thread has passed it; returns the work done. */
    int commitIfPassed() {
        if (committed || lowest(PASSED) < current) { // acquire: what the sources noted at their markers is seen
            return 0;
        }
        replayFrom = rounds.passed(replayFrom);
        commitLog.commit(current, replayFrom, sources);
        committed = true;
        words.putLongRelease(COMMITTED, current); // release: who sees it sees the record in the log
        return 1;
    }

    private boolean hasNews() {
        for (int i = 0; i < threads; i++) {
            if (words.getLongAcquire(newsBase + i * LINE) != 0) {
                return true;
            }
        }
        return false;
    }

    private void request(final long nowNs) {
        requestedAtNs = nowNs;
        committed = false;
        current++;
        final long end = commitLog.log().appendedPosition();
        if (!rounds.isRunning() && end - replayFrom > worthRewriting()) {
            rounds.begin(current, end);
        }
        words.putLongRelease(REQUESTED, current);
    }

    private long worthRewriting() {
        return Math.max((long) WORTH_SEGMENTS * commitLog.log().config().segmentLength(),
            WORTH_STATES * stateSizes.bytes());
    }

    private long lowest(final int base) {
        long lowest = Long.MAX_VALUE;
        for (int i = 0; i < threads; i++) {
            lowest = Math.min(lowest, words.getLongAcquire(base + i * LINE));
        }
        return lowest;
    }

    long requested() {
        return words.getLongAcquire(REQUESTED);
    }

    long committed() {
        return words.getLongAcquire(COMMITTED);
    }

    long applied() {
        return lowest(appliedBase);
    }

    /** Last committed epoch, or -1 if this is the first run and nothing was committed yet. */
    long lastCommittedOr(final long before) {
        final long last = committed();
        return last < firstEpoch ? before : last;
    }

    /** The epoch that a thread has passed last. */
    long passed(final int thread) {
        return words.getLongAcquire(PASSED + thread * LINE);
    }

    void passed(final int thread, final long epoch) {
        words.putLongRelease(PASSED + thread * LINE, epoch); // release: the thread's log records come before it
    }

    /** Says whether a thread has done anything since its last markers that is to be committed. */
    void news(final int thread, final boolean value) {
        words.putLongRelease(newsBase + thread * LINE, value ? 1 : 0);
    }

    void applied(final int thread, final long epoch) {
        words.putLongRelease(appliedBase + thread * LINE, epoch);
    }

    /** Start of the part of the topology's log that is still needed; approximate from other threads. */
    long replayFrom() {
        return replayFrom;
    }
}
