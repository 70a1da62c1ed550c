/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

/** Headers of a record in a topology's dead-letter stream; those of the event bus beside them. */
final class TopologyHeaders {
    static final String TOPOLOGY = "dead-letter.topology";
    static final String COMPONENT = "dead-letter.component";
    static final String TASK = "dead-letter.task";
    static final String CAUSE = "dead-letter.cause";
    /** First line of the stack: where it was thrown. */
    static final String AT = "dead-letter.at";
    static final String ATTEMPTS = "dead-letter.attempts";

    private TopologyHeaders() {
    }
}
