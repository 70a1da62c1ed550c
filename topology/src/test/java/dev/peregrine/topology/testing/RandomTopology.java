/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.aggregate.Aggregators;
import dev.peregrine.topology.time.WatermarkStrategy;
import dev.peregrine.topology.window.TimeWindow;
import dev.peregrine.topology.window.WindowSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * A topology made by a seed. One with late events has windows and timers at its ends only, since what is late depends on
 * the order in which threads run.
 */
final class RandomTopology {
    static final String TABLE = "counts";
    static final String CACHE = "counts";
    static final String DEAD_LETTERS = "dead";
    static final String OTHER = "other";
    static final int KEYS = 20;
    /** By how much events come out of order, those that are late apart. */
    static final long BOUND_NS = 1_000;
    static final int MOST_THREADS = 4;
    private static final int MOST_STAGES = 6;
    private static final int MOST_PARALLEL = 3;

    /** What a stage does. */
    enum Kind {
        SOURCE(false, false), MAP(false, false), FLAT(false, false), SPLIT(false, false), PICKY(false, false),
        COUNT(true, false), LIST(true, true), WINDOW(true, false), TIMER(true, false), DELAY(true, true),
        OUTSIDE(false, true);

        /** Whether it needs its input by key. */
        private final boolean keyed;
        /** Whether it emits nothing that another stage could go on with. */
        private final boolean last;

        Kind(final boolean keyed, final boolean last) {
            this.keyed = keyed;
            this.last = last;
        }
    }

    /** What a stage reads. */
    record Edge(int from, String output, Grouping grouping) {
    }

    /** A source or a stage. */
    record Node(int number, Kind kind, List<Edge> inputs, long salt, long sizeNs, long slideNs, int partitions) {
        String name() {
            return kind.name().toLowerCase(java.util.Locale.ROOT) + number;
        }

        /** The component that emits its items. */
        String items() {
            return kind == Kind.WINDOW ? name() + "-items" : name();
        }
    }

    private final List<Node> nodes = new ArrayList<>();
    private final boolean late;

    private RandomTopology(final boolean late) {
        this.late = late;
    }

    /**
     * Makes one.
     *
     * @param outside whether there may be sinks of a system outside.
     */
    static RandomTopology of(final SplittableRandom random, final boolean outside) {
        final RandomTopology made = new RandomTopology(random.nextInt(3) == 0);
        final int sources = 1 + random.nextInt(2);
        for (int i = 0; i < sources; i++) {
            made.nodes.add(new Node(i, Kind.SOURCE, List.of(), 0, 0, 0, 1 + random.nextInt(3)));
        }
        final int stages = 1 + random.nextInt(MOST_STAGES);
        for (int i = 0; i < stages; i++) {
            made.add(random, outside);
        }
        return made;
    }

    private void add(final SplittableRandom random, final boolean outside) {
        final Kind[] kinds = Kind.values();
        final Kind kind = kinds[1 + random.nextInt(kinds.length - (outside ? 1 : 2))];
        final List<Edge> inputs = new ArrayList<>();
        for (int i = random.nextInt(3) == 0 ? 2 : 1; i > 0; i--) {
            final List<Node> open = nodes.stream().filter(this::canBeRead).toList();
            // rather the last one: so chains become long
            final Node from = open.get(random.nextBoolean() ? open.size() - 1 : random.nextInt(open.size()));
            final String output = from.kind == Kind.SPLIT && random.nextBoolean() ? OTHER : "";
            if (inputs.stream().noneMatch(each -> each.from == from.number && each.output.equals(output))) {
                inputs.add(new Edge(from.number, output, grouping(kind, random)));
            }
        }
        final long slideNs = 500 * (1 + random.nextInt(8));
        nodes.add(new Node(nodes.size(), kind, inputs, random.nextInt(1_000),
            random.nextBoolean() ? slideNs : slideNs * (1 + random.nextInt(4)) + random.nextInt(2) * 250, slideNs, 0));
    }

    private static Grouping grouping(final Kind kind, final SplittableRandom random) {
        final Grouping[] any = {Grouping.SHUFFLE, Grouping.KEY, Grouping.LOCAL_OR_SHUFFLE, Grouping.PARTIAL_KEY,
            Grouping.GLOBAL, Grouping.CUSTOM};
        return kind.keyed ? Grouping.KEY : any[random.nextInt(any.length)];
    }

    private boolean canBeRead(final Node node) {
        return !node.kind.last && !(late && (node.kind == Kind.WINDOW || node.kind == Kind.TIMER));
    }

    List<Node> nodes() {
        return nodes;
    }

    /** Whether events may be late, beyond the bound. */
    boolean hasLate() {
        return late;
    }

    static String in(final int source) {
        return "in" + source;
    }

    /** The stream that takes the items of an output. */
    static String out(final Node node, final String output) {
        return "out-" + node.number + output;
    }

    /** The stream that takes the plain results of a window. */
    static String results(final Node node) {
        return "results-" + node.number;
    }

    static String late(final Node node) {
        return "late-" + node.number;
    }

    /** The stream that takes each new count. */
    static String running(final Node node) {
        return "running-" + node.number;
    }

    static boolean isCustom(final Edge edge) {
        return edge.grouping == Grouping.CUSTOM;
    }

    /** Whether late events of a window have an output. */
    boolean hasLateOutput(final Node node) {
        return late && node.salt % 2 == 0;
    }

