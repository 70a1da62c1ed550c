/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGINT and SIGTERM: tells the command to stop and lets it, before the JVM ends. From {@link #install} to {@link #close}
 * the command is running; a signal outside of that ends the JVM as usual.
 */
final class StopSignal implements AutoCloseable {
    private static final long STOP_SECONDS = 20;
    /** The JVM's own exit code for the signal: 130 or 143. */
    static final int SIGNALS_OWN = -1;

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final PrintWriter err;
    private final Runnable stop;
    private final String farewell;
    private volatile boolean received;
    private volatile int exitCode = SIGNALS_OWN;

    private StopSignal(final PrintWriter err, final Runnable stop, final String farewell) {
        this.err = err;
        this.stop = stop;
        this.farewell = farewell;
    }

    /**
     * Starts to listen.
     *
     * @param stop called once, on a thread of the JVM's shutdown; must not block.
     * @param farewell a line for the user after the command has stopped, or null.
     */
    static StopSignal install(final PrintWriter err, final Runnable stop, final String farewell) {
        final StopSignal signal = new StopSignal(err, stop, farewell);
        Runtime.getRuntime().addShutdownHook(new Thread(signal::onShutdown, "peregrine-stop"));
        return signal;
    }

    private void onShutdown() {
        if (stopped.getCount() == 0) {
            return; // an ordinary end
        }
        received = true;
        stop.run();
        try {
            if (!stopped.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                err.println("peregrine: gave up waiting for a clean stop; nothing that was published is lost");
                return;
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (farewell != null) {
            err.println(farewell);
            err.flush();
        }
        if (exitCode != SIGNALS_OWN) {
            Runtime.getRuntime().halt(exitCode);
        }
    }

    /** Whether a signal has come. */
    boolean received() {
        return received;
    }

    /** Says what the JVM's exit code shall be if a signal made the command end. */
    void exitWith(final int code) {
        exitCode = code;
    }

    /** The command has stopped. */
    @Override
    public void close() {
        stopped.countDown();
    }
}
