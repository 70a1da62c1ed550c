/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.flink;

import java.io.Serializable;

/**
 * Makes event number n of a bounded run, the same whenever it is asked. Flink serializes it once per source instance.
 *
 * @param <T> the event.
 */
@FunctionalInterface
public interface IndexedEvents<T> extends Serializable {
    /** Event of a number, from 0. Called in order by each source instance for its share of the numbers. */
    T at(long number);
}
