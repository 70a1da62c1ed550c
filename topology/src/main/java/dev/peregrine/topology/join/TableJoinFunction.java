/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.join;

import dev.peregrine.store.RowView;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import java.io.Serializable;

/**
 * Makes the result of an event and a row. Called by the stage's thread; it must not allocate. Shared by all instances of a
 * component, it must not keep anything.
 */
@FunctionalInterface
public interface TableJoinFunction extends Serializable {
    /**
     * Emits what comes of an event and its row, or nothing.
     *
     * @param row null if there is none; valid during the call.
     */
    void join(EventView event, RowView row, Emitter out);
}
