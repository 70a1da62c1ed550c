/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import java.io.Serializable;

/** Chooses the instance that an event goes to. Called on the sender's thread, once per event; must not allocate. */
@FunctionalInterface
public interface GroupingFunction extends Serializable {
    /** Index of the instance, from 0 to tasks - 1; anything else fails the topology. */
    int task(EventView event, int tasks);
}
