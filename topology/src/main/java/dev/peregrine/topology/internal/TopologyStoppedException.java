/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

/** Unwinds a thread that waits for room on a ring whose consumer has stopped. Preallocated, without a stack. */
final class TopologyStoppedException extends RuntimeException {
    static final TopologyStoppedException INSTANCE = new TopologyStoppedException();
    private static final long serialVersionUID = 1L;

    private TopologyStoppedException() {
        super("the topology is stopping", null, false, false);
    }
}
