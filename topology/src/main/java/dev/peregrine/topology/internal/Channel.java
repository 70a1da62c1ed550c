/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.EventView;

/**
 * The way from one instance to another: a direct call where both share a thread, a ring where they do not. Used by the
 * sender's thread.
 */
interface Channel {
    /** Hands an event over, copying it if it must outlive the call. May wait: that is back pressure. */
    void send(EventView event);

    /** Hands an epoch marker over, behind everything sent before. */
    void marker(long epoch);

    /** Hands a watermark over. */
    void watermark(long eventTimeNs);

    /** Makes what was sent visible to the other thread. */
    void flush();

    /** Nanoseconds spent waiting for room so far, the present wait included; approximate from other threads. */
    default long waitedNs() {
        return 0;
    }
}
