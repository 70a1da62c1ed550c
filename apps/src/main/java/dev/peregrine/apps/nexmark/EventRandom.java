/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import org.agrona.MutableDirectBuffer;

/**
 * Pseudo-random numbers that depend on a seed and an event's number only: SplitMix64 (Steele, Lea, Flood: Fast
 * splittable pseudorandom number generators, OOPSLA 2014), begun anew for each event. Used by one thread.
 */
final class EventRandom {
    private static final long GAMMA = 0x9E37_79B9_7F4A_7C15L;
    private static final int LETTERS = 26;
    private static final int SPACE_EVERY = 13;
    private static final int MIN_TEXT = 3;

    private long state;

    /** Begins an event. */
    void begin(final long seed, final long event) {
        state = mix(seed ^ mix(event * GAMMA));
    }

    private long next() {
        state += GAMMA;
        return mix(state);
    }

    private static long mix(final long value) {
        long z = (value ^ value >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }

    /** From 0 to below a bound, without division (Lemire: Fast random integer generation in an interval). */
    int below(final int bound) {
        return (int) ((next() >>> 32) * bound >>> 32);
    }

    /** A price of 1 to 1,000,000 dollars in cents, evenly distributed in its logarithm; the same on every machine. */
    long price() {
        final double unit = (next() >>> 11) * 0x1.0p-53;
        return Math.round(StrictMath.pow(10, unit * 6) * 100);
    }

    /** Writes words of 3 to below a number of characters in all; returns how many. */
    int putText(final MutableDirectBuffer buffer, final int offset, final int maxLength) {
        final int length = MIN_TEXT + below(maxLength - MIN_TEXT);
        for (int i = 0; i < length; i++) {
            final boolean space = below(SPACE_EVERY) == 0 && i > 0 && i < length - 1;
            buffer.putByte(offset + i, (byte) (space ? ' ' : 'a' + below(LETTERS)));
        }
        return length;
    }

    /** Writes letters, eight from each number drawn. */
    void putLetters(final MutableDirectBuffer buffer, final int offset, final int length) {
        long bits = 0;
        for (int i = 0; i < length; i++) {
            if (i % Long.BYTES == 0) {
                bits = next();
            }
            buffer.putByte(offset + i, (byte) ('a' + ((bits & 0xFF) * LETTERS >>> Byte.SIZE)));
            bits >>>= Byte.SIZE;
        }
    }

    /** Length of a filling that makes an event as long as the average, give or take a fifth of the filling. */
    int fillingLength(final int lengthSoFar, final int averageLength) {
        final int filling = averageLength - lengthSoFar;
        if (filling <= 0) {
            return 0;
        }
        final int spread = Math.round(filling * 0.2f);
        return filling - spread + (spread == 0 ? 0 : below(2 * spread));
    }
}
