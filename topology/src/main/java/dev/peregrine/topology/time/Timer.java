/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.time;

import org.agrona.DirectBuffer;

/** A timer that fires: a flyweight, valid during the call. */
public interface Timer {
    /** Whether it was set in event time; else in processing time. */
    boolean isEventTime();

    /** The stage's own number for what it is about. */
    int kind();

    /** The time it was set for, nanoseconds since 1970. */
    long timeNs();

    /** The memory that holds the key. */
    DirectBuffer keyBuffer();

    /** Where the key starts in {@link #keyBuffer()}. */
    int keyOffset();

    /** Bytes of key. */
    int keyLength();

    /** Routing hash of the event that was at work when the timer was set. */
    long keyHash();
}
