/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Makes a {@link Topology} of the logical graph. Operators without state that follow each other, with the same number of
 * instances and the same failure policy, become one stage: values go from one to the next as objects, by a call. Where
 * values leave such a chain or a stage they are bytes.
 */
final class Compiler {
    private static final int LONGEST_NAMES = 3;

    private final List<Node> nodes;
    private final Names names;
    private final Map<Node, Integer> parallelism = new IdentityHashMap<>();
    /** The chain of each operator that is in one. */
    private final Map<Node, Fused> chains = new IdentityHashMap<>();
    private final TopologyBuilder builder;

    private Compiler(final String topology, final List<Node> nodes) {
        this.nodes = nodes;
        this.names = new Names(nodes);
        this.builder = TopologyBuilder.named(topology);
    }

    /** Operators that become one stage. */
    private static final class Fused {
        private final List<Node> members = new ArrayList<>();
        private final List<Exit> exits = new ArrayList<>();
        private FailurePolicy failures;

        private Node root() {
            return members.get(0);
        }
    }

    /** Where values leave a chain, for all readers that want them in the same shape. */
    private record Exit(Node from, boolean withKey, Codec<?> codec, String output) {
    }

    /** What a component reads. */
    private record Source(String component, String output) {
    }

    static Topology compile(final String topology, final List<Node> written) {
        return new Compiler(topology, recode(written)).compile();
    }

    /** Puts an operator before each input of a union whose bytes are not those of the first one. */
    private static List<Node> recode(final List<Node> written) {
        final List<Node> nodes = new ArrayList<>();
        for (final Node node : written) {
            if (node.kind == Node.Kind.UNION) {
                for (final Node parent : node.parents) {
                    if (!node.codec().equals(parent.codec())) {
                        nodes.add(Node.chained("recode", parent, new Operators.Pass(), node.codec()));
                    }
                }
            }
            nodes.add(node);
        }
        return nodes;
    }

    private Topology compile() {
        for (final Node node : nodes) {
            parallelism.put(node, node.parallelism > 0 ? node.parallelism
                : node.parents.isEmpty() ? 1 : parallelism.get(node.parent()));
            if (node.kind == Node.Kind.CHAINED) {
                fuse(node);
            }
        }
        for (final Node node : nodes) {
            if (node.kind == Node.Kind.STAGE || isRoot(node)) {
                node.parents.forEach(parent -> sources(parent, node.keyed));
            }
        }
        for (final Node node : nodes) {
            if (node.kind == Node.Kind.SOURCE) {
                source(node);
            } else if (node.kind == Node.Kind.STAGE) {
                stage(node);
            } else if (isRoot(node)) {
                chain(chains.get(node));
            }
        }
        return builder.build();
    }

    private boolean isRoot(final Node node) {
        return node.kind == Node.Kind.CHAINED && chains.get(node).root() == node;
    }

    private void fuse(final Node node) {
        Fused chain = chains.get(node.parent());
        final boolean fits = chain != null && !node.spread
            && parallelism.get(chain.root()).equals(parallelism.get(node))
            && (node.failures == null || chain.failures == null || node.failures.equals(chain.failures));
        if (!fits && node.operator instanceof Operators.Output) {
            throw new ConfigurationException("an output of " + node.parent().label()
                + " cannot be told its own parallelism or failures: tell the operators behind it");
        }
        if (!fits) {
            chain = new Fused();
        }
        if (node.failures != null) {
            chain.failures = node.failures;
        }
        chain.members.add(node);
        chains.put(node, chain);
    }

    /** Where to read what a node makes; makes the exit of its chain if it is the first to ask. */
    private List<Source> sources(final Node from, final boolean withKey) {
        switch (from.kind) {
            case CHAINED:
                return List.of(new Source(component(chains.get(from)), exit(from, withKey).output()));
            case UNION:
                final List<Source> all = new ArrayList<>();
                for (final Node parent : from.parents) {
                    all.addAll(sources(recoded(parent, from), withKey));
                }
                return all;
            case SIDE:
                return List.of(new Source(names.of(from.parent()), from.output));
            default:
                return List.of(new Source(names.of(from), ""));
        }
    }

