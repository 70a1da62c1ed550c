/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.EventView;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.time.TimestampExtractor;
import dev.peregrine.topology.time.WatermarkStrategy;

/**
 * What a source reads from its stream.
 *
 * @param <T> type of the values.
 */
public final class SourceStreamlet<T> extends Streamlet<T> {
    SourceStreamlet(final FluentBuilder builder, final Node node) {
        super(builder, node);
    }

    /** Lets the source tell event time, without which windows never end. */
    public SourceStreamlet<T> watermarks(final WatermarkStrategy strategy) {
        node().watermarks = strategy;
        return this;
    }

    /**
     * As {@link #watermarks(WatermarkStrategy)}, with event times read from the value, nanoseconds since 1970. Decodes
     * each event once more, which is free for flyweights; for text or JSON better let the strategy find the time in the
     * bytes.
     */
    public SourceStreamlet<T> watermarks(final WatermarkStrategy strategy, final Functions.ToLong<T> timeNs) {
        return watermarks(strategy.withTimestamps(new DecodedTime<>(codecOf(), timeNs)));
    }

    @Override
    public SourceStreamlet<T> named(final String name) {
        super.named(name);
        return this;
    }

    @Override
    public SourceStreamlet<T> parallelism(final int instances) {
        super.parallelism(instances);
        return this;
    }

    @Override
    public SourceStreamlet<T> onFailure(final FailurePolicy policy) {
        throw new dev.peregrine.core.error.ConfigurationException(
            "a source cannot fail at an event: give the policy to the operator behind it");
    }

    /** Reads the time of a decoded event. Shared by the instances of a source, so each thread has its codec. */
    private static final class DecodedTime<T> implements TimestampExtractor {
        private static final long serialVersionUID = 1;

        private final Codec<T> codec;
        private final Functions.ToLong<T> timeNs;
        private final transient ThreadLocal<Codec<T>> own;

        DecodedTime(final Codec<T> codec, final Functions.ToLong<T> timeNs) {
            this.codec = codec;
            this.timeNs = timeNs;
            this.own = ThreadLocal.withInitial(codec::forInstance);
        }

        private Object readResolve() {
            return new DecodedTime<>(codec, timeNs);
        }

        @Override
        public long timestampNs(final EventView event) {
            return timeNs.applyAsLong(own.get().decode(event.buffer(), event.offset(), event.length()));
        }
    }
}
