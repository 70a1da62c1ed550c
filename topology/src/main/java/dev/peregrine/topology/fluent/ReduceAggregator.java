/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.EventView;
import dev.peregrine.topology.aggregate.Aggregator;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/** Keeps what a function makes of two values. One instance's. */
final class ReduceAggregator<T> implements Aggregator {
    private static final long serialVersionUID = 1;
    private static final int INITIAL_LENGTH = 64;

    private final Functions.Merging<T> function;
    private final Codec<T> codec;
    private final int maxLength;
    private final transient SizedCodec<T> kept;
    private final transient Codec<T> first;
    private final transient Codec<T> second;
    private final transient ExpandableDirectByteBuffer scratch = new ExpandableDirectByteBuffer(INITIAL_LENGTH);

    ReduceAggregator(final Functions.Merging<T> function, final Codec<T> codec, final int maxLength) {
        final CodecScope scope = new CodecScope();
        this.function = function;
        this.codec = codec;
        this.maxLength = maxLength;
        this.kept = new SizedCodec<>(codec, maxLength);
        this.first = scope.bind(codec);
        this.second = scope.bind(codec);
    }

    @Override
    public Aggregator forInstance() {
        return new ReduceAggregator<>(function, codec, maxLength);
    }

    private Object readResolve() {
        return forInstance();
    }

    @Override
    public int accumulatorLength() {
        return kept.length();
    }

    @Override
    public void add(final EventView event, final MutableDirectBuffer accumulator, final int offset) {
        reduce(accumulator, offset, event.buffer(), event.offset(), event.length());
    }

    private void reduce(
        final MutableDirectBuffer into, final int offset, final DirectBuffer value, final int at, final int length) {
        if (SizedCodec.isEmpty(into, offset)) {
            kept.put(into, offset, value, at, length);
            return;
        }
        final int before = (int) into.getLong(offset + SizedCodec.LENGTH_OFFSET) - 1;
        final T reduced = function.apply(
            first.decode(into, offset + SizedCodec.VALUE_OFFSET, before), second.decode(value, at, length));
        kept.put(into, offset, scratch, 0, first.encode(reduced, scratch, 0));
    }

    @Override
    public void merge(
        final DirectBuffer from, final int fromOffset, final MutableDirectBuffer into, final int offset) {
        if (!SizedCodec.isEmpty(from, fromOffset)) {
            reduce(into, offset, from, fromOffset + SizedCodec.VALUE_OFFSET,
                (int) from.getLong(fromOffset + SizedCodec.LENGTH_OFFSET) - 1);
        }
    }

    @Override
    public int resultLength() {
        return kept.length();
    }

    @Override
    public void result(
        final DirectBuffer accumulator, final int offset, final MutableDirectBuffer into, final int intoOffset) {
        into.putBytes(intoOffset, accumulator, offset, kept.length());
    }
}
