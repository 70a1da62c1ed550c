/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.aggregate;

import dev.peregrine.topology.EventView;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Several aggregators over the same events. */
final class CompositeAggregator implements Aggregator {
    private static final long serialVersionUID = 1;

    private final Aggregator[] parts;

    CompositeAggregator(final Aggregator[] parts) {
        this.parts = parts.clone();
    }

    @Override
    public int accumulatorLength() {
        int length = 0;
        for (final Aggregator part : parts) {
            length += part.accumulatorLength();
        }
        return length;
    }

    @Override
    public void add(final EventView event, final MutableDirectBuffer accumulator, final int offset) {
        int at = offset;
        for (int i = 0; i < parts.length; i++) {
            parts[i].add(event, accumulator, at);
            at += parts[i].accumulatorLength();
        }
    }

    @Override
    public void merge(
        final DirectBuffer from, final int fromOffset, final MutableDirectBuffer into, final int offset) {
        int at = 0;
        for (int i = 0; i < parts.length; i++) {
            parts[i].merge(from, fromOffset + at, into, offset + at);
            at += parts[i].accumulatorLength();
        }
    }

    @Override
    public int resultLength() {
        int length = 0;
        for (final Aggregator part : parts) {
            length += part.resultLength();
        }
        return length;
    }

    @Override
    public void result(
        final DirectBuffer accumulator, final int offset, final MutableDirectBuffer into, final int intoOffset) {
        int at = offset;
        int intoAt = intoOffset;
        for (int i = 0; i < parts.length; i++) {
            parts[i].result(accumulator, at, into, intoAt);
            at += parts[i].accumulatorLength();
            intoAt += parts[i].resultLength();
        }
    }

    @Override
    public Aggregator forInstance() {
        return new CompositeAggregator(Arrays.stream(parts).map(Aggregator::forInstance).toArray(Aggregator[]::new));
    }
}
