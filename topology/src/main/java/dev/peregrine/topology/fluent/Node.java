/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.GroupingFunction;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.time.WatermarkStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** An operator in the logical graph, as it was written down. {@link Compiler} makes components of them. */
final class Node {
    /** What becomes of an operator. */
    enum Kind {
        /** A source. */
        SOURCE,
        /** Fused with its neighbours of the same kind into one stage. */
        CHAINED,
        /** A stage of its own. */
        STAGE,
        /** Nothing: its readers read all its parents. */
        UNION,
        /** Nothing: a further output of its parent. */
        SIDE
    }

    final Kind kind;
    /** What it does, which is part of its name unless it has been given one. */
    final String verb;
    final List<Node> parents;
    /** The name that was given, or null. */
    String name;
    /** The number of instances that was given, or 0. */
    int parallelism;
    /** The policy that was given, or null. */
    FailurePolicy failures;
    /** How its values become bytes; null for a CHAINED one that leaves them as they are, and where it was not said. */
    Codec<?> codec;

    /** The stream that a SOURCE reads. */
    String stream;
    /** The watermarks of a SOURCE, or null. */
    WatermarkStrategy watermarks;
    /** What a CHAINED one does. */
    Operator operator;
    /** Whether a CHAINED one begins a stage of its own, whose instances get the events in turn. */
    boolean spread;
    /** How they get them otherwise, or null. */
    GroupingFunction grouping;
    /**
     * Makes the stages of a STAGE, told how many inputs it has from its first parent; asked when the topology is built,
     * since codecs may still be given before.
     */
    IntFunction<StageSupplier> stage;
    /** Whether a STAGE wants the key beside the value where the key was found by a function. */
    boolean keyed;
    /** Names of the further outputs of a STAGE. */
    final List<String> outputs = new ArrayList<>();
    /** The output of the parent that a SIDE is. */
    String output;

    private Node(final Kind kind, final String verb, final List<Node> parents, final Codec<?> codec) {
        this.kind = kind;
        this.verb = verb;
        this.parents = List.copyOf(parents);
        this.codec = codec;
    }

    static Node source(final String stream, final Codec<?> codec) {
        final Node node = new Node(Kind.SOURCE, stream, List.of(), codec);
        node.stream = stream;
        return node;
    }

    static Node chained(final String verb, final Node parent, final Operator operator, final Codec<?> codec) {
        final Node node = new Node(Kind.CHAINED, verb, List.of(parent), codec);
        node.operator = operator;
        return node;
    }

    static Node stage(
        final String verb, final Node parent, final boolean keyed, final Codec<?> codec,
        final Supplier<StageSupplier> stage) {
        return stage(verb, List.of(parent), keyed, codec, inputs -> stage.get());
    }

    static Node stage(
        final String verb, final List<Node> parents, final boolean keyed, final Codec<?> codec,
        final IntFunction<StageSupplier> stage) {
        final Node node = new Node(Kind.STAGE, verb, parents, codec);
        node.keyed = keyed;
        node.stage = stage;
        return node;
    }

    static Node union(final List<Node> parents) {
        return new Node(Kind.UNION, "union", parents, null);
    }

    static Node side(final Node parent, final String output, final Codec<?> codec) {
        final Node node = new Node(Kind.SIDE, output, List.of(parent), codec);
        node.output = output;
        if (!parent.outputs.contains(output)) {
            parent.outputs.add(output);
        }
        return node;
    }

    Node parent() {
        return parents.get(0);
    }

    /** How the values that leave it become bytes, or null if nobody said. */
    Codec<?> codecOrNull() {
        if (codec != null || kind == Kind.SOURCE || kind == Kind.STAGE || kind == Kind.SIDE) {
            return codec;
        }
        return kind == Kind.UNION || operator.keepsValue() ? parent().codecOrNull() : null;
    }

    /**
     * How the values that leave it become bytes.
     *
     * @throws ConfigurationException if nobody said.
     */
    @SuppressWarnings("unchecked")
    <T> Codec<T> codec() {
        final Codec<?> found = codecOrNull();
        if (found == null) {
            throw new ConfigurationException("what " + label() + " makes leaves its stage, but nobody said how it becomes"
                + " bytes: give it a codec, e.g. map(function, Codecs.text())");
        }
        return (Codec<T>) found;
    }

    /** What to call it in messages. */
    String label() {
        return "operator " + (name == null ? verb : "'" + name + "'");
    }
}
