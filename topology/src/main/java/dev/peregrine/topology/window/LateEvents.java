/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.window;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.StageContext;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Counts events that come too late, as {@value TimeWindow#LATE} among the instance's counters, and sends them to the output
 * of that name if that is asked for. Used by the instance's thread.
 */
public final class LateEvents {
    private final boolean emits;
    private Emitter out;
    private AtomicCounter counter;

    /** Without the output they are dropped. */
    public LateEvents(final boolean emits) {
        this.emits = emits;
    }

    /** To be called when the stage is opened. */
    public void open(final StageContext context) {
        counter = context.counter(TimeWindow.LATE);
        out = emits ? context.output(TimeWindow.LATE) : null;
    }

    /** Takes an event that is too late. */
    public void take(final EventView event) {
        counter.incrementOrdered(); // one writer: a plain add and a release store
        if (out != null) {
            out.forward(event, event.keyHash());
        }
    }
}
