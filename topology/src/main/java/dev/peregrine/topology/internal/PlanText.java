/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.thread.Cores;
import dev.peregrine.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A plan as text: what runs where, why each edge is a ring or a call, what it costs and what memory it needs. */
final class PlanText {
    private static final double HOP_NS = Costs.SEND_NS + Costs.TAKE_NS;

    private final Plan plan;
    private final Topology topology;
    private final Costs costs;
    private final StringBuilder text = new StringBuilder();

    PlanText(final Plan plan, final Topology topology, final Costs costs) {
        this.plan = plan;
        this.topology = topology;
        this.costs = costs;
    }

    String text(final String reason, final int[] cores, final MemoryNeed memory) {
        final int threads = plan.threads();
        line("topology %s: %d %s (%s)", topology.name(), threads, threads == 1 ? "thread" : "threads", reason);
        for (int thread = 0; thread < threads; thread++) {
            line("  thread %d, %s, %.0f %% of the work: %s", thread,
                cores[thread] == Cores.ANY ? "any core" : "core " + cores[thread], 100 * plan.load(thread),
                String.join(" > ", instancesOn(thread)));
        }
        for (final Topology.Component component : topology.components()) {
            for (final Topology.Input input : component.inputs()) {
                line("  edge %s%s > %s, %s: %s", input.from(), input.output().isEmpty() ? "" : "." + input.output(),
                    component.name(), input.grouping().name().toLowerCase(Locale.ROOT), edge(input, component));
            }
        }
        final List<String> each = new ArrayList<>();
        for (final Topology.Component component : topology.components()) {
            final Costs.Cost cost = costs.of(component.name());
            each.add(String.format(Locale.ROOT, "%s %.0f ns (%s)", component.name(), cost.nsPerEvent(),
                cost.origin().name().toLowerCase(Locale.ROOT)));
        }
        line("  an event costs: %s", String.join(", ", each));
        line("  memory: %s", memory.describe());
        final long budget = topology.options().memoryBudgetBytes();
        line("  memory in all: %s, %s; snapshots take none, they are written in slices", MemoryNeed.text(memory.total()),
            budget == 0 ? "no budget" : "of a budget of " + MemoryNeed.text(budget));
        return text.toString();
    }

    private void line(final String format, final Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private List<String> instancesOn(final int thread) {
        final List<String> here = new ArrayList<>();
        for (final Topology.Component component : topology.components()) {
            for (int task = 0; task < component.parallelism(); task++) {
                if (plan.thread(component.name(), task) == thread) {
                    here.add(component.parallelism() == 1 ? component.name() : component.name() + "[" + task + "]");
                }
            }
        }
        return here;
    }

    private String edge(final Topology.Input input, final Topology.Component to) {
        final int rings = plan.rings(input, to);
        final int calls = topology.component(input.from()).parallelism() * to.parallelism() - rings;
        final List<String> parts = new ArrayList<>();
        if (calls > 0) {
            parts.add("fused, " + (calls == 1 ? "a direct call, " : calls + " direct calls, ") + whyFused(input, to));
        }
        if (rings > 0) {
            parts.add(String.format(Locale.ROOT, "%d %s between threads of %,d slots of %d B, %s", rings,
                rings == 1 ? "ring" : "rings", RingEdge.SLOTS, RingEdge.SLOT_LENGTH, whyCut(input, to)));
        }
        return String.join("; ", parts);
    }

    private String whyFused(final Topology.Input input, final Topology.Component to) {
        if (plan.threads() == 1) {
            return "since there is one thread";
        }
        if (isPut(input) && to.options().thread() >= 0) {
            return "since both are put on thread " + to.options().thread();
        }
        return String.format(Locale.ROOT, "since a hop would cost %.0f ns beside the %.0f of %s", HOP_NS,
            costs.of(to.name()).nsPerEvent(), to.name());
    }

    private boolean isPut(final Topology.Input input) {
        return topology.component(input.from()).options().thread() >= 0;
    }

    private String whyCut(final Topology.Input input, final Topology.Component to) {
        if (to.options().thread() >= 0) {
            return "since " + to.name() + " is put on thread " + to.options().thread();
        }
        if (isPut(input)) {
            return "since " + input.from() + " is put on thread " + topology.component(input.from()).options().thread();
        }
        if (topology.threads() > 0) {
            return "since so many threads were asked for";
        }
        return String.format(Locale.ROOT, "since with one thread fewer the busiest would have %.0f %% more to do",
            100 * (plan.reliefOfLastThread() - 1));
    }
}
