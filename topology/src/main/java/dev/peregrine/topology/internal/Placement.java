/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.Topology;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts the row of a topology's instances, in the order of the graph, into pieces for so many threads that the busiest has
 * as little to do as can be; what a hop between two pieces costs either side counts. Dynamic programming over the places
 * of the cuts, as for the linear partition problem (Skiena, The Algorithm Design Manual, 8.5).
 *
 * <p>Components with a thread of their own by {@code onThread} are taken out of the row. What reads from one can only run
 * on its thread or a later one, what it reads from on its thread or an earlier one; the row is ordered by that.
 */
final class Placement {
    /** A thread without work, where one was asked for; only where nothing else is possible. */
    private static final double IDLE_THREAD = 1e15;
    private static final double IMPOSSIBLE = Double.POSITIVE_INFINITY;
    private static final int LAST = Integer.MAX_VALUE;

    private final Topology topology;
    private final Costs costs;
    private final int maxThreads;
    /** First and last thread that each component may run on. */
    private final Map<String, int[]> bounds = new HashMap<>();
    private final Map<String, Integer> start = new HashMap<>();
    private final List<Topology.Component> row;
    private final double[] loadBefore;
    private final int[] firstThread;
    private final int[] lastThread;
    private final double[] pinnedLoad;
    /** Busiest thread's load with the first j instances of the row on so many threads, and where the last one begins. */
    private final double[][] busiest;
    private final int[][] begins;

    Placement(final Topology topology, final Costs costs, final int maxThreads) {
        this.topology = topology;
        this.costs = costs;
        this.maxThreads = maxThreads;
        this.pinnedLoad = new double[maxThreads];
        findBounds();
        this.row = new ArrayList<>(topology.components().stream().filter(each -> each.options().thread() < 0).toList());
        row.sort(Comparator.comparingInt(each -> bounds.get(each.name())[0])); // stable: the graph's order within
        final int length = row.stream().mapToInt(Topology.Component::parallelism).sum();
        this.loadBefore = new double[length + 1];
        this.firstThread = new int[length];
        this.lastThread = new int[length];
        layOut();
        this.busiest = new double[maxThreads + 1][length + 1];
        this.begins = new int[maxThreads + 1][length + 1];
        cut(length);
    }

    private void findBounds() {
        for (final Topology.Component component : topology.components()) {
            final int own = component.options().thread();
            int first = Math.max(own, 0);
            for (final Topology.Input input : component.inputs()) {
                first = Math.max(first, bounds.get(input.from())[0]);
            }
            bounds.put(component.name(), new int[] {first, own < 0 ? LAST : own});
        }
        for (int i = topology.components().size() - 1; i >= 0; i--) {
            final Topology.Component component = topology.components().get(i);
            final int last = bounds.get(component.name())[1];
            for (final Topology.Input input : component.inputs()) {
                final int[] sender = bounds.get(input.from());
                sender[1] = Math.min(sender[1], last);
            }
        }
        topology.components().forEach(this::checkBounds);
    }

    /** A ring to an earlier thread could make two threads wait for each other. */
    private void checkBounds(final Topology.Component to) {
        if (to.options().thread() >= maxThreads) {
            throw new ConfigurationException("topology " + topology.name() + ": " + to.name() + " is to run on thread "
                + to.options().thread() + ", but the plan has threads 0 to " + (maxThreads - 1)
                + "; set threads to have more");
        }
        for (final Topology.Input input : to.inputs()) {
            final int first = bounds.get(input.from())[0];
            final int last = bounds.get(to.name())[1];
            if (first > last) {
                throw new ConfigurationException("topology " + topology.name() + ": " + to.name() + " on thread " + last
                    + " reads " + input.from() + " on thread " + first
                    + ": events may go to the same thread or a later one only");
            }
        }
    }

