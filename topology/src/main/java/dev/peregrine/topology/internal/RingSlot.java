/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A preallocated place in a ring: off-heap room for a payload, and the event's fields. A payload that is longer than the
 * room lies in the ring's {@link LargeEvents}. Visibility between threads is the ring's.
 */
final class RingSlot {
    static final int EVENT = 0;
    static final int MARKER = 1;
    static final int WATERMARK = 2;
    static final int LARGE_EVENT = 3;

    final UnsafeBuffer payload;
    int kind;
    int length;
    long keyHash;
    /** Publish timestamp of an event, number of an epoch, or time of a watermark. */
    long time;
    int schemaId;
    int templateId;
    /** Where the room of a large event ends. */
    long largeEnd;

    RingSlot(final int payloadLength) {
        payload = new UnsafeBuffer(BufferUtil.allocateDirectAligned(payloadLength, BitUtil.CACHE_LINE_LENGTH));
    }
}
