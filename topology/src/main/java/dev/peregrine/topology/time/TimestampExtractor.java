/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.time;

import dev.peregrine.topology.EventView;
import java.io.Serializable;

/** Reads an event's time from its payload. */
@FunctionalInterface
public interface TimestampExtractor extends Serializable {
    /** Event time, nanoseconds since 1970. Called by the source's thread for each event: it must not allocate. */
    long timestampNs(EventView event);
}
