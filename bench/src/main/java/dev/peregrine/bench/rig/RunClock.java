/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import java.util.concurrent.atomic.AtomicLong;

/**
 * When the run of this JVM began: with the first event that any source of it handed out. Peers make their sources
 * themselves, often from a serialized copy, so it is one per JVM and a JVM makes one run at a time. Safe for use by many
 * threads.
 */
public final class RunClock {
    private static final AtomicLong START = new AtomicLong();
    private static final double NS_PER_SECOND = 1e9;

    private RunClock() {
    }

    /** Forgets the run before. */
    public static void reset() {
        START.set(0);
    }

    /** Starts the clock, if it does not run. Cheap enough to be called for each batch of events. */
    public static void start() {
        if (START.get() == 0) {
            START.compareAndSet(0, System.nanoTime() | 1); // 0 stands for not started
        }
    }

    /** Whether the first event is out. */
    public static boolean isRunning() {
        return START.get() != 0;
    }

    /** When it started, by {@link System#nanoTime}. */
    public static long startNs() {
        return START.get();
    }

    /** When an event is due, by {@link System#nanoTime}, on a schedule of so many events a second. */
    public static long dueNs(final long number, final long ratePerSecond) {
        return START.get() + (long) (number * (NS_PER_SECOND / ratePerSecond));
    }
}