    private Node recoded(final Node parent, final Node union) {
        return nodes.stream().filter(node -> node.verb.equals("recode") && node.parent() == parent
            && node.codec.equals(union.codec())).findFirst().orElse(parent);
    }

    private Exit exit(final Node from, final boolean asPair) {
        final Fused chain = chains.get(from);
        final boolean withKey = asPair && from.operator instanceof Operators.Key key && key.keyBy().isByFunction();
        for (final Exit exit : chain.exits) {
            if (exit.from() == from && exit.withKey() == withKey) {
                return exit;
            }
        }
        final int number = chain.exits.size();
        final Exit exit = new Exit(from, withKey, from.codec(), number == 0 ? "" : "out-" + (number + 1));
        chain.exits.add(exit);
        return exit;
    }

    /** A chain's name: of no weight, since it keeps no state. */
    private String component(final Fused chain) {
        final List<String> parts = new ArrayList<>();
        for (final Node member : chain.members) {
            parts.add(parts.isEmpty() || member.name != null ? names.of(member) : member.verb);
        }
        return parts.size() <= LONGEST_NAMES ? String.join("+", parts)
            : String.join("+", parts.subList(0, LONGEST_NAMES)) + "+" + (parts.size() - LONGEST_NAMES);
    }

    private void source(final Node node) {
        builder.source(names.of(node), node.stream, parallelism.get(node));
        if (node.watermarks != null) {
            builder.watermarks(node.watermarks);
        }
    }

    private void stage(final Node node) {
        builder.stage(names.of(node), parallelism.get(node), node.stage.apply(sources(node.parent(), node.keyed).size()));
        if (!node.outputs.isEmpty()) {
            builder.outputs(node.outputs.toArray(new String[0]));
        }
        if (node.failures != null) {
            builder.onFailure(node.failures);
        }
        for (final Node parent : node.parents) {
            for (final Source source : sources(parent, node.keyed)) {
                builder.input(source.component(), source.output(), Grouping.KEY);
            }
        }
    }

    private void chain(final Fused chain) {
        final Node root = chain.root();
        final Codec<?> codec = root.parent().codec();
        builder.stage(component(chain), parallelism.get(root), new Chain(codec, link(root, chain, codec)));
        final List<String> outputs = chain.exits.stream().map(Exit::output).filter(name -> !name.isEmpty()).toList();
        if (!outputs.isEmpty()) {
            builder.outputs(outputs.toArray(new String[0]));
        }
        if (chain.failures != null) {
            builder.onFailure(chain.failures);
        }
        for (final Source source : sources(root.parent(), false)) {
            if (root.grouping != null) {
                builder.custom(source.component(), source.output(), root.grouping);
            } else {
                // by key unless asked otherwise: what is published under one key then stays in its order
                builder.input(source.component(), source.output(), root.spread ? Grouping.SHUFFLE : Grouping.KEY);
            }
        }
    }

    private Chain.Link link(final Node node, final Fused chain, final Codec<?> incoming) {
        final List<Chain.Link> next = new ArrayList<>();
        for (final Node member : chain.members) {
            if (member != chain.root() && member.parent() == node) {
                next.add(link(member, chain, incoming));
            }
        }
        final List<Leaf> leaves = new ArrayList<>();
        for (final Exit exit : chain.exits) {
            if (exit.from() == node) {
                leaves.add(new Leaf(exit.output(), exit.codec(), keepsValue(node, chain)
                    && Objects.equals(exit.codec(), incoming), keyBy(node), exit.withKey()));
            }
        }
        return new Chain.Link(node.operator, next, leaves);
    }

    private static KeyBy keyBy(final Node node) {
        return node.operator instanceof Operators.Key key ? key.keyBy() : null;
    }

    /** Whether what leaves a node is what came into its chain. */
    private static boolean keepsValue(final Node from, final Fused chain) {
        Node node = from;
        while (node.operator.keepsValue()) {
            if (node == chain.root()) {
                return true;
            }
            node = node.parent();
        }
        return false;
    }
}
