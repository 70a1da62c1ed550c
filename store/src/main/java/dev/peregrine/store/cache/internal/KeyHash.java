/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;

/** A seeded 64-bit hash of a key's bytes: folded 128-bit products, eight bytes at a time. Not for cryptography. */
final class KeyHash {
    private static final long K0 = 0xA076_1D64_78BD_642FL;
    private static final long K1 = 0xE703_7ED1_A0B4_28DBL;
    private static final long K2 = 0x8EBC_6AF0_9C88_C6E3L;

    private KeyHash() {
    }

    static long of(final DirectBuffer buffer, final int offset, final int length, final long seed) {
        long hash = seed ^ length * K0;
        int at = offset;
        final int end = offset + length;
        while (end - at >= BitUtil.SIZE_OF_LONG) {
            hash = fold(hash ^ buffer.getLong(at), K1);
            at += BitUtil.SIZE_OF_LONG;
        }
        long tail = 0;
        if (end - at >= BitUtil.SIZE_OF_INT) {
            tail = buffer.getInt(at) & 0xFFFF_FFFFL;
            at += BitUtil.SIZE_OF_INT;
        }
        while (at < end) {
            tail = tail << Byte.SIZE | buffer.getByte(at) & 0xFF;
            at++;
        }
        return mix(fold(hash ^ tail ^ K2, K1));
    }

    private static long fold(final long a, final long b) {
        return Math.multiplyHigh(a, b) ^ a * b;
    }

    private static long mix(final long value) {
        long mixed = (value ^ value >>> 33) * 0xFF51_AFD7_ED55_8CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CE_B9FE_1A85_EC53L;
        return mixed ^ mixed >>> 33;
    }
}
