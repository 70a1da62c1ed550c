/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;

/**
 * An ad as a number, so that counting needs no text: the item id times two, plus one for the women's audience. Its name,
 * {@code men/17}, is written only where results leave the topology.
 */
final class AdKey {
    /** Longest name: "women/" and ten digits. */
    static final int MAX_NAME_LENGTH = 16;
    private static final byte[] MEN = "men/".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] WOMEN = "women/".getBytes(StandardCharsets.US_ASCII);

    private AdKey() {
    }

    static long of(final long itemId, final boolean women) {
        return itemId << 1 | (women ? 1 : 0);
    }

    /** Writes the ad's name in ASCII; returns its length. Allocates nothing. */
    static int putName(final MutableDirectBuffer target, final int offset, final long ad) {
        final byte[] audience = (ad & 1) == 1 ? WOMEN : MEN;
        target.putBytes(offset, audience);
        return audience.length + target.putNaturalLongAscii(offset + audience.length, ad >>> 1);
    }
}
