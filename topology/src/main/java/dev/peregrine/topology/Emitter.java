/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import org.agrona.MutableDirectBuffer;

/**
 * Where a stage puts its outgoing events. Either {@link #forward} an incoming event as it is, or claim, write and
 * commit:
 *
 * <pre>{@code
 * int at = out.claim(24);
 * out.buffer().putLong(at, count);
 * out.commit(keyHash, timestampNs, schemaId, templateId);
 * }</pre>
 *
 * <p>One claim at a time. The buffer belongs to the runtime and is valid until {@link #commit}. A claim on a full edge
 * waits until the consumer has made room: that is back pressure. Used by the stage's own thread only.
 */
public interface Emitter {
    /** Claims room for an outgoing event and returns the offset in {@link #buffer()} at which to write. */
    int claim(int lengthBytes);

    /** The memory of the current claim. */
    MutableDirectBuffer buffer();

    /** Sends the claimed event to every subscriber of this stage's output. */
    void commit(long keyHash, long timestampNs, int schemaId, int templateId);

    /** Gives the current claim up. */
    void abort();

    /** Sends an incoming event on, unchanged but for its key. */
    void forward(EventView event, long keyHash);

    /**
     * Names the instance that the next event goes to in components that read this by {@link Grouping#DIRECT}; it stays
     * until another is named.
     *
     * @throws IllegalArgumentException if such a component has no instance of this number.
     */
    Emitter toTask(int task);

    /**
     * Says that event time has moved: no event earlier than this will be emitted. Receivers take the minimum over their
     * inputs; a watermark that does not move forward is ignored.
     */
    void watermark(long eventTimeNs);
}
