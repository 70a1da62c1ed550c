/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

/** One operator of a chain at work in an instance. Used by its thread. */
@FunctionalInterface
interface Step<T> {
    /** Takes a value; hands on what comes of it before it returns. */
    void accept(T value);
}
