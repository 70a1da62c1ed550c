/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.FailurePolicy;

/** The end of a stream: a place to say how it is to run. */
public final class Sink {
    private final Node node;

    Sink(final Node node) {
        this.node = node;
    }

    /**
     * Names the sink. What it has published is known under this name: with another one, records that were committed but
     * not yet published before a crash go out all the same, but new ones count as from another publisher.
     */
    public Sink named(final String name) {
        node.name = name;
        return this;
    }

    /** Number of instances; that of the operator before it if nothing is said. Events are spread by their key. */
    public Sink parallelism(final int instances) {
        node.parallelism = Streamlet.positive(instances);
        return this;
    }

    /** What happens to events at which it throws. */
    public Sink onFailure(final FailurePolicy policy) {
        node.failures = policy;
        return this;
    }
}
