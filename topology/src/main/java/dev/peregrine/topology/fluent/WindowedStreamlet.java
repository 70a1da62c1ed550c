/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.window.TimeWindow;
import java.util.List;
import java.util.function.Consumer;

/**
 * A stream per key and window. An event is added to the accumulators that it belongs to, off the heap; a window of a key
 * that had an event gives one result.
 *
 * @param <K> type of the keys.
 * @param <T> type of the values.
 */
public final class WindowedStreamlet<K, T> {
    private final FluentBuilder builder;
    private final Node node;
    private final Keyed<T> keyed;
    private final Codec<K> keys;
    private final Window window;
    /** Gets the stream of what comes too late, or null. */
    private final Consumer<Streamlet<T>> late;

    WindowedStreamlet(
        final FluentBuilder builder, final Node node, final Keyed<T> keyed, final Codec<K> keys, final Window window,
        final Consumer<Streamlet<T>> late) {
        this.builder = builder;
        this.node = node;
        this.keyed = keyed;
        this.keys = keys;
        this.window = window;
        this.late = late;
    }

    /** What is done with events that come when all their windows are gone; without this they are dropped. */
    public WindowedStreamlet<K, T> late(final Consumer<Streamlet<T>> operators) {
        return new WindowedStreamlet<>(builder, node, keyed, keys, window, operators);
    }

    /** Computes something over each window; {@link Aggregates} says at what cost. */
    public <R> Streamlet<WindowResult<K, R>> aggregate(final Aggregate<T, R> aggregate) {
        return made("aggregate", aggregate);
    }

    /** Number of events. Allocates nothing. */
    public Streamlet<WindowResult<K, Long>> count() {
        return made("count", Aggregates.count());
    }

    /** See {@link Aggregates#reduce}. */
    public Streamlet<WindowResult<K, T>> reduce(final Functions.Merging<T> function, final int maxLength) {
        return made("reduce", Aggregates.reduce(function, keyed.values(), maxLength));
    }

    /** See {@link Aggregates#topK}. */
    public <I> Streamlet<WindowResult<K, List<Ranked<I>>>> topK(
        final Functions.Mapping<? super T, ? extends I> item, final Codec<I> codec, final int ranks,
        final int maxItemLength) {
        return made("topK", Aggregates.topK(item, codec, ranks, maxItemLength));
    }

    /** See {@link Aggregates#distinct}. */
    public <I> Streamlet<WindowResult<K, Long>> distinct(
        final Functions.Mapping<? super T, ? extends I> item, final Codec<I> codec) {
        return made("distinct", Aggregates.distinct(item, codec));
    }

    private <R> Streamlet<WindowResult<K, R>> made(final String verb, final Aggregate<T, R> aggregate) {
        final Node made = builder.add(Node.stage("window-" + verb, node, true,
            new WindowResultCodec<>(keys, aggregate.results()),
            () -> window.stage(keyed.selector(), new ValueAggregator<>(keyed, aggregate), late != null)));
        if (late != null) {
            late.accept(lateOf(made));
        }
        return new Streamlet<>(builder, made);
    }

    private Streamlet<T> lateOf(final Node made) {
        final Codec<T> values = keyed.values();
        if (!keyed.inPairs()) {
            return new Streamlet<>(builder, builder.add(Node.side(made, TimeWindow.LATE, values)));
        }
        final Node pairs = builder.add(Node.side(made, TimeWindow.LATE, new ValueOfPairCodec<>(values)));
        return new Streamlet<>(builder, builder.add(Node.chained("value", pairs, new Operators.Pass(), values)));
    }
}
