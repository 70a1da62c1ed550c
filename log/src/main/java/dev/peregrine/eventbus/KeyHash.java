/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * The 64-bit hash by which keys are spread over partitions and instances. It is stored in frames and decides which
 * partition a key lives in, so it must never change: multiply-and-fold over eight bytes at a time, with the finalizer
 * of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
 */
public final class KeyHash {
    private static final long SEED = 0x9E3779B97F4A7C15L;
    private static final long MUL = 0xBF58476D1CE4E5B9L;

    private KeyHash() {
    }

    /** Hash of a number. */
    public static long of(final long value) {
        return mix(value + SEED);
    }

    /** Hash of the eight bytes of a number, little-endian: the same as if they lay in a buffer. */
    public static long ofBytes(final long value) {
        return mix(step(SEED ^ Long.BYTES, value));
    }

    private static long step(final long hash, final long word) {
        return Long.rotateLeft((hash ^ word) * MUL, 29);
    }

    /** Hash of bytes. */
    public static long of(final DirectBuffer buffer, final int offset, final int length) {
        long hash = SEED ^ length;
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            hash = step(hash, buffer.getLong(offset + i, ByteOrder.LITTLE_ENDIAN));
        }
        long rest = 0;
        for (; i < length; i++) {
            rest = rest << 8 | (buffer.getByte(offset + i) & 0xFF);
        }
        return mix(hash ^ rest);
    }

    /** Hash of a text's UTF-8 bytes; allocates. */
    public static long of(final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return of(new org.agrona.concurrent.UnsafeBuffer(bytes), 0, bytes.length);
    }

    /** Spreads a hash evenly over a number of buckets, without division (Lemire: Fast random integer generation). */
    public static int bucket(final long hash, final int buckets) {
        return (int) (((hash >>> 32) * buckets) >>> 32);
    }

    private static long mix(final long value) {
        long z = (value ^ (value >>> 30)) * MUL;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
