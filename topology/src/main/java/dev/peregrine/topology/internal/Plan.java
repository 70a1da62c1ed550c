/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.thread.Cores;
import dev.peregrine.topology.Topology;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which thread each instance runs on.
 *
 * <p>Components are taken in the order of the graph and their instances laid out in a row, which is cut into as many
 * pieces as there are threads, of about equal weight. So an edge never leads to an earlier thread: threads cannot wait
 * for each other in a circle. With one thread everything is fused and no ring is needed, which is the fastest plan
 * where the publisher needs a core of its own (a hop costs what the second thread wins: see ARCHITECTURE.md).
 */
public final class Plan {
    private final Topology topology;
    private final int threads;
    private final String reason;
    private final Map<String, int[]> threadOf = new LinkedHashMap<>();

    private Plan(final Topology topology, final int threads, final String reason) {
        this.topology = topology;
        this.threads = threads;
        this.reason = reason;
    }

    /** Places a topology on a machine with the given number of cores. */
    public static Plan of(final Topology topology, final int cores) {
        final int instances = topology.components().stream().mapToInt(Topology.Component::parallelism).sum();
        final int wanted;
        final String reason;
        if (topology.threads() > 0) {
            wanted = Math.min(topology.threads(), instances);
            reason = "threads = " + topology.threads() + " was asked for";
        } else {
            wanted = Math.max(1, Math.min(cores - 1, instances));
            reason = cores + " cores, one left to the publishers";
        }
        final Plan plan = new Plan(topology, wanted, reason);
        plan.place(instances);
        plan.checkForward();
        return plan;
    }

    private void place(final int instances) {
        int placed = 0;
        for (final Topology.Component component : topology.components()) {
            final int[] threadsOfComponent = new int[component.parallelism()];
            for (int task = 0; task < threadsOfComponent.length; task++) {
                threadsOfComponent[task] = component.options().thread() >= 0 ? asked(component)
                    : (int) ((long) placed * threads / instances);
                placed++;
            }
            threadOf.put(component.name(), threadsOfComponent);
        }
    }

    private int asked(final Topology.Component component) {
        if (component.options().thread() >= threads) {
            throw new ConfigurationException("topology " + topology.name() + ": " + component.name()
                + " is to run on thread " + component.options().thread() + ", but the plan has threads 0 to "
                + (threads - 1));
        }
        return component.options().thread();
    }

    /** A ring to an earlier thread could make two threads wait for each other. */
    private void checkForward() {
        for (final Topology.Component to : topology.components()) {
            for (final Topology.Input input : to.inputs()) {
                final int last = Arrays.stream(threadOf.get(input.from())).max().orElseThrow();
                final int first = Arrays.stream(threadOf.get(to.name())).min().orElseThrow();
                if (first < last) {
                    throw new ConfigurationException("topology " + topology.name() + ": " + to.name() + " on thread "
                        + first + " reads " + input.from() + " on thread " + last
                        + ": events may go to the same thread or a later one only");
                }
            }
        }
    }

    /** Number of threads. */
    public int threads() {
        return threads;
    }

    /** Thread of an instance, from 0. */
    public int thread(final String component, final int task) {
        return threadOf.get(component)[task];
    }

    /** The plan as text, before it is known which core each thread gets. */
    public String describe() {
        final int[] any = new int[threads];
        Arrays.fill(any, Cores.ANY);
        return describe(any);
    }

    /** The plan as text, with the core that each thread is pinned to. */
    public String describe(final int[] cores) {
        final StringBuilder text = new StringBuilder();
        text.append("topology ").append(topology.name()).append(": ").append(threads)
            .append(threads == 1 ? " thread (" : " threads (").append(reason).append(")\n");
        for (int thread = 0; thread < threads; thread++) {
            final List<String> here = new ArrayList<>();
            for (final Topology.Component component : topology.components()) {
                for (int task = 0; task < component.parallelism(); task++) {
                    if (thread(component.name(), task) == thread) {
                        here.add(component.parallelism() == 1 ? component.name() : component.name() + "[" + task + "]");
                    }
                }
            }
            text.append("  thread ").append(thread)
                .append(cores[thread] == Cores.ANY ? ", any core: " : ", core " + cores[thread] + ": ")
                .append(String.join(" > ", here)).append('\n');
        }
        for (final Topology.Component component : topology.components()) {
            for (final Topology.Input input : component.inputs()) {
                text.append("  edge ").append(input.from()).append(" > ").append(component.name()).append(", ")
                    .append(input.grouping().name().toLowerCase(java.util.Locale.ROOT)).append(": ")
                    .append(describeEdge(input.from(), component)).append('\n');
            }
        }
        return text.toString();
    }

    private String describeEdge(final String from, final Topology.Component to) {
        int fused = 0;
        int rings = 0;
        for (final int sender : threadOf.get(from)) {
            for (int task = 0; task < to.parallelism(); task++) {
                if (sender == thread(to.name(), task)) {
                    fused++;
                } else {
                    rings++;
                }
            }
        }
        return (fused > 0 ? "fused, a direct call" + (rings > 0 ? "; " : "") : "")
            + (rings > 0 ? rings + (rings == 1 ? " ring between threads" : " rings between threads") : "");
    }
}
