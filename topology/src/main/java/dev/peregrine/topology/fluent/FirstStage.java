/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeyView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.state.KeyedCounter;

/** Lets the first event of each key through. */
record FirstStage(Keyed<?> keyed) implements StageSupplier {
    @Override
    public Stage get() {
        return new Stage() {
            private final KeyView key = new KeyView();
            private final EventBytes view = new EventBytes();
            private KeyedCounter seen;

            @Override
            public void open(final StageContext context) {
                seen = context.counterState("seen", keyed.ttl(context));
            }

            @Override
            public void onEvent(final EventView event, final Emitter out) {
                keyed.selector().select(event, key);
                if (!seen.contains(key.buffer(), key.offset(), key.length())) {
                    seen.set(key.buffer(), key.offset(), key.length(), 1);
                    out.forward(keyed.value(event, key, view), event.keyHash());
                }
            }
        };
    }
}
