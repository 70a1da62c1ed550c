/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A shard's off-heap memory: its control block and the allocations, of at most 1 GiB each, that hold its segments.
 * Freed by {@link #free()} and at no other time; whoever calls it makes sure that nobody uses the memory any more.
 */
final class ShardMemory {
    private final CacheLayout layout;
    private final ByteBuffer[] allocations;
    private final UnsafeBuffer control;
    private final UnsafeBuffer[] chunks;
    private final int chunkShift;
    private final int chunkMask;
    private final int offsetBits;
    private final int segmentLength;

    /** Allocates zeroed memory; an OutOfMemoryError leaves nothing behind. */
    ShardMemory(final CacheLayout layout) {
        this.layout = layout;
        chunkShift = layout.chunkShift();
        chunkMask = (1 << chunkShift) - 1;
        offsetBits = layout.offsetBits();
        segmentLength = layout.segmentLength();
        allocations = new ByteBuffer[1 + layout.chunks()];
        chunks = new UnsafeBuffer[layout.chunks()];
        boolean complete = false;
        try {
            control = allocate(0, layout.controlLength());
            for (int i = 0; i < chunks.length; i++) {
                chunks[i] = allocate(1 + i, layout.chunkLength(i));
            }
            complete = true;
        } finally {
            if (!complete) {
                freeAllocations();
            }
        }
    }

    private UnsafeBuffer allocate(final int index, final int length) {
        // Aligned by hand: a slice, which BufferUtil's aligned allocation returns, could not be freed on close.
        final ByteBuffer buffer = ByteBuffer.allocateDirect(length + CacheLayout.ALIGNMENT);
        allocations[index] = buffer;
        final long address = BufferUtil.address(buffer);
        final int offset = (int) (BitUtil.align(address, CacheLayout.ALIGNMENT) - address);
        return new UnsafeBuffer(buffer, offset, length);
    }

    CacheLayout layout() {
        return layout;
    }

    /** Recycle sequence, segment headers and index. */
    UnsafeBuffer control() {
        return control;
    }

    /** Where an item is, as index entries keep it. */
    long location(final int segment, final int offsetInSegment) {
        return (long) segment << offsetBits | offsetInSegment;
    }

    int segmentOf(final long location) {
        return (int) (location >>> offsetBits);
    }

    int offsetInSegment(final long location) {
        return (int) location & (1 << offsetBits) - 1;
    }

    /** The buffer that holds a segment. */
    UnsafeBuffer chunk(final int segment) {
        return chunks[segment >>> chunkShift];
    }

    /** Where in {@link #chunk(int)} a segment begins. */
    int chunkOffset(final int segment) {
        return (segment & chunkMask) * segmentLength;
    }

    /** Gives the memory back; the buffers are empty afterwards, so that a use by mistake is an exception. */
    void free() {
        control.wrap(BufferUtil.NULL_BYTES);
        for (final UnsafeBuffer chunk : chunks) {
            chunk.wrap(BufferUtil.NULL_BYTES);
        }
        freeAllocations();
    }

    private void freeAllocations() {
        for (int i = 0; i < allocations.length; i++) {
            if (allocations[i] != null) {
                BufferUtil.free(allocations[i]);
                allocations[i] = null;
            }
        }
    }
}
