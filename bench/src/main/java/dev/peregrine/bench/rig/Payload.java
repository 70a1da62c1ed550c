/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import java.util.SplittableRandom;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Payloads to send: off-heap, filled with a pattern. */
public final class Payload {
    private static final int LETTERS = 26;

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

    /** Fills the first half with other random letters, so that the payload shrinks as text does and no more. */
    public static void shuffle(final UnsafeBuffer payload, final SplittableRandom random) {
        for (int i = 0; i < payload.capacity() / 2; i++) {
            payload.putByte(i, (byte) ('a' + random.nextInt(LETTERS)));
        }
    }
}
