/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.join.ChangelogJoin;
import dev.peregrine.topology.join.JoinType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A stream spread by key (Flink: KeyedStream; Kafka Streams: KGroupedStream). What an operator keeps per key lies off the
 * heap, is exact after a crash, and goes with the key when the number of instances changes.
 *
 * <p>Without a window each event gives the new result of its key, so that outputs do not depend on timing. After
 * {@link #perEpoch} a key that changed gives its result once at the end of an epoch: enough for tables, and much less
 * work where keys repeat.
 *
 * <p>Results come as pairs of key and value. An operator reads key and state where they lie; of the heap it takes what its
 * functions and the codec of the values take, which is nothing for {@code count} and for flyweights with the engine's
 * aggregators.
 *
 * @param <K> type of the keys.
 * @param <T> type of the values.
 */
public final class KeyedStreamlet<K, T> {
    private final FluentBuilder builder;
    private final Node node;
    private final Keyed<T> keyed;
    private final Codec<K> keys;

    KeyedStreamlet(final FluentBuilder builder, final Node node, final Keyed<T> keyed, final Codec<K> keys) {
        this.builder = builder;
        this.node = node;
        this.keyed = keyed;
        this.keys = Objects.requireNonNull(keys);
    }

    /** Lets results without a window come once per key and epoch that changed it, not with each event. */
    public KeyedStreamlet<K, T> perEpoch() {
        return new KeyedStreamlet<>(builder, node, keyed.withPerEpoch(), keys);
    }

    /** Forgets what is kept of a key that has had no event for so long, by the clock. Not for windows. */
    public KeyedStreamlet<K, T> expireAfter(final Duration idle) {
        if (idle.isZero() || idle.isNegative()) {
            throw new ConfigurationException("state expires after more than 0, not " + idle);
        }
        return new KeyedStreamlet<>(builder, node, keyed.withTtlNs(idle.toNanos()), keys);
    }

    /** Number of events of the key so far. Allocates nothing. */
    public PairStreamlet<K, Long> count() {
        return pairs("count", Codecs.longs(), new CountStage(keyed));
    }

    /**
     * What a function makes of the key's events so far: of the result before and the event; the first event is a result
     * itself. Reads two values and writes one an event; {@link Codecs} says what that costs.
     */
    public PairStreamlet<K, T> reduce(final Functions.Merging<T> function) {
        return pairs("reduce", keyed.values(), new FoldStage<>(keyed, null, function::apply, keyed.values()));
    }

    /**
     * What a function makes of the key's events so far: of the result before, at first the initial one, and the event.
     * Costs as {@link #reduce} does.
     */
    public <A> PairStreamlet<K, A> aggregate(
        final Functions.Initial<A> initial, final Functions.Joining<A, T, A> function, final Codec<A> codec) {
        return pairs("aggregate", codec, new FoldStage<>(keyed, Objects.requireNonNull(initial), function, codec));
    }

    /** Computes something over the key's events so far; {@link Aggregates} says at what cost. */
    public <R> PairStreamlet<K, R> aggregate(final Aggregate<T, R> aggregate) {
        return pairs("aggregate", aggregate.results(), new AggregateStage<>(keyed, aggregate));
    }

    /** The most frequent items of each key so far; see {@link Aggregates#topK}. */
    public <I> PairStreamlet<K, List<Ranked<I>>> topK(
        final Functions.Mapping<? super T, ? extends I> item, final Codec<I> codec, final int ranks,
        final int maxItemLength) {
        final Aggregate<T, List<Ranked<I>>> aggregate = Aggregates.topK(item, codec, ranks, maxItemLength);
        return pairs("topK", aggregate.results(), new AggregateStage<>(keyed, aggregate));
    }

    /** Number of distinct items of each key so far, estimated; see {@link Aggregates#distinct}. */
    public <I> PairStreamlet<K, Long> distinct(
        final Functions.Mapping<? super T, ? extends I> item, final Codec<I> codec) {
        return pairs("distinct", Codecs.longs(), new AggregateStage<>(keyed, Aggregates.distinct(item, codec)));
    }

    /**
     * The first event of each key, exactly; of an expired key ({@link #expireAfter}) the next one again. Allocates
     * nothing.
     */
    public Streamlet<T> distinct() {
        return new Streamlet<>(builder, builder.add(
            Node.stage("distinct", node, true, keyed.values(), () -> new FirstStage(keyed))));
    }

    /**
     * Pairs of events of this stream and of another, under the same key, that meet in a window; a function makes one value
     * of both, or none by null. Costs the codecs of both and of the result for each pair; an event that waits lies off the
     * heap. As for all joins, both streams must be spread by equal bytes of key.
     */
    public <U, R> PairStreamlet<K, R> join(
        final KeyedStreamlet<K, U> other, final JoinWindow window,
        final Functions.Joining<? super T, ? super U, ? extends R> function, final Codec<R> codec) {
        return joined("join", other, window, JoinType.INNER, function, codec);
    }

    /** As {@link #join}; an event of this stream that meets none is joined with null when its window has ended. */
    public <U, R> PairStreamlet<K, R> leftJoin(
        final KeyedStreamlet<K, U> other, final JoinWindow window,
        final Functions.Joining<? super T, ? super U, ? extends R> function, final Codec<R> codec) {
        return joined("leftJoin", other, window, JoinType.LEFT, function, codec);
    }

    /** As {@link #join}; an event of either stream that meets none is joined with null when its window has ended. */
    public <U, R> PairStreamlet<K, R> outerJoin(
        final KeyedStreamlet<K, U> other, final JoinWindow window,
        final Functions.Joining<? super T, ? super U, ? extends R> function, final Codec<R> codec) {
        return joined("outerJoin", other, window, JoinType.OUTER, function, codec);
    }

    private <U, R> PairStreamlet<K, R> joined(
        final String verb, final KeyedStreamlet<K, U> other, final JoinWindow window, final JoinType type,
        final Functions.Joining<? super T, ? super U, ? extends R> function, final Codec<R> codec) {
        return joined(verb, other, (sides, rights, joiner) -> window.stage(sides, type, joiner), function, codec);
    }

    /**
     * Joins each event with the latest of another stream under its key (Kafka Streams: join with a KTable), or with null
     * if there is none yet; a function makes one value of both, or none by null. The order is that of coming, not of event
     * time. What is kept of a key goes when an event comes that meets the condition.
     */
    public <U, R> PairStreamlet<K, R> enrich(
        final KeyedStreamlet<K, U> latest, final Functions.Condition<? super U> deleted,
        final Functions.Joining<? super T, ? super U, ? extends R> function, final Codec<R> codec) {
        final JoinStage.Shape<T, U> shape = (sides, rights, joiner) -> ChangelogJoin.of(sides).type(JoinType.LEFT)
            .deletedBy(event -> deleted.test(rights.read(event))).with(joiner);
        return joined("enrich", latest, shape, function, codec);
    }

    private <U, R> PairStreamlet<K, R> joined(
        final String verb, final KeyedStreamlet<K, U> other, final JoinStage.Shape<T, U> shape,
        final Functions.Joining<? super T, ? super U, ? extends R> function, final Codec<R> codec) {
        final Functions.Joining<T, U, R> joining = Streamlet.erased(function);
        return new PairStreamlet<>(builder, builder.add(Node.stage(verb, List.of(node, other.node), true,
            Codecs.pair(keys, codec),
            leftInputs -> new JoinStage<>(shape, leftInputs, keyed, other.keyed, joining, codec))), keys, codec);
    }

    /** Puts events of a key together by windows. */
    public WindowedStreamlet<K, T> window(final Window window) {
        return new WindowedStreamlet<>(builder, node, keyed, keys, window, null);
    }

    /**
     * Puts a stage written by hand in: it gets the bytes of the values, under the hash of their key, so that its states
     * belong to the key. It emits bytes that a codec reads. Costs what the stage costs.
     */
    public <R> Streamlet<R> process(final StageSupplier stage, final Codec<R> codec) {
        return Streamlet.process(builder, node, stage, codec);
    }

    private <R> PairStreamlet<K, R> pairs(final String verb, final Codec<R> results, final StageSupplier stage) {
        return new PairStreamlet<>(builder,
            builder.add(Node.stage(verb, node, true, Codecs.pair(keys, results), () -> stage)), keys, results);
    }
}
