/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.nexmark;

import dev.peregrine.apps.nexmark.NexmarkQuery;

/** Somebody who can answer the queries: the engine or a peer, started, with its events ready. Used by one thread. */
interface NexmarkSubject extends AutoCloseable {
    /** Answers a query over all events once. */
    Outcome run(NexmarkQuery query) throws Exception;

    @Override
    void close() throws Exception;

    /**
     * What a run showed.
     *
     * @param eventsPerSecond all events of the stream by the time from the first event read to the last result.
     * @param results how many results there were.
     * @param allocatedBytes heap bytes allocated meanwhile.
     */
    record Outcome(double eventsPerSecond, long results, long allocatedBytes) {
    }
}
