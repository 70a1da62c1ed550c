/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology;

import org.agrona.concurrent.UnsafeBuffer;

/** Counts ad events. Used by one thread. */
interface AdCounter {
    /** Counts the event whose SBE message stands at the offset. */
    void count(UnsafeBuffer buffer, int offset);

    /** Hands the totals on. */
    void endEpoch();
}
