/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import java.io.Serializable;

/**
 * Finds the key in an event. Called for each event by the stage's thread: it must not allocate. Shared by all instances
 * of a component, it must not keep anything.
 */
@FunctionalInterface
public interface KeySelector extends Serializable {
    /** Points the view to the event's key. */
    void select(EventView event, KeyView key);
}
