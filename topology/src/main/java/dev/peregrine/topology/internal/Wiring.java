/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/** Connects the instances of a topology by its plan: by direct calls within a thread, by rings between threads. */
final class Wiring {
    private final Topology topology;
    private final Plan plan;
    private final Map<String, List<LogSource>> sources;
    private final Map<String, List<StageInstance>> instances;
    private final RuntimeHost host;
    private final BooleanSupplier stopping;

    /** Of instances by component; whoever waits for a ring gives up when the topology is stopping. */
    Wiring(
        final Topology topology, final Plan plan, final Map<String, List<LogSource>> sources,
        final Map<String, List<StageInstance>> instances, final RuntimeHost host, final BooleanSupplier stopping) {
        this.topology = topology;
        this.plan = plan;
        this.sources = sources;
        this.instances = instances;
        this.host = host;
        this.stopping = stopping;
    }

    /**
     * Lets every output lead to its receivers.
     *
     * @param rings by thread, those that it polls; the new ones are added.
     * @return the edges between threads.
     */
    List<Edge> connect(final List<List<RingEdge>> rings) {
        final List<Edge> edges = new ArrayList<>();
        for (final Topology.Component from : topology.components()) {
            final List<String> outputs = new ArrayList<>(from.options().outputs());
            outputs.add("");
            for (int task = 0; task < from.parallelism(); task++) {
                for (final String output : outputs) {
                    final List<Route> routes = new ArrayList<>();
                    for (final Topology.Component to : topology.components()) {
                        for (final Topology.Input input : to.inputs()) {
                            if (input.from().equals(from.name()) && input.output().equals(output)) {
                                routes.add(route(from, task, to, input, rings, edges));
                            }
                        }
                    }
                    outputsOf(from, task).named(from.name(), output).routes(routes.toArray(new Route[0]));
                }
            }
        }
        return edges;
    }

    private Route route(
        final Topology.Component from, final int task, final Topology.Component to,
        final Topology.Input input, final List<List<RingEdge>> rings, final List<Edge> edges) {
        final Channel[] channels = new Channel[to.parallelism()];
        final int senderThread = plan.thread(from.name(), task);
        for (int i = 0; i < channels.length; i++) {
            final StageInstance receiver = instances.get(to.name()).get(i);
            receiver.declaring(to.inputs().indexOf(input));
            final int receiverThread = plan.thread(to.name(), i);
            if (senderThread == receiverThread) {
                channels[i] = new FusedChannel(receiver);
            } else {
                final RingEdge ring =
                    new RingEdge(receiver, host.ringSlots(), RingEdge.SLOT_LENGTH,
                        aligned -> idleStrategy(receiverThread, aligned), stopping);
                rings.get(receiverThread).add(ring);
                edges.add(new Edge(senderThread, receiverThread, ring));
                channels[i] = ring;
            }
        }
        return new Route(to.name(), input, channels);
    }

    private Outputs outputsOf(final Topology.Component component, final int task) {
        return component.isSource()
            ? sources.get(component.name()).get(task).outputs()
            : instances.get(component.name()).get(task).outputs();
    }

    /**
     * How a thread waits. Where no core is to spare beside the topology's threads and a publisher it soon parks: cycles
     * that it spins through are then missing to publishers, housekeeping and compiler, who make it wait in turn.
     */
    static IdleStrategy idleStrategy(final Plan plan) {
        final boolean coresToSpare = plan.threads() + 1 < Runtime.getRuntime().availableProcessors();
        return coresToSpare
            ? new BackoffIdleStrategy(100, 50, 1_000, 50_000)
            : new BackoffIdleStrategy(10, 5, 1_000, 50_000);
    }

    private IdleStrategy idleStrategy(final int receiverThread, final BooleanSupplier aligned) {
        return host.waiting() == null ? idleStrategy(plan) : host.waiting().of(receiverThread, aligned);
    }
}
