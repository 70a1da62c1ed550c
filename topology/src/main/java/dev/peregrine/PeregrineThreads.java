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
}
