/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.window.WindowResultDescriptor;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Results of windows, as {@link WindowResultDescriptor} has them. */
record WindowResultCodec<K, R>(Codec<K> keys, Codec<R> values) implements CodecScope.Scoped<WindowResult<K, R>> {
    /** By their number in the events. */
    private static final WindowResult.Firing[] FIRINGS = WindowResult.Firing.values();

    @Override
    public Codec<WindowResult<K, R>> bind(final CodecScope scope) {
        return new WindowResultCodec<>(scope.bind(keys), scope.bind(values));
    }

    @Override
    public WindowResult<K, R> decode(final DirectBuffer buffer, final int offset, final int length) {
        final int keyLength = buffer.getInt(offset + WindowResultDescriptor.KEY_LENGTH_OFFSET);
        final int valueAt = offset + WindowResultDescriptor.RESULT_OFFSET;
        final int keyAt = offset + length - keyLength;
        return new WindowResult<>(keys.decode(buffer, keyAt, keyLength),
            buffer.getLong(offset + WindowResultDescriptor.START_OFFSET),
            buffer.getLong(offset + WindowResultDescriptor.END_OFFSET),
            FIRINGS[buffer.getInt(offset + WindowResultDescriptor.FIRING_OFFSET)],
            values.decode(buffer, valueAt, keyAt - valueAt));
    }

    @Override
    public int encode(final WindowResult<K, R> result, final MutableDirectBuffer into, final int offset) {
        final int valueAt = offset + WindowResultDescriptor.RESULT_OFFSET;
        final int keyAt = valueAt + values.encode(result.value(), into, valueAt);
        final int keyLength = keys.encode(result.key(), into, keyAt);
        into.putLong(offset + WindowResultDescriptor.START_OFFSET, result.startNs());
        into.putLong(offset + WindowResultDescriptor.END_OFFSET, result.endNs());
        into.putInt(offset + WindowResultDescriptor.KEY_LENGTH_OFFSET, keyLength);
        into.putInt(offset + WindowResultDescriptor.FIRING_OFFSET, result.firing().ordinal());
        return keyAt + keyLength - offset;
    }
}
