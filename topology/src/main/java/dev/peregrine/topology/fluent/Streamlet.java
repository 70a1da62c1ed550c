/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.store.RowView;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.GroupingFunction;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.StageSupplier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A stream of values within a topology that is being written down (Heron: Streamlet; Flink: DataStream; Kafka Streams:
 * KStream). Each operator gives a new one; several operators may read the same one, and each sees all of it. Settings
 * ({@link #named}, {@link #parallelism}, {@link #onFailure}, {@link #codec}) are of the operator that made it.
 *
 * <p>Time and key of an event stay what they are along the way; only {@code keyBy} and what is behind it give others.
 * Between stages events are spread by key, so that what was published under one key stays in its order on any number of
 * instances; {@link #repartition} gives that up.
 *
 * <p>Not thread-safe.
 *
 * @param <T> type of the values.
 */
public class Streamlet<T> {
    private static final String PROCESS = "process";

    private final FluentBuilder builder;
    private final Node node;

    Streamlet(final FluentBuilder builder, final Node node) {
        this.builder = builder;
        this.node = node;
    }

    FluentBuilder builder() {
        return builder;
    }

    Node node() {
        return node;
    }

    /** The codec of the values, which must be known. */
    Codec<T> codecOf() {
        return node.codec();
    }

    static int positive(final int instances) {
        if (instances < 1) {
            throw new ConfigurationException("an operator needs at least one instance, not " + instances);
        }
        return instances;
    }

    /** Names the operator; see {@link FluentBuilder} for what names are for. */
    public Streamlet<T> named(final String name) {
        node.name = Objects.requireNonNull(name);
        return this;
    }

    /** Number of instances; that of the operator before it if nothing is said. */
    public Streamlet<T> parallelism(final int instances) {
        node.parallelism = positive(instances);
        return this;
    }

    /**
     * What happens to events at which the operator throws; the topology's policy if nothing is said. Operators with
     * different policies are not fused. The event is that which came into the fused stage, so that a retry does again
     * what the stage had done with it before the fault.
     */
    public Streamlet<T> onFailure(final FailurePolicy policy) {
        node.failures = Objects.requireNonNull(policy);
        return this;
    }

    /** How the values become bytes where they leave a stage. */
    public Streamlet<T> codec(final Codec<T> codec) {
        node.codec = Objects.requireNonNull(codec);
        return this;
    }

    /**
     * Makes one value of each, which stays within the stage: {@link #codec} must be told before it leaves. Costs what the
     * function makes.
     */
    public <R> Streamlet<R> map(final Functions.Mapping<? super T, ? extends R> function) {
        return chained("map", new Operators.Map(erased(function)), null);
    }

    /** Makes one value of each. */
    public <R> Streamlet<R> map(final Functions.Mapping<? super T, ? extends R> function, final Codec<R> codec) {
        return this.<R>map(function).codec(codec);
    }

    /** Makes any number of values of each; as {@link #map(Functions.Mapping)}, and an iterator for each. */
    public <R> Streamlet<R> flatMap(final Functions.Mapping<? super T, ? extends Iterable<? extends R>> function) {
        return chained("flatMap", new Operators.FlatMap(erased(function)), null);
    }

    /** Makes any number of values of each. */
    public <R> Streamlet<R> flatMap(
        final Functions.Mapping<? super T, ? extends Iterable<? extends R>> function, final Codec<R> codec) {
        return this.<R>flatMap(function).codec(codec);
    }

    /**
     * Writes an event of each value, e.g. by an encoder of SBE, and goes on with how another codec reads it. With
     * flyweights on both sides it allocates nothing: it is their {@code map}.
     */
    public <R> Streamlet<R> write(final Functions.EventWriterMaker<? super T> writer, final Codec<R> codec) {
        return chained("write", new Operators.Write(erased(writer), codec), codec);
    }

    /** Lets through what meets a condition. Allocates nothing. */
    public Streamlet<T> filter(final Functions.Condition<? super T> condition) {
        return chained("filter", new Operators.Filter(erased(condition)), null);
    }

    /** Shows each value to an action, and passes it on. After a crash an action sees again what was not committed. */
    public Streamlet<T> peek(final Functions.Action<? super T> action) {
        return chained("peek", new Operators.Peek(erased(action)), null);
    }

    /**
     * Joins each value with the row of a table that a key names, as it is committed when the value comes; a function makes
     * one value of both, or none by null. Runs within the stage. Costs the key, its bytes, and what the function makes.
     *
     * @param key finds the row's pkey, which is taken as UTF-8.
     * @param function gets null if there is no such row; the view is valid during the call.
     */
    public <R> Streamlet<R> enrich(
        final String table, final Functions.Mapping<? super T, String> key,
        final Functions.Joining<? super T, RowView, ? extends R> function, final Codec<R> codec) {
        return chained("enrich", new Operators.Enrich(table, erased(key), Codecs.text(), erased(function)), codec);
    }

    /** As {@link #enrich(String, Functions.Mapping, Functions.Joining, Codec)} with a pkey of any kind. */
    public <K, R> Streamlet<R> enrich(
        final String table, final Functions.Mapping<? super T, ? extends K> key, final Codec<K> keys,
        final Functions.Joining<? super T, RowView, ? extends R> function, final Codec<R> codec) {
        return chained("enrich", new Operators.Enrich(table, erased(key), keys, erased(function)), codec);
    }

    /**
     * Spreads values by a key that a function finds. The key goes along with the value behind it: costs the key object, its
     * bytes, and a copy of the value's. {@link #keyBy(KeySelector, Codec)} costs neither.
     *
     * @param codec of the keys; equal keys must have equal bytes.
     */
    public <K> KeyedStreamlet<K, T> keyBy(final Functions.Mapping<? super T, ? extends K> key, final Codec<K> codec) {
        return new KeyedStreamlet<>(builder, keyed(new KeyBy(null, key, codec)), Keyed.inPairs(codecOf()), codec);
    }

    /**
     * Spreads values by a key that lies in their bytes. Allocates nothing.
     *
     * @param codec reads the keys where results are shown as objects.
     */
    public <K> KeyedStreamlet<K, T> keyBy(final KeySelector key, final Codec<K> codec) {
        return new KeyedStreamlet<>(builder, keyed(new KeyBy(key, null, null)), Keyed.by(key, codecOf()), codec);
    }

    /**
     * As {@link #keyBy(KeySelector, Codec)} where the events already are under a hash that is the same for all events of
     * a key, as the publisher gave it: saves a stage.
     */
    public <K> KeyedStreamlet<K, T> alreadyKeyedBy(final KeySelector key, final Codec<K> codec) {
        return new KeyedStreamlet<>(builder, node, Keyed.by(key, codecOf()), codec);
    }

    private Node keyed(final KeyBy keyBy) {
        return builder.add(Node.chained("keyBy", node, new Operators.Key(keyBy), codecOf()));
    }

    /** Writes each value to the application's log (SLF4J, level info), after a label. To look on, not for production. */
    public Streamlet<T> log(final String label) {
        return chained("log", new Operators.Log(label), null);
    }

    /**
     * Sends each value to the output of the first condition that it meets; the last output, one more than there are
     * conditions, gets the rest (Kafka Streams: branch).
     */
    @SafeVarargs
    public final List<Streamlet<T>> branch(final Functions.Condition<? super T>... conditions) {
        final Node made =
            builder.add(Node.chained("branch", node, new Operators.Split(erased(List.of(conditions)), true), null));
        final List<Streamlet<T>> outputs = new ArrayList<>();
        for (int i = 0; i <= conditions.length; i++) {
            outputs.add(output(made, i == conditions.length ? "rest" : "branch-" + (i + 1), i));
        }
        return List.copyOf(outputs);
    }

    /** Sends each value to the outputs of all conditions that it meets, or to none (Heron: split). */
    public Map<String, Streamlet<T>> split(final Map<String, Functions.Condition<? super T>> conditions) {
        final Node made = builder.add(Node.chained(
            "split", node, new Operators.Split(erased(List.copyOf(conditions.values())), false), null));
        final Map<String, Streamlet<T>> outputs = new LinkedHashMap<>();
        for (final String name : conditions.keySet()) {
            outputs.put(name, output(made, name, outputs.size()));
        }
        return Collections.unmodifiableMap(outputs);
    }

    private Streamlet<T> output(final Node split, final String verb, final int index) {
        return new Streamlet<>(builder, builder.add(Node.chained(verb, split, new Operators.Output(index), null)));
    }

    /**
     * This and others as one. Costs nothing, unless they have other codecs: then their values are written anew. Between
     * values of different inputs there is no order.
     */
    @SafeVarargs
    public final Streamlet<T> union(final Streamlet<? extends T>... others) {
        final List<Node> parents = new ArrayList<>(List.of(node));
        for (final Streamlet<? extends T> other : others) {
            parents.add(other.node());
        }
        return new Streamlet<>(builder, builder.add(Node.union(parents)));
    }

    /** Spreads values in turn over a number of instances of what follows: even work, no order. */
    public Streamlet<T> repartition(final int instances) {
        return repartition(instances, null);
    }

    /** Spreads values over a number of instances of what follows, as a function of the events says. */
    public Streamlet<T> repartition(final int instances, final GroupingFunction function) {
        final Streamlet<T> made = chained("repartition", new Operators.Pass(), null);
        made.node.spread = true;
        made.node.grouping = function;
        return made.parallelism(instances);
    }

    /**
     * Puts a stage written by hand in: it gets the bytes of the values, spread by key, and emits bytes that a codec reads.
     * Costs what the stage costs.
     */
    public <R> Streamlet<R> process(final StageSupplier stage, final Codec<R> codec) {
        return process(builder, node, stage, codec);
    }

    static <R> Streamlet<R> process(
        final FluentBuilder builder, final Node from, final StageSupplier stage, final Codec<R> codec) {
        return new Streamlet<>(builder, builder.add(Node.stage(PROCESS, from, false, Objects.requireNonNull(codec),
            () -> stage)));
    }

    /** What a stage put in by {@link #process} emits to a named output ({@code StageContext.output(name)}). */
    public <R> Streamlet<R> output(final String name, final Codec<R> codec) {
        if (!node.verb.equals(PROCESS)) {
            throw new ConfigurationException(node.label() + " has no further outputs: only process has");
        }
        return new Streamlet<>(builder, builder.add(Node.side(node, name, Objects.requireNonNull(codec))));
    }

    /**
     * Publishes the values into a stream, which must exist, by the topology's
     * {@link dev.peregrine.topology.Delivery}. Allocates nothing.
     */
    public Sink to(final String stream) {
        return sink("to-" + stream, () -> new Sinks.ToStream(stream));
    }

    /**
     * Changes rows of a table, which must exist; what an epoch has changed shows when it is committed. Costs the decoded
     * value and what the function makes.
     */
    public Sink toTable(final String table, final Functions.RowWriter<? super T> writer) {
        return toTable(table, null, writer);
    }

    /** As {@link #toTable(String, Functions.RowWriter)}; each changed row also goes into a cache, once it is committed. */
    public Sink toTable(final String table, final String cache, final Functions.RowWriter<? super T> writer) {
        return sink("to-" + table, () -> new TableSink<>(table, cache, codecOf(), erased(writer)));
    }

    /** Puts the bytes of each value into a cache, under a key's UTF-8, once its epoch is committed. */
    public Sink toCache(final String cache, final Functions.Mapping<? super T, String> key, final Duration ttl) {
        return sink("to-" + cache, () -> new CacheSink<>(cache, ttl.toMillis(), codecOf(), erased(key)));
    }

    Sink sink(final String verb, final Supplier<StageSupplier> stage) {
        return new Sink(builder.add(Node.stage(verb, node, false, null, stage)));
    }

    <R> Streamlet<R> chained(final String verb, final Operator operator, final Codec<?> codec) {
        return new Streamlet<>(builder, builder.add(Node.chained(verb, node, operator, codec)));
    }

    /** A function as the runtime calls it: types are gone there. */
    @SuppressWarnings("unchecked")
    static <F> F erased(final Object function) {
        return (F) Objects.requireNonNull(function);
    }
}
