/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.app;

/** Hears how a demo goes on; called from one thread, about five times a second. */
public interface DemoListener {
    /** A line for the user, e.g. the plan, or a malformed line of the input. */
    void message(String line);

    /** How far it is. */
    void progress(Progress progress);

    /**
     * A moment of the run.
     *
     * @param events rows whose results can be queried.
     * @param target rows wanted in all.
     * @param eventsPerSecond rate since the last call.
     * @param lag rows published but not yet queryable.
     * @param p50Micros median event-to-queryable latency since the last call.
     * @param p99Micros 99th percentile since the last call.
     */
    record Progress(
        long events, long target, double eventsPerSecond, long lag, double p50Micros, double p99Micros) {
    }
}
