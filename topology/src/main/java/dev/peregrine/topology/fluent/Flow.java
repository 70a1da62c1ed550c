/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.StageContext;

/** What the steps of a chain share in an instance: the event at work and where results go. Used by its thread. */
final class Flow {
    private final StageContext context;
    private final CodecScope codecs = new CodecScope();
    private EventView event;
    private Emitter out;

    Flow(final StageContext context) {
        this.context = context;
    }

    void begin(final EventView value, final Emitter main) {
        event = value;
        out = main;
    }

    StageContext context() {
        return context;
    }

    CodecScope codecs() {
        return codecs;
    }

    /** The event that came in. */
    EventView event() {
        return event;
    }

    /** The default output. */
    Emitter out() {
        return out;
    }
}
