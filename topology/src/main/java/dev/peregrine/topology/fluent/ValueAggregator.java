/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeyView;
import dev.peregrine.topology.aggregate.Aggregator;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** An aggregate over the values of keyed events. */
final class ValueAggregator<T> implements Aggregator {
    private static final long serialVersionUID = 1;

    private final Keyed<T> keyed;
    private final Aggregate<T, ?> aggregate;
    private final transient Aggregator aggregator;
    private final transient KeyView key = new KeyView();
    private final transient EventBytes view = new EventBytes();

    ValueAggregator(final Keyed<T> keyed, final Aggregate<T, ?> aggregate) {
        this.keyed = keyed;
        this.aggregate = aggregate;
        final Codec<T> values = keyed.values().forInstance();
        this.aggregator = aggregate.over(
            event -> values.decode(event.buffer(), event.offset(), event.length())).forInstance();
    }

    @Override
    public Aggregator forInstance() {
        return new ValueAggregator<>(keyed, aggregate);
    }

    private Object readResolve() {
        return forInstance();
    }

    @Override
    public int accumulatorLength() {
        return aggregator.accumulatorLength();
    }

    @Override
    public void add(final EventView event, final MutableDirectBuffer accumulator, final int offset) {
        if (keyed.inPairs()) {
            keyed.selector().select(event, key);
        }
        aggregator.add(keyed.value(event, key, view), accumulator, offset);
    }

    @Override
    public void merge(
        final DirectBuffer from, final int fromOffset, final MutableDirectBuffer into, final int offset) {
        aggregator.merge(from, fromOffset, into, offset);
    }

    @Override
    public int resultLength() {
        return aggregator.resultLength();
    }

    @Override
    public void result(
        final DirectBuffer accumulator, final int offset, final MutableDirectBuffer into, final int intoOffset) {
        aggregator.result(accumulator, offset, into, intoOffset);
    }
}
