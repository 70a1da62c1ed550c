/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import java.util.List;

/**
 * A checked graph of components, ready to be submitted. Immutable; made by {@link TopologyBuilder}.
 *
 * @param name name of the topology.
 * @param components in an order in which each stands behind those it reads from.
 * @param epochIntervalMicros how long events are gathered before their results are committed together.
 * @param threads threads to run on, or 0 for what the planner chooses.
 */
public record Topology(String name, List<Component> components, long epochIntervalMicros, int threads) {
    /** Copies the list. */
    public Topology {
        components = List.copyOf(components);
    }

    /** The same on a given number of threads. */
    public Topology withThreads(final int value) {
        return new Topology(name, components, epochIntervalMicros, value);
    }

    /**
     * A source, stage or sink.
     *
     * @param name unique in the topology.
     * @param stream the stream a source reads; null for the others.
     * @param parallelism number of instances.
     * @param supplier makes the instances; null for a source.
     * @param inputs what it reads; empty for a source.
     */
    public record Component(
        String name, String stream, int parallelism, StageSupplier supplier, List<Input> inputs) {
        /** Whether it reads a stream. */
        public boolean isSource() {
            return stream != null;
        }
    }

    /** An edge of the graph: from which component, and how its events are spread. */
    public record Input(String from, Grouping grouping) {
    }
}
