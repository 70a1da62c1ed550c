/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Payloads to send: off-heap, filled with a pattern. */
public final class Payload {
    private Payload() {
    }

    /** A payload of so many bytes, at least eight. */
    public static UnsafeBuffer of(final int length) {
        final UnsafeBuffer buffer =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, BitUtil.CACHE_LINE_LENGTH), 0, length);
        for (int i = 0; i < length; i++) {
            buffer.putByte(i, (byte) (i * 31));
        }
        return buffer;
    }
}
