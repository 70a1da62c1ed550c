/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import org.agrona.concurrent.UnsafeBuffer;

/** A key of two numbers. Used by one thread. */
final class PairKey {
    static final int LENGTH = 2 * Long.BYTES;
    static final int SECOND = Long.BYTES;

    private final UnsafeBuffer buffer = new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(LENGTH));

    /** The key's bytes, valid until the next call. */
    UnsafeBuffer of(final long first, final long second) {
        buffer.putLong(0, first);
        buffer.putLong(SECOND, second);
        return buffer;
    }

    /** The bytes of a key of one number, valid until the next call. */
    UnsafeBuffer of(final long only) {
        buffer.putLong(0, only);
        return buffer;
    }
}
