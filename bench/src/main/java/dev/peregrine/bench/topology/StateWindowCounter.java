/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology;

import dev.peregrine.topology.internal.OffHeapValueState;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Counts in the engine's keyed state; at an epoch's end it visits what has changed, as the engine does to log it. */
final class StateWindowCounter implements WindowCounter {
    private static final int WINDOW = 0;
    private static final int COUNT = 8;
    private static final int VALUE_LENGTH = 16;

    private final OffHeapValueState state =
        new OffHeapValueState("bench", 1, WindowedCount.KEY_LENGTH, VALUE_LENGTH);
    private final KeyedValueState.EntryVisitor visitor = this::onChanged;
    private long emitted;
    private long logged;

    @Override
    public void count(final DirectBuffer key, final int keyOffset, final long window) {
        final int value = state.getOrCreate(key, keyOffset, WindowedCount.KEY_LENGTH);
        final MutableDirectBuffer buffer = state.buffer();
        if (buffer.getLong(value + WINDOW) != window) {
            emitted += buffer.getLong(value + COUNT);
            buffer.putLong(value + WINDOW, window);
            buffer.putLong(value + COUNT, 1);
        } else {
            buffer.putLong(value + COUNT, buffer.getLong(value + COUNT) + 1);
        }
    }

    private void onChanged(
        final MutableDirectBuffer buffer, final int keyOffset, final int keyLength, final int valueOffset) {
        logged += buffer.getLong(valueOffset + COUNT);
    }

    @Override
    public void endEpoch() {
        state.forEachChanged(visitor);
        state.clearChanged();
    }

    @Override
    public String toString() {
        return emitted + " emitted, " + logged + " logged";
    }
}
