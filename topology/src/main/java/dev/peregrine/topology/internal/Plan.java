/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.thread.Cores;
import dev.peregrine.topology.Topology;
import java.util.Arrays;
import java.util.Map;

/**
 * Which thread each instance runs on.
 *
 * <p>Components are taken in the order of the graph and their instances laid out in a row, which is cut into pieces of
 * about equal cost: see {@link Placement} and {@link Costs}. So an edge never leads to an earlier thread: threads cannot
 * wait for each other in a circle. There are never more threads than the cores that publishers and other topologies leave,
 * unless they were asked for: instances without a thread of their own take turns. Nor are there more than make the busiest
 * one noticeably less busy, since a hop costs as much as many a stage.
 */
public final class Plan {
    /** By how much one more thread must relieve the busiest. */
    private static final double WORTH_A_THREAD = 0.95;

    private final Topology topology;
    private final int threads;
    private final String reason;
    private final MeasuredCosts earlier;
    private final Costs costs;
    private final double relief;
    private final Map<String, int[]> threadOf;

    private Plan(
        final Topology topology, final int threads, final String reason, final MeasuredCosts earlier, final Costs costs,
        final Placement placement) {
        this.topology = topology;
        this.threads = threads;
        this.reason = reason;
        this.earlier = earlier;
        this.costs = costs;
        this.relief = threads == 1 ? 1 : placement.busiest(threads - 1) / placement.busiest(threads);
        this.threadOf = placement.threads(threads);
    }

    /** Places a topology of which nothing was measured on a machine with the given number of cores. */
    public static Plan of(final Topology topology, final int cores) {
        return of(topology, cores, 0, MeasuredCosts.NONE);
    }

    /**
     * Places a topology.
     *
     * @param cores that this process may use.
     * @param taken how many of them have threads of other topologies.
     * @param earlier what an earlier run has measured.
     */
    public static Plan of(
        final Topology topology, final int cores, final int taken, final MeasuredCosts earlier) {
        final Costs costs = Costs.of(topology, earlier.components());
        final int instances = topology.components().stream().mapToInt(Topology.Component::parallelism).sum();
        if (topology.threads() > 0) {
            final int wanted = Math.min(topology.threads(), instances);
            return new Plan(topology, wanted, "threads = " + topology.threads() + " was asked for",
                earlier, costs, new Placement(topology, costs, wanted));
        }
        final int most = Math.max(1, Math.min(cores - 1 - taken, instances));
        final Placement placement = new Placement(topology, costs, most);
        int threads = 1 + topology.components().stream().mapToInt(each -> each.options().thread()).max().orElse(-1);
        threads = Math.max(1, threads);
        for (int more = threads + 1; more <= most; more++) {
            if (placement.busiest(more) < placement.busiest(threads) * WORTH_A_THREAD) {
                threads = more;
            }
        }
        final String others = taken == 0 ? ""
            : ", " + taken + (taken == 1 ? " has a thread" : " have threads") + " of other topologies";
        final String free = cores + (cores == 1 ? " core" : " cores") + others + ", one left to the publishers";
        return new Plan(topology, threads, threads < most
            ? free + "; more threads would not relieve the busiest" : free, earlier, costs, placement);
    }

    /** Number of threads. */
    public int threads() {
        return threads;
    }

    /** Thread of an instance, from 0. */
    public int thread(final String component, final int task) {
        return threadOf.get(component)[task];
    }

    /** The part of all work, hops not counted, that a thread has: 0 to 1. */
    double load(final int thread) {
        double here = 0;
        double all = 0;
        for (final Topology.Component component : topology.components()) {
            for (int task = 0; task < component.parallelism(); task++) {
                final double load = costs.load(component, task);
                all += load;
                here += thread(component.name(), task) == thread ? load : 0;
            }
        }
        return here / all;
    }

    /** What the busiest thread would have to do with one thread fewer, beside what it has. */
    double reliefOfLastThread() {
        return relief;
    }

    /** Rings on an edge: one for each pair of instances on two threads. */
    int rings(final Topology.Input input, final Topology.Component to) {
        int rings = 0;
        for (final int sender : threadOf.get(input.from())) {
            for (final int receiver : threadOf.get(to.name())) {
                rings += sender == receiver ? 0 : 1;
            }
        }
        return rings;
    }

    private int rings() {
        int rings = 0;
        for (final Topology.Component to : topology.components()) {
            for (final Topology.Input input : to.inputs()) {
                rings += rings(input, to);
            }
        }
        return rings;
    }

    /** What is known of the memory that it takes. */
    MemoryNeed memory() {
        return MemoryNeed.of(topology, rings(), earlier);
    }

    /** The plan as text, before it is known which core each thread gets. */
    public String describe() {
        final int[] any = new int[threads];
        Arrays.fill(any, Cores.ANY);
        return describe(any);
    }

    /** The plan as text, with the core that each thread is pinned to. */
    public String describe(final int[] cores) {
        return new PlanText(this, topology, costs).text(reason, cores, memory());
    }
}
