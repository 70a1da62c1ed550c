/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import org.agrona.DirectBuffer;

/**
 * An event as a stage sees it (Heron: tuple): a flyweight that is valid only during the call. Not thread-safe.
 */
public interface EventView {
    /** The memory that holds the payload. */
    DirectBuffer buffer();

    /** Where the payload starts in {@link #buffer()}. */
    int offset();

    /** Bytes of payload. */
    int length();

    /** Hash of the event's key: what key grouping routes by. */
    long keyHash();

    /** When the event was published, nanoseconds since 1970. */
    long timestampNs();

    /** SBE schema id of the payload. */
    int schemaId();

    /** SBE template id of the payload. */
    int templateId();
}
