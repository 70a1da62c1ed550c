/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.Topology;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a topology's components cost: how many events come to each, beside the others, and how long one keeps it. A
 * component's time is what its builder gives, else what an earlier run has measured, else assumed. The numbers of events
 * are those of the earlier run if it has counted all sources, else each source brings as many as the others and each stage
 * emits one event for each that comes in, or for each ten if it reads by key: it counts or joins then, as a rule.
 */
final class Costs {
    static final double SOURCE_NS = 20;
    static final double STAGE_NS = 50;
    /** What handing an event over to another thread costs the one that sends it, and the one that takes it. */
    static final double SEND_NS = 10;
    static final double TAKE_NS = 10;

    private static final double EMITTED_BY_KEYED = 0.1;

    private final Map<String, Cost> costs = new LinkedHashMap<>();
    /** Events sent on each edge to a component, before they are copied to several instances. */
    private final Map<String, Map<Topology.Input, Double>> flows = new HashMap<>();

    /** Where a figure comes from. */
    enum Origin { GIVEN, MEASURED, ASSUMED }

    /** Time for an event of a component, and how many events come to all its instances, beside those of others. */
    record Cost(double nsPerEvent, Origin origin, double events) {
    }

    /** What an earlier run has measured of a component; a time of 0 was not. */
    record Measured(double nsPerEvent, double events, double stateBytes) {
    }

    /** Costs of each component, with what is known of an earlier run by their names. */
    static Costs of(final Topology topology, final Map<String, Measured> earlier) {
        final Costs costs = new Costs();
        final boolean counted = topology.components().stream().filter(Topology.Component::isSource)
            .allMatch(source -> earlier.containsKey(source.name()) && earlier.get(source.name()).events() > 0);
        for (final Topology.Component component : topology.components()) {
            final Measured measured = earlier.get(component.name());
            final double seen = counted && measured != null ? measured.events() : 0;
            costs.addFlows(topology, component, seen);
            final double events = seen > 0 ? seen : component.isSource() ? 1 : costs.incoming(component);
            costs.costs.put(component.name(), cost(component, measured, events));
        }
        return costs;
    }

    private void addFlows(final Topology topology, final Topology.Component to, final double seen) {
        final Map<Topology.Input, Double> inputs = new HashMap<>();
        for (final Topology.Input input : to.inputs()) {
            final double sent = of(input.from()).events();
            inputs.put(input, seen > 0 && to.inputs().size() == 1 ? seen / copies(input, to.parallelism())
                : topology.component(input.from()).isKeyed() ? sent * EMITTED_BY_KEYED : sent);
        }
        flows.put(to.name(), inputs);
    }

    private static Cost cost(final Topology.Component component, final Measured measured, final double events) {
        if (component.options().costNs() > 0) {
            return new Cost(component.options().costNs(), Origin.GIVEN, events);
        }
        return measured != null && measured.nsPerEvent() > 0
            ? new Cost(measured.nsPerEvent(), Origin.MEASURED, events)
            : new Cost(component.isSource() ? SOURCE_NS : STAGE_NS, Origin.ASSUMED, events);
    }

    private double incoming(final Topology.Component component) {
        double events = 0;
        for (final Topology.Input input : component.inputs()) {
            events += sent(component, input) * copies(input, component.parallelism());
        }
        return events;
    }

    /** Events that are sent on an edge to a component, before they are copied to several instances. */
    double sent(final Topology.Component to, final Topology.Input input) {
        return flows.get(to.name()).get(input);
    }

    private static int copies(final Topology.Input input, final int parallelism) {
        return input.grouping() == dev.peregrine.topology.Grouping.ALL ? parallelism : 1;
    }

    /** Which part of what an edge's sender sends comes to so many of the receiver's instances. */
    static double share(final Topology.Input input, final int parallelism, final int instances, final boolean first) {
        switch (input.grouping()) {
            case ALL:
                return instances;
            case GLOBAL:
                return first ? 1 : 0;
            default:
                return (double) instances / parallelism;
        }
    }

    Cost of(final String component) {
        return costs.get(component);
    }

    /** Time that an instance needs, beside those of others, without what handing events over costs. */
    double load(final Topology.Component component, final int task) {
        final Cost cost = of(component.name());
        if (component.isSource()) {
            return cost.nsPerEvent() * cost.events() / component.parallelism();
        }
        double share = 0;
        double all = 0;
        for (final Topology.Input input : component.inputs()) {
            share += sent(component, input) * share(input, component.parallelism(), 1, task == 0);
            all += sent(component, input) * copies(input, component.parallelism());
        }
        return all == 0 ? 0 : cost.nsPerEvent() * cost.events() * share / all;
    }
}
