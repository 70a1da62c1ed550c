/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology;

import java.util.HashMap;
import java.util.Map;
import org.agrona.DirectBuffer;

/** Counts in a map of strings to arrays: what one writes without a library. It keeps nothing over a crash. */
final class HashMapWindowCounter implements WindowCounter {
    private final Map<String, long[]> counts = new HashMap<>();
    private long emitted;

    @Override
    public void count(final DirectBuffer buffer, final int keyOffset, final long window) {
        final String key = buffer.getStringWithoutLengthAscii(keyOffset, WindowedCount.KEY_LENGTH);
        final long[] value = counts.computeIfAbsent(key, missing -> new long[2]);
        if (value[0] != window) {
            emitted += value[1];
            value[0] = window;
            value[1] = 1;
        } else {
            value[1]++;
        }
    }

    @Override
    public void endEpoch() {
        // knows no epochs
    }

    @Override
    public String toString() {
        return emitted + " emitted";
    }
}
