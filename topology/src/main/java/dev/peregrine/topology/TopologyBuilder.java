/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import dev.peregrine.core.error.ConfigurationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a topology together. Components are declared after those they read from, so that there can be no cycle.
 *
 * <pre>{@code
 * Topology topology = TopologyBuilder.named("ads")
 *     .source("impressions", "impressions-stream")
 *     .stage("parse", ParseStage::new).shuffle("impressions")
 *     .stage("count", 2, CountStage::new).key("parse")
 *     .sink("store", StoreStage::new).global("count")
 *     .build();
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class TopologyBuilder {
    private static final long DEFAULT_EPOCH_INTERVAL_MICROS = 500;
    private static final int MAX_PARALLELISM = 256;

    private final String name;
    private final Map<String, Topology.Component> components = new LinkedHashMap<>();
    private long epochIntervalMicros = DEFAULT_EPOCH_INTERVAL_MICROS;
    private int threads;
    private Topology.Component open;

    private TopologyBuilder(final String name) {
        this.name = name;
    }

    /** Starts a topology. */
    public static TopologyBuilder named(final String name) {
        return new TopologyBuilder(dev.peregrine.eventbus.StreamConfig.of(name).name());
    }

    /** How long events are gathered before their results are committed together, microseconds. */
    public TopologyBuilder epochIntervalMicros(final long value) {
        if (value < 1) {
            throw new ConfigurationException("epoch interval of topology " + name + " must be at least 1 microsecond");
        }
        epochIntervalMicros = value;
        return this;
    }

    /** Threads to run on; 0 lets the planner choose. */
    public TopologyBuilder threads(final int value) {
        threads = value;
        return this;
    }

    /** Adds a source that reads a stream (Heron: spout), with one instance. */
    public TopologyBuilder source(final String component, final String stream) {
        return source(component, stream, 1);
    }

    /** Adds a source with several instances, which share the stream's partitions. */
    public TopologyBuilder source(final String component, final String stream, final int parallelism) {
        return add(new Topology.Component(component, stream, parallelism, null, List.of()));
    }

    /** Adds a stage (Heron: bolt) with one instance. */
    public TopologyBuilder stage(final String component, final StageSupplier supplier) {
        return stage(component, 1, supplier);
    }

    /** Adds a stage with several instances. */
    public TopologyBuilder stage(final String component, final int parallelism, final StageSupplier supplier) {
        return add(new Topology.Component(component, null, parallelism, supplier, new ArrayList<>()));
    }

    /** Adds a sink: a stage that nothing reads from. */
    public TopologyBuilder sink(final String component, final StageSupplier supplier) {
        return stage(component, 1, supplier);
    }

    /** Lets the component declared last read another one, in turn. */
    public TopologyBuilder shuffle(final String from) {
        return input(from, Grouping.SHUFFLE);
    }

    /** Lets the component declared last read another one, by key. */
    public TopologyBuilder key(final String from) {
        return input(from, Grouping.KEY);
    }

    /** Lets the first instance of the component declared last read all of another one. */
    public TopologyBuilder global(final String from) {
        return input(from, Grouping.GLOBAL);
    }

    /** Lets every instance of the component declared last read all of another one. */
    public TopologyBuilder all(final String from) {
        return input(from, Grouping.ALL);
    }

    private TopologyBuilder input(final String from, final Grouping grouping) {
        if (open == null || open.isSource()) {
            throw new ConfigurationException(
                "topology " + name + ": a grouping must follow the stage or sink that it belongs to");
        }
        if (!components.containsKey(from) || from.equals(open.name())) {
            throw new ConfigurationException("topology " + name + ": " + open.name() + " reads '" + from
                + "', which is not declared before it; declared are " + components.keySet());
        }
        open.inputs().add(new Topology.Input(from, grouping));
        return this;
    }

    private TopologyBuilder add(final Topology.Component component) {
        if (component.parallelism() < 1 || component.parallelism() > MAX_PARALLELISM) {
            throw new ConfigurationException("topology " + name + ": parallelism of " + component.name()
                + " must be 1 to " + MAX_PARALLELISM + ", not " + component.parallelism());
        }
        if (components.putIfAbsent(component.name(), component) != null) {
            throw new ConfigurationException("topology " + name + ": component " + component.name()
                + " is declared twice");
        }
        open = component;
        return this;
    }

    /** Checks the graph and closes it. */
    public Topology build() {
        if (components.values().stream().noneMatch(Topology.Component::isSource)) {
            throw new ConfigurationException("topology " + name + " has no source");
        }
        final List<Topology.Component> built = new ArrayList<>();
        for (final Topology.Component component : components.values()) {
            if (!component.isSource() && component.inputs().isEmpty()) {
                throw new ConfigurationException("topology " + name + ": " + component.name()
                    + " reads nothing; give it a grouping, e.g. shuffle(...)");
            }
            built.add(new Topology.Component(component.name(), component.stream(), component.parallelism(),
                component.supplier(), List.copyOf(component.inputs())));
        }
        return new Topology(name, built, epochIntervalMicros, threads);
    }
}
