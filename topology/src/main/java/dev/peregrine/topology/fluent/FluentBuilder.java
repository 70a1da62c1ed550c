/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a topology together from typed streams (Heron: Streamlet builder).
 *
 * <pre>{@code
 * FluentBuilder flow = FluentBuilder.named("wordcount");
 * flow.source("text", Codecs.text())
 *     .flatMap(line -> List.of(line.split(" ")), Codecs.text())
 *     .keyBy(word -> word, Codecs.text())
 *     .count()
 *     .toTable("words", "count");
 * engine.submit(flow.build());
 * }</pre>
 *
 * <p>The operators are written down, and {@link #build} makes a {@link Topology} of them, which can do what any other can
 * and may have stages written by hand in it ({@link Streamlet#process}). Operators without state that follow each other
 * become one stage: inside it values go on by a call, as objects; where they leave it they become bytes by a
 * {@link Codec}. What an event costs on the heap is what the codecs on its way cost and what the functions make:
 * nothing with flyweights, and with {@code String} or JSON what these take, once for each border of a stage, not for each
 * operator.
 *
 * <p><b>Names.</b> State is found again after a restart by the name of its operator. An operator without a name gets one
 * of the nearest named or stateful operator before it and of what it does ({@code text.count}; {@code text.count-2} for a
 * second one): so operators without state can come and go, but a second count put in before the first takes over its
 * state. Give what keeps state or publishes a name by {@link Streamlet#named} before its topology runs for long.
 *
 * <p>Not thread-safe.
 */
public final class FluentBuilder {
    private final String name;
    private final List<Node> nodes = new ArrayList<>();
    private TopologyOptions options = TopologyOptions.DEFAULT;

    private FluentBuilder(final String name) {
        this.name = name;
    }

    /** Starts a topology. */
    public static FluentBuilder named(final String name) {
        return new FluentBuilder(name);
    }

    /** Settings of the whole: epoch interval, threads, delivery, failures. */
    public FluentBuilder options(final TopologyOptions value) {
        options = value;
        return this;
    }

    /** Reads a stream, which must exist when the topology is submitted. The source is named as the stream is. */
    public <T> SourceStreamlet<T> source(final String stream, final Codec<T> codec) {
        return new SourceStreamlet<>(this, add(Node.source(stream, codec)));
    }

    Node add(final Node node) {
        nodes.add(node);
        return node;
    }

    /**
     * Checks what was written and makes the topology.
     *
     * @throws dev.peregrine.core.error.ConfigurationException if values have no codec where they need one, names are
     *     given twice, or there is no source.
     */
    public Topology build() {
        return Compiler.compile(name, nodes).withOptions(options);
    }
}
