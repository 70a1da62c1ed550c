/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology;

import org.agrona.DirectBuffer;

/** Counts per key and window. Used by one thread. */
interface WindowCounter {
    /** Counts an event of the key at the offset. */
    void count(DirectBuffer buffer, int keyOffset, long window);

    /** Hands on what has changed since the last call, where the subject keeps epochs. */
    void endEpoch();
}
