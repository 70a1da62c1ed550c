/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.aggregate;

import dev.peregrine.topology.EventView;
import java.io.Serializable;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Computes something over events in an accumulator of a fixed number of bytes, which belongs to the caller and lies off
 * the heap, aligned to eight. An accumulator of zeros has seen no event. Adding and merging must not depend on the
 * order.
 *
 * <p>The same aggregator may be handed to several instances: each takes its own by {@link #forInstance} and uses it from
 * one thread. What it does per event must not allocate.
 */
public interface Aggregator extends Serializable {
    /** Bytes of accumulator, a multiple of eight. */
    int accumulatorLength();

    /** Takes an event in. */
    void add(EventView event, MutableDirectBuffer accumulator, int offset);

    /** Takes in all that another accumulator has seen; that one stays as it is. */
    void merge(DirectBuffer from, int fromOffset, MutableDirectBuffer into, int offset);

    /** Bytes of result, a multiple of eight. */
    int resultLength();

    /** Writes the result. The accumulator stays as it is. */
    void result(DirectBuffer accumulator, int offset, MutableDirectBuffer into, int intoOffset);

    /** The aggregator for one instance: this one, unless it needs memory of its own. */
    default Aggregator forInstance() {
        return this;
    }
}
