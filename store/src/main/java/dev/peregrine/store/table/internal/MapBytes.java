/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.table.internal;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;

/** A reusable run of bytes: key and value type of the Chronicle Map, so that no array is made per operation. */
public final class MapBytes {
    private static final int INITIAL_LENGTH = 256;

    final ExpandableDirectByteBuffer buffer = new ExpandableDirectByteBuffer(INITIAL_LENGTH);
    int length;

    MapBytes set(final DirectBuffer from, final int offset, final int newLength) {
        buffer.putBytes(0, from, offset, newLength);
        length = newLength;
        return this;
    }
}
