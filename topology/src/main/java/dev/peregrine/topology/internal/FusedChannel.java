/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.EventView;

/** Two instances on one thread: an event is a direct call, nothing is copied. */
final class FusedChannel implements Channel {
    private final StageInstance receiver;
    private final int input;

    FusedChannel(final StageInstance receiver) {
        this.receiver = receiver;
        this.input = receiver.addInput();
    }

    @Override
    public void send(final EventView event) {
        receiver.arriving(input);
        receiver.onEvent(event);
    }

    @Override
    public void marker(final long epoch) {
        receiver.onMarker(epoch);
    }

    @Override
    public void watermark(final long eventTimeNs) {
        receiver.onWatermark(input, eventTimeNs);
    }

    @Override
    public void flush() {
        // nothing is held back
    }
}
