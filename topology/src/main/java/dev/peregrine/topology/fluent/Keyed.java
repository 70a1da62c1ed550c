/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.KeyView;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.StateTtl;
import java.io.Serializable;

/**
 * What a stage per key needs to know of its input.
 *
 * @param selector finds the key.
 * @param values reads the value.
 * @param inPairs whether the value lies in a pair with the key.
 * @param perEpoch whether results come once an epoch.
 * @param ttlNs after how many nanoseconds without an event a key is forgotten; 0 for never.
 * @param <T> type of the values.
 */
record Keyed<T>(KeySelector selector, Codec<T> values, boolean inPairs, boolean perEpoch, long ttlNs)
    implements Serializable {

    /** Keys that lie in the value. */
    static <T> Keyed<T> by(final KeySelector selector, final Codec<T> values) {
        return new Keyed<>(selector, values, false, false, 0);
    }

    /** Keys that lie behind the value. */
    static <T> Keyed<T> inPairs(final Codec<T> values) {
        return new Keyed<>((event, key) -> {
            final int length = PairDescriptor.keyLength(event.buffer(), event.offset(), event.length());
            key.set(event.buffer(), PairDescriptor.keyOffset(event.offset(), event.length(), length), length);
        }, values, true, false, 0);
    }

    Keyed<T> withPerEpoch() {
        return new Keyed<>(selector, values, inPairs, true, ttlNs);
    }

    Keyed<T> withTtlNs(final long value) {
        return new Keyed<>(selector, values, inPairs, perEpoch, value);
    }

    /** The event without its key, if that stands behind it; in the view, if it must be another one. */
    EventView value(final EventView event, final KeyView key, final EventBytes view) {
        return inPairs ? view.like(event).set(event.buffer(), event.offset(),
            event.length() - key.length() - PairDescriptor.TRAILER_LENGTH) : event;
    }

    StateTtl ttl(final StageContext context) {
        return ttlNs == 0 ? StateTtl.NEVER : StateTtl.of(ttlNs, context.processingClock());
    }
}