    static Duration lateness(final Node node) {
        return Duration.ofNanos(node.salt % 3 == 0 ? 700 * (node.salt % 5) : 0);
    }

    boolean hasTable() {
        return nodes.stream().anyMatch(node -> node.kind == Kind.COUNT);
    }

    /** Names and partitions of all streams. */
    Map<String, Integer> streams() {
        final Map<String, Integer> streams = new HashMap<>();
        streams.put(DEAD_LETTERS, 1);
        for (final Node node : nodes) {
            final int partitions = node.salt % 4 == 0 ? 2 : 1;
            if (node.kind == Kind.SOURCE) {
                streams.put(in(node.number), node.partitions);
            } else if (node.kind != Kind.OUTSIDE) {
                streams.put(out(node, ""), partitions);
            }
            if (node.kind == Kind.SPLIT) {
                streams.put(out(node, OTHER), partitions);
            }
            if (node.kind == Kind.COUNT) {
                streams.put(running(node), partitions);
            }
            if (node.kind == Kind.WINDOW) {
                streams.put(results(node), partitions);
                if (hasLateOutput(node)) {
                    streams.put(late(node), partitions);
                }
            }
        }
        return streams;
    }

    /** The topology as a life of it runs: threads, epochs and numbers of instances are random. */
    Topology build(final SplittableRandom random) {
        final TopologyBuilder builder = TopologyBuilder.named("random").threads(1 + random.nextInt(MOST_THREADS))
            .epochIntervalMicros(100 + random.nextInt(2_000)).deadLetterStream(DEAD_LETTERS);
        for (final Node node : nodes) {
            declare(builder, node, 1 + random.nextInt(MOST_PARALLEL));
        }
        Topology topology = builder.build();
        for (final Topology.Component component : topology.components()) {
            if (component.name().startsWith("to-") && random.nextBoolean()) {
                topology = topology.withParallelism(component.name(), 1 + random.nextInt(MOST_PARALLEL));
            }
        }
        return topology;
    }

    private void declare(final TopologyBuilder builder, final Node node, final int parallelism) {
        if (node.kind == Kind.SOURCE) {
            builder.source(node.name(), in(node.number), Math.min(parallelism, node.partitions))
                .watermarks(WatermarkStrategy.boundedOutOfOrderness(Duration.ofNanos(BOUND_NS))
                    .withTimestamps(event -> event.buffer().getLong(event.offset() + Item.TIME_OFFSET)));
        } else {
            builder.stage(node.name(), parallelism,
                node.kind == Kind.WINDOW ? window(node) : RandomStages.of(node));
            if (node.kind == Kind.SPLIT) {
                builder.outputs(OTHER);
            }
            if (node.kind == Kind.WINDOW && hasLateOutput(node)) {
                builder.outputs(TimeWindow.LATE);
            }
            node.inputs.forEach(edge -> connect(builder, nodes.get(edge.from).items(), edge));
        }
        sinks(builder, node, parallelism);
    }

    private static void connect(final TopologyBuilder builder, final String from, final Edge edge) {
        if (isCustom(edge)) {
            builder.custom(from, edge.output, (event, tasks) ->
                (int) ((event.buffer().getLong(event.offset()) & Long.MAX_VALUE) % tasks));
        } else {
            builder.input(from, edge.output, edge.grouping);
        }
    }

    private void sinks(final TopologyBuilder builder, final Node node, final int parallelism) {
        if (node.kind == Kind.WINDOW) {
            builder.streamSink("to-" + results(node), results(node)).key(node.name());
            if (hasLateOutput(node)) {
                builder.streamSink("to-" + late(node), late(node)).input(node.name(), TimeWindow.LATE, Grouping.KEY);
            }
            builder.stage(node.items(), parallelism, () -> new RandomStages.ToItem(node)).shuffle(node.name());
        }
        if (node.kind != Kind.SOURCE && node.kind != Kind.OUTSIDE) {
            builder.streamSink("to-" + out(node, ""), out(node, "")).key(node.items());
        }
        if (node.kind == Kind.SPLIT) {
            builder.streamSink("to-" + out(node, OTHER), out(node, OTHER)).input(node.name(), OTHER, Grouping.KEY);
        }
    }

    private dev.peregrine.topology.StageSupplier window(final Node node) {
        WindowSettings settings = TimeWindow.sliding(
            (event, key) -> key.set(event.buffer(), event.offset() + Item.KEY_OFFSET, Long.BYTES),
            Duration.ofNanos(node.sizeNs), Duration.ofNanos(node.slideNs)).allowedLateness(lateness(node));
        if (hasLateOutput(node)) {
            settings = settings.lateOutput();
        }
        final var aggregated = settings.aggregate(Aggregators.all(Aggregators.count(),
            Aggregators.sum(event -> event.buffer().getLong(event.offset() + Item.VALUE_OFFSET))));
        return () -> new RandomStages.Watched(aggregated.get());
    }

    @Override
    public String toString() {
        return (late ? "with late events: " : "without late events: ") + nodes.stream().map(node -> node.name()
            + (node.kind == Kind.WINDOW ? "[" + node.sizeNs + "/" + node.slideNs + "+" + lateness(node) + "]" : "")
            + node.inputs.stream().map(edge -> nodes.get(edge.from).name() + "." + edge.output + " " + edge.grouping)
                .collect(Collectors.joining(", ", "(", ")"))).collect(Collectors.joining("; "));
    }
}
