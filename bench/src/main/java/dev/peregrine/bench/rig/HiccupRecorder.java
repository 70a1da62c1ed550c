/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that only sleeps, a millisecond at a time, and notes how late it woke up: what machine and scheduler do to
 * every thread of the run, whoever is measured (after G. Tene's jHiccup).
 */
final class HiccupRecorder implements AutoCloseable {
    private static final long SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Thread thread = new Thread(this::run, "bench-hiccups");
    private volatile boolean stopping;
    private volatile long longestNs;

    HiccupRecorder() {
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!stopping) {
            final long before = System.nanoTime();
            LockSupport.parkNanos(SLEEP_NS);
            final long late = System.nanoTime() - before - SLEEP_NS;
            if (late > longestNs) {
                longestNs = late;
            }
        }
    }

    /** The longest so far, in nanoseconds. */
    long longestNs() {
        return longestNs;
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
