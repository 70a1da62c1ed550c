/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.thread.Cores;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** The cores that topology threads may be pinned to; each is given to one thread at a time. Safe for many threads. */
public final class CorePool {
    private final Deque<Integer> free = new ArrayDeque<>();

    private CorePool(final int[] cores) {
        Arrays.stream(cores).forEach(free::add);
    }

    /** No pinning. */
    public static CorePool none() {
        return new CorePool(new int[0]);
    }

    /** The given cores, in this order. */
    public static CorePool of(final int[] cores) {
        return new CorePool(cores);
    }

    /**
     * The cores that a process may use, from the last down, without the first: that one is left to publishers,
     * listeners, housekeeping and the JVM's own threads.
     */
    public static CorePool leavingTheFirst(final int[] allowed) {
        final int[] cores = new int[Math.max(0, allowed.length - 1)];
        for (int i = 0; i < cores.length; i++) {
            cores[i] = allowed[allowed.length - 1 - i];
        }
        return new CorePool(cores);
    }

    /** Takes a core for each of so many threads, or {@link Cores#ANY} for all of them if there are not enough. */
    synchronized int[] take(final int threads) {
        final int[] taken = new int[threads];
        if (free.size() < threads) {
            Arrays.fill(taken, Cores.ANY);
        } else {
            Arrays.setAll(taken, i -> free.removeFirst());
        }
        return taken;
    }

    synchronized void giveBack(final int[] cores) {
        for (int i = cores.length - 1; i >= 0; i--) {
            if (cores[i] != Cores.ANY) {
                free.addFirst(cores[i]);
            }
        }
    }
}
