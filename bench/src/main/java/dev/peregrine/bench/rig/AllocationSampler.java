/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * How much all threads allocate from now until it is closed, also those that end meanwhile: a thread of its own looks
 * every few milliseconds, so of a thread that ends at most its last milliseconds are missed.
 */
public final class AllocationSampler implements AutoCloseable {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long EVERY_NS = 10_000_000;

    private final Map<Long, Long> before = look();
    private final Map<Long, Long> latest = new HashMap<>(before);
    private final Thread thread = new Thread(this::run, "allocation-sampler");
    private volatile boolean stopping;

    /** Begins. */
    public AllocationSampler() {
        thread.setDaemon(true);
        thread.start();
    }

    private static Map<Long, Long> look() {
        final long[] ids = THREADS.getAllThreadIds();
        final long[] bytes = THREADS.getThreadAllocatedBytes(ids);
        final Map<Long, Long> found = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            found.put(ids[i], Math.max(0, bytes[i]));
        }
        found.remove(Thread.currentThread().getId());
        return found;
    }

    private void run() {
        while (!stopping) {
            latest.putAll(look());
            LockSupport.parkNanos(EVERY_NS);
        }
    }

    /** Ends and returns the bytes that were allocated on the heap; without the caller's own. */
    public long stop() {
        close();
        latest.putAll(look());
        latest.remove(Thread.currentThread().getId());
        return latest.entrySet().stream()
            .mapToLong(entry -> entry.getValue() - before.getOrDefault(entry.getKey(), 0L)).sum();
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
