/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

/** Headers of a record in a topology's dead-letter stream, beside those of {@link dev.peregrine.eventbus.DeadLetters}. */
final class TopologyHeaders {
    static final String TOPOLOGY = "dead-letter.topology";
    static final String COMPONENT = "dead-letter.component";
    static final String TASK = "dead-letter.task";
    /** First line of the stack: where it was thrown. */
    static final String AT = "dead-letter.at";

    private TopologyHeaders() {
    }
}
