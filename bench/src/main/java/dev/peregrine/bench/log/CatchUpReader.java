/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.Transport;
import java.util.concurrent.TimeUnit;

/** A thread that reads a log's old records from the first to the last of them, and begins anew. */
final class CatchUpReader implements AutoCloseable {
    private static final int LIMIT = 256;

    private final Transport log;
    private final int backlog;
    private final Thread thread = new Thread(this::run, "bench-catch-up");
    private final long start = System.nanoTime();
    private volatile boolean stopping;
    private volatile long read;
    private volatile Throwable failure;
    private long sum;

    CatchUpReader(final Transport log, final int backlog) {
        this.log = log;
        this.backlog = backlog;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!stopping) {
                readOnce();
            }
        } catch (final Throwable e) {
            failure = e;
        }
    }

    private void readOnce() {
        try (Transport.Receiver receiver = log.newReceiver()) {
            int left = backlog;
            while (left > 0 && !stopping) {
                final int work = receiver.poll((buffer, offset, length) -> sum += buffer.getLong(offset), LIMIT);
                left -= work;
                read += work; // this thread alone writes it
            }
        }
    }

    /** Records read so far, by the time since the start; throws what the thread failed with. */
    double perSecond() {
        if (failure != null) {
            throw new IllegalStateException("the catch-up reader failed: " + failure, failure);
        }
        return read * (double) TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - start);
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
