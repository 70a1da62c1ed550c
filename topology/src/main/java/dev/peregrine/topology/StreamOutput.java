/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Publishes into a stream from within a topology, by the topology's {@link Delivery}: under effectively-once, records go
 * out when their epoch is committed, each exactly once over any crash. Partitions are chosen by key hash.
 *
 * <p>For the thread of its instance. Allocates only while its buffer grows.
 */
public interface StreamOutput {
    /** Claims room for a record's payload and returns the offset in {@link #buffer()} at which to write it. */
    int claim(int lengthBytes);

    /** The memory of the current claim. */
    MutableDirectBuffer buffer();

    /** Gives the claimed record a key; the bytes are copied. Once per record, before its headers. */
    void key(DirectBuffer source, int offset, int length);

    /** Gives the claimed record a header; name (UTF-8) and value are copied. */
    void header(byte[] name, DirectBuffer source, int offset, int length);

    /** Finishes the claimed record. */
    void commit(long keyHash, long timestampNs, int schemaId, int templateId);

    /** Gives the claim up. */
    void abort();

    /** Publishes an event as it is. */
    default void publish(final EventView event) {
        final int at = claim(event.length());
        buffer().putBytes(at, event.buffer(), event.offset(), event.length());
        commit(event.keyHash(), event.timestampNs(), event.schemaId(), event.templateId());
    }
}
