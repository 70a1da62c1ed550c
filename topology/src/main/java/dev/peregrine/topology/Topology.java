/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import dev.peregrine.core.error.ConfigurationException;
import java.util.List;

/**
 * A checked graph of components, ready to be submitted. Immutable; made by {@link TopologyBuilder}.
 *
 * @param name name of the topology.
 * @param components in an order in which each stands behind those it reads from.
 * @param options settings of the whole.
 */
public record Topology(String name, List<Component> components, TopologyOptions options) {
    /** Copies the list. */
    public Topology {
        components = List.copyOf(components);
    }

    /** How long events are gathered before their results are committed together, microseconds. */
    public long epochIntervalMicros() {
        return options.epochIntervalMicros();
    }

    /** Threads to run on; 0 lets the planner choose. */
    public int threads() {
        return options.threads();
    }

    /** Name of the stream that takes events whose stage threw. */
    public String deadLetterStream() {
        return options.deadLetterStream().isEmpty() ? name + ".dead-letters" : options.deadLetterStream();
    }

    /** The same on a given number of threads. */
    public Topology withThreads(final int value) {
        return withOptions(options.withThreads(value));
    }

    /** The same with other settings. */
    public Topology withOptions(final TopologyOptions value) {
        return new Topology(name, components, value);
    }

    /**
     * The same with another number of instances of a component.
     *
     * @throws ConfigurationException if it has no such component or the number is impossible.
     */
    public Topology withParallelism(final String component, final int value) {
        component(component);
        return new Topology(name, components.stream()
            .map(each -> each.name().equals(component) ? each.withParallelism(value) : each).toList(), options);
    }

    /**
     * A component by its name.
     *
     * @throws ConfigurationException if there is none.
     */
    public Component component(final String component) {
        return components.stream().filter(each -> each.name().equals(component)).findFirst()
            .orElseThrow(() -> new ConfigurationException("topology " + name + " has no component '" + component
                + "'; it has " + components.stream().map(Component::name).toList()));
    }

    /**
     * A source, stage or sink.
     *
     * @param name unique in the topology.
     * @param stream the stream a source reads; null for the others.
     * @param parallelism number of instances.
     * @param supplier makes the instances; null for a source.
     * @param inputs what it reads; empty for a source.
     * @param options its settings.
     */
    public record Component(
        String name, String stream, int parallelism, StageSupplier supplier, List<Input> inputs,
        ComponentOptions options) {
        private static final int MAX_PARALLELISM = 256;

        /** Checks the parallelism. */
        public Component {
            if (parallelism < 1 || parallelism > MAX_PARALLELISM) {
                throw new ConfigurationException("parallelism of " + name + " must be 1 to " + MAX_PARALLELISM + ", not "
                    + parallelism);
            }
        }

        /** Whether it reads a stream. */
        public boolean isSource() {
            return stream != null;
        }

        /** Whether all that it reads is grouped by key, so that its state can be spread anew. */
        public boolean isKeyed() {
            return !inputs.isEmpty() && inputs.stream().allMatch(input -> input.grouping() == Grouping.KEY);
        }

        Component withParallelism(final int value) {
            return new Component(name, stream, value, supplier, inputs, options);
        }

        Component withInputs(final List<Input> value) {
            return new Component(name, stream, parallelism, supplier, value, options);
        }

        Component withOptions(final ComponentOptions value) {
            return new Component(name, stream, parallelism, supplier, inputs, value);
        }
    }

    /**
     * An edge of the graph.
     *
     * @param from the component whose events it carries.
     * @param output the name of that component's output; empty is the default one.
     * @param grouping how the events are spread.
     * @param function how {@link Grouping#CUSTOM} spreads them; null otherwise.
     */
    public record Input(String from, String output, Grouping grouping, GroupingFunction function) {
    }
}
