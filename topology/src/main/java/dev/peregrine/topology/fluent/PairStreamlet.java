/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.FailurePolicy;
import java.time.Duration;
import java.util.Objects;

/**
 * A stream of pairs, as operators per key make them (Heron: KVStreamlet).
 *
 * @param <K> type of the keys.
 * @param <V> type of the values.
 */
public final class PairStreamlet<K, V> extends Streamlet<Pair<K, V>> {
    private final Codec<K> keys;
    private final Codec<V> values;

    PairStreamlet(final FluentBuilder builder, final Node node, final Codec<K> keys, final Codec<V> values) {
        super(builder, node);
        this.keys = keys;
        this.values = values;
    }

    /**
     * Goes on per key, without a stage in between: the events are spread by their key already. Costs nothing.
     */
    public KeyedStreamlet<K, V> byKey() {
        return new KeyedStreamlet<>(builder(), node(), Keyed.inPairs(values), keys);
    }

    /** Makes one value of each, under the same key. Costs the pair, the value and their codecs. */
    public <R> PairStreamlet<K, R> mapValues(
        final Functions.Mapping<? super V, ? extends R> function, final Codec<R> codec) {
        final Functions.Mapping<Pair<K, V>, Pair<K, R>> mapping =
            pair -> new Pair<>(pair.key(), function.apply(pair.value()));
        final Streamlet<Pair<K, R>> made = map(mapping, Codecs.pair(keys, codec));
        return new PairStreamlet<>(builder(), made.node(), keys, codec);
    }

    /**
     * Sets a cell in the row of each key, whose pkey is the key's bytes: a number where the values' codec is
     * {@link Codecs#longs}, text where it is {@link Codecs#text}, else bytes. The table must exist. Allocates nothing.
     */
    public Sink toTable(final String table, final String lkey) {
        return sink("to-" + table, () -> new CellSink(table, null, lkey, values));
    }

    /** As {@link #toTable(String, String)}; each changed row also goes into a cache, once it is committed. */
    public Sink toTable(final String table, final String lkey, final String cache) {
        return sink("to-" + table, () -> new CellSink(table, Objects.requireNonNull(cache), lkey, values));
    }

    /** Puts the bytes of each value into a cache, under the key's bytes, once its epoch is committed. Allocates nothing. */
    public Sink toCache(final String cache, final Duration ttl) {
        return sink("to-" + cache, () -> new CacheSink<>(cache, ttl.toMillis(), null, null));
    }

    @Override
    public PairStreamlet<K, V> named(final String name) {
        super.named(name);
        return this;
    }

    @Override
    public PairStreamlet<K, V> parallelism(final int instances) {
        super.parallelism(instances);
        return this;
    }

    @Override
    public PairStreamlet<K, V> onFailure(final FailurePolicy policy) {
        super.onFailure(policy);
        return this;
    }
}
