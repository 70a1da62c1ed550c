/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.log.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Commits the places of a subscription or a group: at once, or later by housekeeping, which forces them to the disk and
 * completes everybody's futures with one force. Safe for use by many threads.
 */
final class PositionCommits implements AutoCloseable {
    private final String owner;
    private final Stream stream;
    private final PositionFile file;
    /** Positions and numbers by partition, as they were last staged. */
    private final long[] staged;
    private List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private boolean closed;

    PositionCommits(final String owner, final Stream stream, final PositionFile file) {
        this.owner = owner;
        this.stream = stream;
        this.file = file;
        this.staged = file.snapshot();
    }

    /** Place that was staged last, written or not. */
    synchronized long position(final int partition) {
        return staged[2 * partition];
    }

    /** Record number that was staged last, written or not. */
    synchronized long number(final int partition) {
        return staged[2 * partition + 1];
    }

    synchronized void stage(final int partition, final long position, final long number) {
        staged[2 * partition] = position;
        staged[2 * partition + 1] = number;
    }

    /** Writes what is staged: safe from the death of the process, and from a power cut if the stream's records are. */
    synchronized void commit() {
        checkOpen();
        write();
        if (stream.config().durability() == Durability.SYNC) {
            file.force();
        }
    }

    /** Writes what is staged, and leaves forcing it to a later {@link #commit}. */
    synchronized void commitUnforced() {
        checkOpen();
        write();
    }

    /** Has housekeeping write and force what is staged now, or a later place; the future completes on its thread. */
    synchronized CompletableFuture<Void> commitLater() {
        checkOpen();
        final CompletableFuture<Void> future = new CompletableFuture<>();
        waiting.add(future);
        return future;
    }

    private void write() {
        for (int i = 0; i < staged.length / 2; i++) {
            file.stage(i, staged[2 * i], staged[2 * i + 1]);
        }
        file.commit();
    }

    /** Commits for those who wait; returns how many did. */
    int doWork() {
        final List<CompletableFuture<Void>> served;
        PeregrineException failure = null;
        synchronized (this) {
            if (waiting.isEmpty()) {
                return 0;
            }
            served = waiting;
            waiting = new ArrayList<>();
            try {
                write();
                file.force();
            } catch (final PeregrineException e) {
                failure = e;
            }
        }
        for (final CompletableFuture<Void> future : served) { // without the lock: theirs is any code
            if (failure == null) {
                future.complete(null);
            } else {
                future.completeExceptionally(failure);
            }
        }
        return served.size();
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedException(owner + " is closed");
        }
    }

    /** Commits for those who wait, and gives the file back. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true; // nobody can wait any more
        }
        try {
            doWork();
        } finally {
            synchronized (this) {
                file.close();
            }
        }
    }
}
