/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.control;

/** A request in work. Its waiting can be ended from another thread. */
public final class ControlCall {
    private final ControlRequest request;
    private Thread waiting;
    private boolean cancelled;

    ControlCall(final ControlRequest request) {
        this.request = request;
    }

    /** Something that waits, and changes nothing. */
    @FunctionalInterface
    public interface Wait {
        /** Returns once what is waited for is there. */
        void await() throws InterruptedException;
    }

    /** What is asked for. */
    public ControlRequest request() {
        return request;
    }

    /** Waits; false if the client has gone meanwhile. */
    public boolean await(final Wait what) {
        synchronized (this) {
            if (cancelled) {
                return false;
            }
            waiting = Thread.currentThread();
        }
        try {
            what.await();
        } catch (final InterruptedException e) {
            return false;
        } finally {
            synchronized (this) {
                waiting = null;
            }
        }
        return true;
    }

    synchronized void cancel() {
        cancelled = true;
        if (waiting != null) {
            waiting.interrupt();
        }
    }
}
