/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.aggregate.Aggregator;
import dev.peregrine.topology.aggregate.Aggregators;
import java.util.List;
import org.agrona.ExpandableDirectByteBuffer;

/**
 * What comes with the engine to be computed over values, in windows or without. Each keeps a fixed number of bytes a key,
 * off the heap. On the heap an event costs what its codec takes to read the value, which is done once for each number or
 * item that is taken from it; nothing for flyweights, nor for {@link #count} and {@link #of}.
 */
public final class Aggregates {
    private static final int INITIAL_LENGTH = 64;

    private Aggregates() {
    }

    /** An aggregator that reads events itself: their payload is the value. The result is read by a codec. */
    public static <T, R> Aggregate<T, R> of(final Aggregator aggregator, final Codec<R> results) {
        return new Made<>(values -> aggregator, results);
    }

    /** Number of values. */
    public static <T> Aggregate<T, Long> count() {
        return of(Aggregators.count(), Codecs.longs());
    }

    /** Sum of whole numbers, which must fit a long. */
    public static <T> Aggregate<T, Long> sum(final Functions.ToLong<? super T> number) {
        return new Made<>(values -> Aggregators.sum(event -> number.applyAsLong(values.read(event))), Codecs.longs());
    }

    /** Sum. */
    public static <T> Aggregate<T, Double> sumDouble(final Functions.ToDouble<? super T> number) {
        return new Made<>(
            values -> Aggregators.sumDouble(event -> number.applyAsDouble(values.read(event))), Codecs.doubles());
    }

    /** Arithmetic mean; NaN if there was no value. */
    public static <T> Aggregate<T, Double> mean(final Functions.ToDouble<? super T> number) {
        return new Made<>(values -> Aggregators.mean(event -> number.applyAsDouble(values.read(event))), Codecs.doubles());
    }

    /** Least whole number. */
    public static <T> Aggregate<T, Long> min(final Functions.ToLong<? super T> number) {
        return new Made<>(values -> Aggregators.min(event -> number.applyAsLong(values.read(event))), Codecs.longs());
    }

    /** Greatest whole number. */
    public static <T> Aggregate<T, Long> max(final Functions.ToLong<? super T> number) {
        return new Made<>(values -> Aggregators.max(event -> number.applyAsLong(values.read(event))), Codecs.longs());
    }

    /** Least number. */
    public static <T> Aggregate<T, Double> minDouble(final Functions.ToDouble<? super T> number) {
        return new Made<>(
            values -> Aggregators.minDouble(event -> number.applyAsDouble(values.read(event))), Codecs.doubles());
    }

    /** Greatest number. */
    public static <T> Aggregate<T, Double> maxDouble(final Functions.ToDouble<? super T> number) {
        return new Made<>(
            values -> Aggregators.maxDouble(event -> number.applyAsDouble(values.read(event))), Codecs.doubles());
    }

    /** Quantiles of numbers of 0 and more, each exact to 1 %, in 4 KiB a key; ranks are 0 to 1. */
    public static <T> Aggregate<T, List<Double>> quantiles(
        final Functions.ToDouble<? super T> number, final double... ranks) {
        return new Made<>(values -> Aggregators.quantiles(event -> number.applyAsDouble(values.read(event)), ranks),
            new DoublesCodec());
    }

    /**
     * Number of distinct items, estimated with a standard error of 2.3 % in 2 KiB a key.
     *
     * @param codec of the items; equal items must have equal bytes.
     */
    public static <T, I> Aggregate<T, Long> distinct(
        final Functions.Mapping<? super T, ? extends I> item, final Codec<I> codec) {
        return new Made<>(values -> Aggregators.distinct(selector(values, item, codec)), Codecs.longs());
    }

    /**
     * The most frequent items by falling count, as {@link Aggregators#topK(KeySelector, int, int)} finds them.
     *
     * @param codec of the items; equal items must have equal bytes.
     * @param maxItemLength bytes of the longest item; of longer ones only so many count.
     */
    public static <T, I> Aggregate<T, List<Ranked<I>>> topK(
        final Functions.Mapping<? super T, ? extends I> item, final Codec<I> codec, final int ranks,
        final int maxItemLength) {
        return new Made<>(values -> Aggregators.topK(selector(values, item, codec), ranks, maxItemLength),
            new RankedCodec<>(codec, maxItemLength));
    }

    /**
     * What a function makes of two values, and of that and a third, in any order and grouping: it must be associative
     * and commutative.
     *
     * @param codec of the values.
     * @param maxLength bytes of the longest value; a longer one throws.
     */
    public static <T> Aggregate<T, T> reduce(
        final Functions.Merging<T> function, final Codec<T> codec, final int maxLength) {
        return new Made<>(values -> new ReduceAggregator<>(function, codec, maxLength), new SizedCodec<>(codec, maxLength));
    }

    /** For one instance, so it may keep scratch memory. */
    private static <T, I> KeySelector selector(
        final Aggregate.ValueReader<T> values, final Functions.Mapping<? super T, ? extends I> item,
        final Codec<I> codec) {
        final Codec<I> own = codec.forInstance();
        final ExpandableDirectByteBuffer scratch = new ExpandableDirectByteBuffer(INITIAL_LENGTH);
        return (event, key) -> key.set(scratch, 0, own.encode(item.apply(values.read(event)), scratch, 0));
    }

    /** Makes the aggregator of an instance. */
    @FunctionalInterface
    private interface Maker<T> extends java.io.Serializable {
        Aggregator over(Aggregate.ValueReader<T> values);
    }

    private record Made<T, R>(Maker<T> maker, Codec<R> results) implements Aggregate<T, R> {
        @Override
        public Aggregator over(final ValueReader<T> values) {
            return maker.over(values);
        }
    }
}
