/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.StreamOutput;

/** Where streams end. */
final class Sinks {
    private Sinks() {
    }

    /** Publishes into a stream. */
    record ToStream(String stream) implements StageSupplier {
        @Override
        public Stage get() {
            return new Stage() {
                private StreamOutput output;

                @Override
                public void open(final StageContext context) {
                    output = context.stream(stream);
                }

                @Override
                public void onEvent(final EventView event, final Emitter out) {
                    output.publish(event);
                }
            };
        }
    }
}
