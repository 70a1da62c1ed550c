/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.join;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import java.io.Serializable;

/**
 * Makes the result of a pair of events. Called by the stage's thread; it must not allocate. Shared by all instances of a
 * component, it must not keep anything.
 */
@FunctionalInterface
public interface JoinFunction extends Serializable {
    /**
     * Emits what comes of a pair, or nothing.
     *
     * @param left        null if the right event has no partner.
     * @param right       null if the left event has no partner.
     * @param timestampNs event time of the result; see the join.
     */
    void join(EventView left, EventView right, long timestampNs, Emitter out);
}
