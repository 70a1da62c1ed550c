/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.aggregate;

import dev.peregrine.topology.EventView;
import java.io.Serializable;

/** Reads a number from an event. Called for each event: it must not allocate. */
@FunctionalInterface
public interface DoubleExtractor extends Serializable {
    /** The event's value. */
    double valueOf(EventView event);
}
