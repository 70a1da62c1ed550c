/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.PeregrineException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/** Futures of positions that are to become durable, a bounded number of them. Safe for use by many threads. */
final class DurableWaiters {
    static final int CAPACITY = 1 << 16;

    /** Guarded by this; lowest position first. */
    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>();
    /** Written under the lock. */
    private volatile long lowest = Long.MAX_VALUE;
    private PeregrineException failure;

    private record Waiter(long position, CompletableFuture<Long> future) implements Comparable<Waiter> {
        @Override
        public int compareTo(final Waiter other) {
            return Long.compare(position, other.position);
        }
    }

    /** A future of the position, or null if there are too many already. */
    synchronized CompletableFuture<Long> add(final long position) {
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        if (waiters.size() == CAPACITY) {
            return null;
        }
        final CompletableFuture<Long> future = new CompletableFuture<>();
        waiters.add(new Waiter(position, future));
        lowest = waiters.peek().position;
        return future;
    }

    /** The lowest position that somebody waits for. */
    long lowest() {
        return lowest;
    }

    /** Completes what is durable now; returns how many. */
    int complete(final long durable) {
        if (lowest > durable) {
            return 0;
        }
        final List<Waiter> ready = take(durable);
        ready.forEach(waiter -> waiter.future.complete(durable)); // without the lock: this may run the user's code
        return ready.size();
    }

    /** Ends everybody who waits, and who will ask later, with an error. */
    void fail(final PeregrineException cause) {
        synchronized (this) {
            failure = failure == null ? cause : failure;
        }
        take(Long.MAX_VALUE).forEach(waiter -> waiter.future.completeExceptionally(cause));
    }

    private synchronized List<Waiter> take(final long upTo) {
        final List<Waiter> taken = new ArrayList<>();
        while (!waiters.isEmpty() && waiters.peek().position <= upTo) {
            taken.add(waiters.poll());
        }
        lowest = waiters.isEmpty() ? Long.MAX_VALUE : waiters.peek().position;
        return taken;
    }
}
