/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import com.typesafe.config.Config;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.time.WatermarkStrategy;
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
 * <p>Groupings and settings of a component follow its declaration.
 *
 * <p>Not thread-safe.
 */
public final class TopologyBuilder {
    private static final int MAX_THREADS = 256;

    private final String name;
    private final Map<String, Topology.Component> components = new LinkedHashMap<>();
    private TopologyOptions options = TopologyOptions.DEFAULT;
    /** The component declared last, which groupings and settings belong to, and what it reads. */
    private Topology.Component open;
    private List<Topology.Input> openInputs = new ArrayList<>();

    private TopologyBuilder(final String name) {
        this.name = name;
    }

    /** Starts a topology. */
    public static TopologyBuilder named(final String name) {
        return new TopologyBuilder(dev.peregrine.eventbus.StreamConfig.of(name).name());
    }

    /** How long events are gathered before their results are committed together, microseconds. */
    public TopologyBuilder epochIntervalMicros(final long value) {
        options = options.withEpochIntervalMicros(value);
        return this;
    }

    /** Threads to run on; 0 lets the planner choose. */
    public TopologyBuilder threads(final int value) {
        options = options.withThreads(value);
        return this;
    }

    /** What a crash may do to results; effectively-once if nothing is said. */
    public TopologyBuilder delivery(final Delivery value) {
        options = options.withDelivery(value);
        return this;
    }

    /** What happens to events whose stage throws, unless the stage says otherwise by {@link #onFailure}. */
    public TopologyBuilder failures(final FailurePolicy value) {
        options = options.withFailures(value);
        return this;
    }

    /**
     * Memory outside the heap that rings, instances and states may take together, bytes; 0 sets no limit.
     *
     * @see dev.peregrine.core.error.MemoryBudgetException
     */
    public TopologyBuilder memoryBudgetBytes(final long value) {
        options = options.withMemoryBudgetBytes(value);
        return this;
    }

    /** Where events go whose stage threw; {@code NAME.dead-letters} if nothing is said. Provisioned with the first. */
    public TopologyBuilder deadLetterStream(final String stream) {
        options = options.withDeadLetterStream(stream);
        return this;
    }

    /** Adds a source that reads a stream (Heron: spout), with one instance. */
    public TopologyBuilder source(final String component, final String stream) {
        return source(component, stream, 1);
    }

    /** Adds a source with several instances, which share the stream's partitions. */
    public TopologyBuilder source(final String component, final String stream, final int parallelism) {
        return add(new Topology.Component(component, stream, parallelism, null, List.of(), ComponentOptions.DEFAULT));
    }

    /** Adds a stage (Heron: bolt) with one instance. */
    public TopologyBuilder stage(final String component, final StageSupplier supplier) {
        return stage(component, 1, supplier);
    }

    /** Adds a stage with several instances. */
    public TopologyBuilder stage(final String component, final int parallelism, final StageSupplier supplier) {
        return add(new Topology.Component(component, null, parallelism, supplier, List.of(), ComponentOptions.DEFAULT));
    }

    /** Adds a sink: a stage that nothing reads from. */
    public TopologyBuilder sink(final String component, final StageSupplier supplier) {
        return stage(component, 1, supplier);
    }

    /** Adds a sink that publishes each event as it is into a stream, which must exist. */
    public TopologyBuilder streamSink(final String component, final String stream) {
        return stage(component, 1, () -> new StreamSink(stream));
    }

    /** Lets the component declared last read another one, in turn. */
    public TopologyBuilder shuffle(final String from) {
        return input(from, "", Grouping.SHUFFLE);
    }

    /** Lets the component declared last read another one, by key. */
    public TopologyBuilder key(final String from) {
        return input(from, "", Grouping.KEY);
    }

    /** Lets the component declared last read another one, by key, each key from two instances. */
    public TopologyBuilder partialKey(final String from) {
        return input(from, "", Grouping.PARTIAL_KEY);
    }

    /** Lets the first instance of the component declared last read all of another one. */
    public TopologyBuilder global(final String from) {
        return input(from, "", Grouping.GLOBAL);
    }

    /** Lets every instance of the component declared last read all of another one. */
    public TopologyBuilder all(final String from) {
        return input(from, "", Grouping.ALL);
    }

    /** Lets the component declared last read another one, each instance what is made on its own thread. */
    public TopologyBuilder localOrShuffle(final String from) {
        return input(from, "", Grouping.LOCAL_OR_SHUFFLE);
    }

    /** Lets the component declared last read what another one sends to it by {@link Emitter#toTask}. */
    public TopologyBuilder direct(final String from) {
        return input(from, "", Grouping.DIRECT);
    }

    /** Lets the component declared last read another one, as a function of the user's spreads it. */
    public TopologyBuilder custom(final String from, final GroupingFunction function) {
        return custom(from, "", function);
    }

    /** As {@link #custom(String, GroupingFunction)}, for a named output. */
    public TopologyBuilder custom(final String from, final String output, final GroupingFunction function) {
        return input(new Topology.Input(from, output, Grouping.CUSTOM, function));
    }

