/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.flink;

import org.apache.flink.api.common.functions.AggregateFunction;

/** Lets Flink count events as they come, not when the window ends. */
public final class EventCount<T> implements AggregateFunction<T, Long, Long> {
    private static final long serialVersionUID = 1;

    @Override
    public Long createAccumulator() {
        return 0L;
    }

    @Override
    public Long add(final T event, final Long count) {
        return count + 1;
    }

    @Override
    public Long getResult(final Long count) {
        return count;
    }

    @Override
    public Long merge(final Long one, final Long other) {
        return one + other;
    }
}
