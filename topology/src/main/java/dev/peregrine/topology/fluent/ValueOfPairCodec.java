/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Reads the value of a pair. */
record ValueOfPairCodec<V>(Codec<V> values) implements CodecScope.Scoped<V> {
    @Override
    public Codec<V> bind(final CodecScope scope) {
        return new ValueOfPairCodec<>(scope.bind(values));
    }

    @Override
    public V decode(final DirectBuffer buffer, final int offset, final int length) {
        return values.decode(buffer, offset,
            length - PairDescriptor.keyLength(buffer, offset, length) - PairDescriptor.TRAILER_LENGTH);
    }

    @Override
    public int encode(final V value, final MutableDirectBuffer into, final int offset) {
        throw new IllegalStateException("a value alone is no pair");
    }
}
