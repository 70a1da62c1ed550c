/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import org.agrona.CloseHelper;

/**
 * A thread that receives everything a transport carries, through one receiver or several by turns, and hands it to a
 * handler. It yields when there is nothing.
 */
public final class Drain implements AutoCloseable {
    private static final int LIMIT = 256;
    private static final ThreadFactory THREADS = work -> {
        final Thread thread = new Thread(work, "bench-drain");
        thread.setDaemon(true);
        return thread;
    };

    private final List<Transport.Receiver> receivers;
    private final Transport.Payloads handler;
    private final Thread thread = THREADS.newThread(this::run);
    private volatile boolean stopping;
    private volatile long received;
    private volatile Throwable failure;

    /** Starts draining; takes ownership of the receiver. */
    public Drain(final Transport.Receiver receiver, final Transport.Payloads handler) {
        this(List.of(receiver), handler);
    }

    /** Starts draining several; takes ownership of them. */
    public Drain(final List<Transport.Receiver> receivers, final Transport.Payloads handler) {
        this.receivers = receivers;
        this.handler = handler;
        thread.start();
    }

    private void run() {
        long count = 0;
        try {
            while (!stopping) {
                int work = 0;
                for (int i = 0; i < receivers.size(); i++) {
                    work += receivers.get(i).poll(handler, LIMIT);
                }
                if (work > 0) {
                    count += work;
                    received = count;
                } else {
                    Transport.IDLE.idle();
                }
            }
        } catch (final Throwable e) {
            failure = e;
        } finally {
            CloseHelper.quietCloseAll(receivers);
        }
    }

    /** Payloads received so far. */
    public long received() {
        return received;
    }

    /** Waits until so many payloads have been received; throws what the thread failed with. */
    public void await(final long count) {
        await(() -> received >= count);
    }

    /** As {@link #await(long)}, and also ends once the given condition says so. */
    public void await(final BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            check();
            Transport.IDLE.idle();
        }
    }

    private void check() {
        final Throwable failed = failure;
        if (failed != null) {
            throw new IllegalStateException("the receiver failed: " + failed, failed);
        }
    }

    /** Stops the thread; throws what it failed with. */
    @Override
    public void close() {
        stop();
        check();
    }

    /** Stops the thread, whatever it failed with. */
    void stop() {
        stopping = true;
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
