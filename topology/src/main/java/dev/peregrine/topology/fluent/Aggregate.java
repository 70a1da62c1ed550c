/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.EventView;
import dev.peregrine.topology.aggregate.Aggregator;
import java.io.Serializable;

/**
 * Something to compute over values: an {@link Aggregator} of the engine's that reads values instead of events.
 * {@link Aggregates} has those that come with the engine.
 *
 * @param <T> type of the values.
 * @param <R> type of the result.
 */
public interface Aggregate<T, R> extends Serializable {
    /** Makes the aggregator of one instance. */
    Aggregator over(ValueReader<T> values);

    /** Reads the aggregator's result. */
    Codec<R> results();

    /**
     * Reads values of events.
     *
     * @param <T> type of the values.
     */
    @FunctionalInterface
    interface ValueReader<T> {
        /** The value of an event; may be kept as its codec allows. */
        T read(EventView event);
    }
}
