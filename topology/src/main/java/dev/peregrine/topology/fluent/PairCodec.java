/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Pairs, as {@link PairDescriptor} has them. */
record PairCodec<K, V>(Codec<K> key, Codec<V> value) implements CodecScope.Scoped<Pair<K, V>> {
    @Override
    public Codec<Pair<K, V>> bind(final CodecScope scope) {
        return new PairCodec<>(scope.bind(key), scope.bind(value));
    }

    @Override
    public Pair<K, V> decode(final DirectBuffer buffer, final int offset, final int length) {
        final int keyLength = PairDescriptor.keyLength(buffer, offset, length);
        final int keyOffset = PairDescriptor.keyOffset(offset, length, keyLength);
        return new Pair<>(key.decode(buffer, keyOffset, keyLength), value.decode(buffer, offset, keyOffset - offset));
    }

    @Override
    public int encode(final Pair<K, V> pair, final MutableDirectBuffer into, final int offset) {
        final int valueLength = value.encode(pair.value(), into, offset);
        final int keyLength = key.encode(pair.key(), into, offset + valueLength);
        into.putInt(offset + valueLength + keyLength, keyLength);
        return valueLength + keyLength + PairDescriptor.TRAILER_LENGTH;
    }
}