    /** Lets the component declared last read a named output of another one; empty names the default output. */
    public TopologyBuilder input(final String from, final String output, final Grouping grouping) {
        if (grouping == Grouping.CUSTOM) {
            throw new ConfigurationException("topology " + name + ": a custom grouping needs its function: custom(...)");
        }
        return input(new Topology.Input(from, output, grouping, null));
    }

    private TopologyBuilder input(final Topology.Input input) {
        if (open == null || open.isSource()) {
            throw new ConfigurationException(
                "topology " + name + ": a grouping must follow the stage or sink that it belongs to");
        }
        final Topology.Component sender = components.get(input.from());
        if (sender == null || input.from().equals(open.name())) {
            throw new ConfigurationException("topology " + name + ": " + open.name() + " reads '" + input.from()
                + "', which is not declared before it; declared are " + components.keySet());
        }
        if (!input.output().isEmpty() && !sender.options().outputs().contains(input.output())) {
            throw new ConfigurationException("topology " + name + ": " + open.name() + " reads output '" + input.output()
                + "' of " + input.from() + ", which declares " + sender.options().outputs());
        }
        openInputs.add(input);
        return this;
    }

    /**
     * Lets the source declared last tell event time; without it a stage must. Its events carry the time that the strategy
     * takes from them.
     */
    public TopologyBuilder watermarks(final WatermarkStrategy strategy) {
        if (open == null || !open.isSource()) {
            throw new ConfigurationException("topology " + name + ": watermarks are made by a source: declare it before");
        }
        return change(opened().withWatermarks(strategy));
    }

    /** Names outputs that the component declared last has beside its default one. */
    public TopologyBuilder outputs(final String... names) {
        return change(opened().withOutputs(List.of(names)));
    }

    /** Lets {@link Stage#onTick} of the component declared last be called each so many nanoseconds. */
    public TopologyBuilder tickNs(final long value) {
        if (value < 1) {
            throw new ConfigurationException("topology " + name + ": ticks must be at least 1 ns apart, not " + value);
        }
        return change(opened().withTickNs(value));
    }

    /** What happens to events at which the component declared last throws. */
    public TopologyBuilder onFailure(final FailurePolicy value) {
        return change(opened().withFailures(value));
    }

    /** Adds a hook to the instances of the component declared last. */
    public TopologyBuilder hook(final TaskHookSupplier value) {
        return change(opened().withHook(value));
    }

    /** Settings of the component declared last, which {@link StageContext#config} shows. */
    public TopologyBuilder config(final Config value) {
        return change(opened().withConfig(value));
    }

    /** Puts all instances of the component declared last on one thread, counted from 0. */
    public TopologyBuilder onThread(final int value) {
        if (value < 0 || value >= MAX_THREADS) {
            throw new ConfigurationException("topology " + name + ": there is no thread " + value);
        }
        return change(opened().withThread(value));
    }

    /**
     * Says about how long the component declared last takes for an event, without those behind it, nanoseconds. By it the
     * planner spreads instances over threads, instead of by what an earlier run has measured or by an assumption.
     */
    public TopologyBuilder costNs(final long value) {
        if (value < 1) {
            throw new ConfigurationException("topology " + name + ": an event costs at least 1 ns, not " + value);
        }
        return change(opened().withCostNs(value));
    }

    /**
     * Says what the states of the component declared last may take, of all its instances together, bytes: the plan shows
     * it, and a memory budget is checked with it before the start.
     */
    public TopologyBuilder stateBytes(final long value) {
        if (value < 1) {
            throw new ConfigurationException("topology " + name + ": a state takes at least 1 byte, not " + value);
        }
        return change(opened().withStateBytes(value));
    }

    private ComponentOptions opened() {
        if (open == null) {
            throw new ConfigurationException("topology " + name + ": a setting must follow the component it belongs to");
        }
        return open.options();
    }

    private TopologyBuilder change(final ComponentOptions changed) {
        open = open.withOptions(changed);
        components.put(open.name(), open);
        return this;
    }

    private TopologyBuilder add(final Topology.Component component) {
        close();
        if (components.putIfAbsent(component.name(), component) != null) {
            throw new ConfigurationException("topology " + name + ": component " + component.name()
                + " is declared twice");
        }
        open = component;
        return this;
    }

    /** Gives the component declared last what it reads. */
    private void close() {
        if (open == null) {
            return;
        }
        if (!open.isSource() && openInputs.isEmpty()) {
            throw new ConfigurationException("topology " + name + ": " + open.name()
                + " reads nothing; give it a grouping, e.g. shuffle(...)");
        }
        components.put(open.name(), open.withInputs(List.copyOf(openInputs)));
        openInputs = new ArrayList<>();
        open = null;
    }

    /** Checks the graph and closes it. */
    public Topology build() {
        close();
        if (components.values().stream().noneMatch(Topology.Component::isSource)) {
            throw new ConfigurationException("topology " + name + " has no source");
        }
        return new Topology(name, new ArrayList<>(components.values()), options);
    }
}
