/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.join;

import dev.peregrine.topology.EventView;
import java.io.Serializable;

/** Tells something about an event. Called by the stage's thread; it must not allocate, nor keep anything. */
@FunctionalInterface
public interface EventPredicate extends Serializable {
    /** Whether it is so. */
    boolean test(EventView event);
}
