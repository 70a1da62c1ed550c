/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.campaigns;

/** Numbers that look random and follow from two others: SplitMix64's finalizer (Steele, Lea, Flood, OOPSLA 2014). */
final class Mix {
    private static final long GAMMA = 0x9E37_79B9_7F4A_7C15L;

    private Mix() {
    }

    static long of(final long seed, final long number) {
        return mix(mix(seed + GAMMA) + number * GAMMA);
    }

    private static long mix(final long value) {
        long z = (value ^ value >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }
}
