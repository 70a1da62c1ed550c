/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

/** Somebody who can count: the engine or a peer, started and ready. Used by one thread. */
public interface CountSubject extends AutoCloseable {
    /**
     * Does the whole job once, from the first event to the last result, into the writers of {@link CountResults#current};
     * the results' end is noted when this returns. Bounded in time; leaves nothing running.
     */
    void run(CountResults results) throws Exception;

    @Override
    void close() throws Exception;
}