    private void layOut() {
        int at = 0;
        for (final Topology.Component component : row) {
            start.put(component.name(), at);
            for (int task = 0; task < component.parallelism(); task++) {
                loadBefore[at + 1] = loadBefore[at] + costs.load(component, task);
                firstThread[at] = bounds.get(component.name())[0];
                lastThread[at] = bounds.get(component.name())[1];
                at++;
            }
        }
        for (final Topology.Component component : topology.components()) {
            for (int task = 0; task < component.parallelism() && component.options().thread() >= 0; task++) {
                pinnedLoad[component.options().thread()] += costs.load(component, task);
            }
        }
    }

    private void cut(final int length) {
        for (final double[] each : busiest) {
            Arrays.fill(each, IMPOSSIBLE);
        }
        busiest[0][0] = 0;
        for (int end = 0; end <= length; end++) {
            int first = 0;
            int last = LAST;
            for (int begin = end - 1; begin >= 0; begin--) {
                first = Math.max(first, firstThread[begin]);
                last = Math.min(last, lastThread[begin]);
                final double load = loadBefore[end] - loadBefore[begin] + hops(begin, end);
                for (int thread = first; thread < maxThreads && thread <= last; thread++) {
                    offer(thread, begin, end, load + pinnedLoad[thread]);
                }
            }
            for (int thread = 0; thread < maxThreads; thread++) { // nothing of the row; last, for it builds on the above
                offer(thread, end, end, pinnedLoad[thread] == 0 ? IDLE_THREAD : pinnedLoad[thread]);
            }
        }
    }

    /** A thread may have the row from a place to another, with so much to do; taken if that is the best so far. */
    private void offer(final int thread, final int begin, final int end, final double load) {
        final double most = Math.max(busiest[thread][begin], load);
        if (most < busiest[thread + 1][end]) {
            busiest[thread + 1][end] = most;
            begins[thread + 1][end] = begin;
        }
    }

    /** What handing over costs a thread that has a piece of the row. */
    private double hops(final int begin, final int end) {
        double ns = 0;
        for (final Topology.Component to : topology.components()) {
            final int receivers = overlap(to, begin, end);
            final int at = start.getOrDefault(to.name(), LAST);
            final boolean first = begin <= at && at < end;
            for (final Topology.Input input : to.inputs()) {
                final Topology.Component from = topology.component(input.from());
                final double senders = (double) overlap(from, begin, end) / from.parallelism();
                final double here = Costs.share(input, to.parallelism(), receivers, first);
                final double all = Costs.share(input, to.parallelism(), to.parallelism(), true);
                ns += costs.sent(to, input)
                    * (Costs.SEND_NS * senders * (all - here) + Costs.TAKE_NS * (1 - senders) * here);
            }
        }
        return ns;
    }

    private int overlap(final Topology.Component component, final int begin, final int end) {
        final Integer at = start.get(component.name());
        return at == null ? 0 : Math.max(0, Math.min(end, at + component.parallelism()) - Math.max(begin, at));
    }

    /** What the busiest thread has to do if there are so many. */
    double busiest(final int threads) {
        return busiest[threads][loadBefore.length - 1];
    }

    /** The thread of each instance of each component if there are so many. */
    Map<String, int[]> threads(final int threads) {
        final int[] ofRow = new int[firstThread.length];
        int end = ofRow.length;
        for (int thread = threads; thread > 0; thread--) {
            final int begin = begins[thread][end];
            Arrays.fill(ofRow, begin, end, thread - 1);
            end = begin;
        }
        final Map<String, int[]> placed = new HashMap<>();
        for (final Topology.Component component : topology.components()) {
            final int[] tasks = new int[component.parallelism()];
            if (component.options().thread() >= 0) {
                Arrays.fill(tasks, component.options().thread());
            } else {
                System.arraycopy(ofRow, start.get(component.name()), tasks, 0, tasks.length);
            }
            placed.put(component.name(), tasks);
        }
        return placed;
    }
}
