/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import java.util.Arrays;

/**
 * What is due when: numbers in the order of a time, those of one time in their own. A binary heap (Williams, 1964) that
 * a stage keeps beside its state and fills anew from it. Allocates only when it grows. Used by one thread.
 */
final class DueHeap {
    private static final int INITIAL = 1_024;

    private long[] times = new long[INITIAL];
    private long[] values = new long[INITIAL];
    private int size;

    /** Adds a number that is due at a time. */
    void add(final long time, final long value) {
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
        }
        int at = size++;
        while (at > 0) {
            final int parent = at - 1 >>> 1;
            if (!isBefore(time, value, parent)) {
                break;
            }
            times[at] = times[parent];
            values[at] = values[parent];
            at = parent;
        }
        times[at] = time;
        values[at] = value;
    }

    private boolean isBefore(final long time, final long value, final int other) {
        return time < times[other] || time == times[other] && value < values[other];
    }

    /** Whether the first is due at a time or before. */
    boolean isDue(final long time) {
        return size > 0 && times[0] <= time;
    }

    /** When the first is due. */
    long firstTime() {
        return times[0];
    }

    /** Takes the first out. */
    long remove() {
        final long first = values[0];
        size--;
        final long time = times[size];
        final long value = values[size];
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && isBefore(times[child + 1], values[child + 1], child)) {
                child++;
            }
            if (isBefore(time, value, child)) {
                break;
            }
            times[at] = times[child];
            values[at] = values[child];
            at = child;
        }
        times[at] = time;
        values[at] = value;
        return first;
    }
}
