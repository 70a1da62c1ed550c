/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import dev.peregrine.topology.testing.RandomTopology.Edge;
import dev.peregrine.topology.testing.RandomTopology.Kind;
import dev.peregrine.topology.testing.RandomTopology.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a random topology makes of its input, worked out one stage after the other in plain Java. */
final class SequentialModel {
    /** An item, and whether it may be late: then it depends on the order of things what becomes of it. */
    record Sent(Item item, boolean late) {
    }

    /** A window of a key. */
    record Window(long key, long startNs) implements Comparable<Window> {
        @Override
        public int compareTo(final Window other) {
            return startNs == other.startNs ? Long.compare(key, other.key) : Long.compare(startNs, other.startNs);
        }
    }

    /** How much of what is on time and what may be late belongs together. */
    static final class Sum {
        long count;
        long sum;
        long lateCount;
        long lateSum;

        void add(final Sent sent) {
            if (sent.late) {
                lateCount++;
                lateSum += sent.item.value();
            } else {
                count++;
                sum += sent.item.value();
            }
        }
    }

    private final Map<String, List<Sent>> outputs = new HashMap<>();
    private final List<Sent> picked = new ArrayList<>();

    /** Works everything out; the input is given by stream. */
    SequentialModel(final RandomTopology topology, final Map<String, List<Sent>> input) {
        for (final Node node : topology.nodes()) {
            if (node.kind() == Kind.SOURCE) {
                outputs.put(RandomTopology.out(node, ""), input.get(RandomTopology.in(node.number())));
            } else {
                work(topology, node);
            }
        }
    }

    /** What a stage reads. */
    List<Sent> inputOf(final RandomTopology topology, final Node node) {
        final List<Sent> all = new ArrayList<>();
        for (final Edge edge : node.inputs()) {
            all.addAll(output(topology.nodes().get(edge.from()), edge.output()));
        }
        return all;
    }

    /** What an output emits. */
    List<Sent> output(final Node node, final String output) {
        return outputs.getOrDefault(RandomTopology.out(node, output), List.of());
    }

    /** Items at which a stage throws. */
    List<Sent> picked() {
        return picked;
    }

    private void work(final RandomTopology topology, final Node node) {
        final List<Sent> out = new ArrayList<>();
        final List<Sent> other = new ArrayList<>();
        for (final Sent sent : inputOf(topology, node)) {
            switch (node.kind()) {
                case MAP -> out.add(new Sent(RandomStages.mapped(sent.item, node.salt()), sent.late));
                case FLAT -> RandomStages.flat(sent.item, node.salt()).forEach(part -> out.add(new Sent(part, sent.late)));
                case SPLIT -> (RandomStages.isOther(sent.item) ? other : out).add(sent);
                case PICKY -> (RandomStages.isPicked(sent.item, node.salt()) ? picked : out).add(sent);
                case COUNT -> out.add(sent);
                default -> {
                    // below, or nothing that another stage reads
                }
            }
        }
        if (node.kind() == Kind.WINDOW) {
            windows(topology, node).forEach((window, sum) -> out.add(new Sent(RandomStages.ofWindow(window.key,
                window.startNs, window.startNs + node.sizeNs(), sum.count, sum.sum), false)));
        }
        if (node.kind() == Kind.TIMER) {
            timers(topology, node).forEach((timer, sum) ->
                out.add(new Sent(RandomStages.ofTimer(timer.key, timer.startNs, node.salt()), false)));
        }
        outputs.put(RandomTopology.out(node, ""), out);
        outputs.put(RandomTopology.out(node, RandomTopology.OTHER), other);
    }

    /** The windows that events belong to. */
    Map<Window, Sum> windows(final RandomTopology topology, final Node node) {
        final Map<Window, Sum> windows = new TreeMap<>();
        for (final Sent sent : inputOf(topology, node)) {
            for (long start = Math.floorDiv(sent.item.timeNs(), node.slideNs()) * node.slideNs();
                start > sent.item.timeNs() - node.sizeNs(); start -= node.slideNs()) {
                windows.computeIfAbsent(new Window(sent.item.key(), start), key -> new Sum()).add(sent);
            }
        }
        return windows;
    }

    /** The timers that events set, as windows that begin at the timer's time. */
    Map<Window, Sum> timers(final RandomTopology topology, final Node node) {
        final Map<Window, Sum> timers = new TreeMap<>();
        for (final Sent sent : inputOf(topology, node)) {
            timers.computeIfAbsent(new Window(sent.item.key(), RandomStages.timerNs(sent.item, node)), key -> new Sum())
                .add(sent);
        }
        return timers;
    }

    /** Number and sum of what a stage reads, by key. */
    Map<Long, Sum> byKey(final RandomTopology topology, final Node node) {
        final Map<Long, Sum> sums = new TreeMap<>();
        for (final Sent sent : inputOf(topology, node)) {
            sums.computeIfAbsent(sent.item.key(), key -> new Sum()).add(new Sent(sent.item, false));
        }
        return sums;
    }
}
