/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

/** Threads of the engine that must not keep a JVM alive by themselves. */
final class PeregrineThreads {
    private PeregrineThreads() {
    }

    static Thread daemon(final Runnable work) {
        final Thread thread = new Thread(work, "peregrine-housekeeping");
        thread.setDaemon(true);
        return thread;
    }

    static Thread watch(final Runnable work) {
        final Thread thread = new Thread(work, "peregrine-watch");
        thread.setDaemon(true);
        return thread;
    }

    /** For what can wait: takes a core only where nobody else wants it, as far as the system obeys. */
    static Thread background(final Runnable work) {
        final Thread thread = new Thread(work, "peregrine-maintenance");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        return thread;
    }
}
