/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Layout of a pair, and of an event between {@code keyBy} with a function and the operator behind it. The value comes
 * first, so that it can be read as if it were alone.
 *
 * <pre>
 *  +-----------------------------+
 *  | Value                      ...  0
 *  +-----------------------------+
 *  | Key                        ...
 *  +-----------------------------+
 *  | Key length (i32)            |  length - 4
 *  +-----------------------------+
 * </pre>
 */
public final class PairDescriptor {
    /** Bytes behind the key. */
    public static final int TRAILER_LENGTH = BitUtil.SIZE_OF_INT;

    private PairDescriptor() {
    }

    /** Length of the key of a pair that lies there. */
    public static int keyLength(final DirectBuffer buffer, final int offset, final int length) {
        final int keyLength = length < TRAILER_LENGTH ? -1 : buffer.getInt(offset + length - TRAILER_LENGTH);
        if (keyLength < 0 || keyLength > length - TRAILER_LENGTH) {
            throw new IllegalArgumentException("no pair: " + length + " bytes with a key of " + keyLength);
        }
        return keyLength;
    }

    /** Puts the key and its length behind a value. */
    static void putKey(
        final MutableDirectBuffer into, final int at, final DirectBuffer key, final int offset, final int keyLength) {
        into.putBytes(at, key, offset, keyLength);
        into.putInt(at + keyLength, keyLength);
    }

    /** Where the key begins, which is where the value ends. */
    public static int keyOffset(final int offset, final int length, final int keyLength) {
        return offset + length - TRAILER_LENGTH - keyLength;
    }
}
