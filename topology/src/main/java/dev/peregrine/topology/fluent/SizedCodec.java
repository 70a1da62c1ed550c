/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A value in a place of a fixed length, as an accumulator needs it.
 *
 * <pre>
 *  +-----------------------------+
 *  | Length + 1 (i64); 0 = none  |  0
 *  +-----------------------------+
 *  | Value (padded)             ...  8
 *  +-----------------------------+
 * </pre>
 */
record SizedCodec<T>(Codec<T> values, int maxLength) implements CodecScope.Scoped<T> {
    static final int LENGTH_OFFSET = 0;
    static final int VALUE_OFFSET = LENGTH_OFFSET + BitUtil.SIZE_OF_LONG;

    @Override
    public Codec<T> bind(final CodecScope scope) {
        return new SizedCodec<>(scope.bind(values), maxLength);
    }

    /** Bytes of the whole place. */
    int length() {
        return VALUE_OFFSET + BitUtil.align(maxLength, BitUtil.SIZE_OF_LONG);
    }

    static boolean isEmpty(final DirectBuffer buffer, final int offset) {
        return buffer.getLong(offset + LENGTH_OFFSET) == 0;
    }

    /** Puts a copy of the bytes of a value there. */
    void put(
        final MutableDirectBuffer into, final int offset, final DirectBuffer from, final int at, final int valueLength) {
        if (valueLength > maxLength) {
            throw new IllegalArgumentException(
                "a value of " + valueLength + " bytes in an aggregate of values of at most " + maxLength);
        }
        into.putLong(offset + LENGTH_OFFSET, valueLength + 1L);
        into.putBytes(offset + VALUE_OFFSET, from, at, valueLength);
    }

    @Override
    public T decode(final DirectBuffer buffer, final int offset, final int length) {
        return values.decode(buffer, offset + VALUE_OFFSET, (int) buffer.getLong(offset + LENGTH_OFFSET) - 1);
    }

    @Override
    public int encode(final T value, final MutableDirectBuffer into, final int offset) {
        into.setMemory(offset, length(), (byte) 0);
        into.putLong(offset + LENGTH_OFFSET, values.encode(value, into, offset + VALUE_OFFSET) + 1L);
        return length();
    }
}
