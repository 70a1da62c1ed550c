/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.window;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.aggregate.Aggregator;
import org.agrona.DirectBuffer;

/** Writes the events that windows emit, see {@link WindowResultDescriptor}. */
final class WindowResults {
    private final Aggregator aggregator;

    WindowResults(final Aggregator aggregator) {
        this.aggregator = aggregator;
    }

    void emit(
        final DirectBuffer keys, final int keyOffset, final int keyLength, final DirectBuffer accumulators,
        final int accumulator, final long start, final long end, final int firing, final long keyHash,
        final long timestampNs, final Emitter out) {
        final int keyAt = WindowResultDescriptor.RESULT_OFFSET + aggregator.resultLength();
        final int at = out.claim(keyAt + keyLength);
        out.buffer().putLong(at + WindowResultDescriptor.START_OFFSET, start);
        out.buffer().putLong(at + WindowResultDescriptor.END_OFFSET, end);
        out.buffer().putInt(at + WindowResultDescriptor.KEY_LENGTH_OFFSET, keyLength);
        out.buffer().putInt(at + WindowResultDescriptor.FIRING_OFFSET, firing);
        aggregator.result(accumulators, accumulator, out.buffer(), at + WindowResultDescriptor.RESULT_OFFSET);
        out.buffer().putBytes(at + keyAt, keys, keyOffset, keyLength);
        out.commit(keyHash, timestampNs, 0, 0);
    }
}
