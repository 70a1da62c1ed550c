/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Says where the bytes of a key lie; filled by a {@link KeySelector}. Used by one thread. */
public final class KeyView {
    private DirectBuffer buffer;
    private int offset;
    private int length;
    private UnsafeBuffer own;

    /** The key is these bytes, which stay where they are until the event has been handled. */
    public void set(final DirectBuffer memory, final int at, final int bytes) {
        buffer = memory;
        offset = at;
        length = bytes;
    }

    /** The key is the eight bytes of a number. */
    public void set(final long number) {
        if (own == null) {
            own = new UnsafeBuffer(new byte[Long.BYTES]);
        }
        own.putLong(0, number);
        set(own, 0, Long.BYTES);
    }

    /** The memory that holds the key. */
    public DirectBuffer buffer() {
        return buffer;
    }

    /** Where the key starts in {@link #buffer()}. */
    public int offset() {
        return offset;
    }

    /** Bytes of key. */
    public int length() {
        return length;
    }
}
