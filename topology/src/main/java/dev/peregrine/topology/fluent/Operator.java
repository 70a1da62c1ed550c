/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import java.io.Serializable;

/** What an operator of a chain does; makes the step that does it in an instance. */
interface Operator extends Serializable {
    /**
     * The step of one instance.
     *
     * @param next where each output leads: one, but for a branch.
     */
    @SuppressWarnings("rawtypes")
    Step<?> step(Step[] next, Flow flow);

    /** Whether the values that leave it are those that came, unchanged. */
    default boolean keepsValue() {
        return true;
    }

    /** Whether it looks at values at all: an event that nobody looks at need not be decoded. */
    default boolean readsValue() {
        return true;
    }

    /** Number of outputs. */
    default int fanOut() {
        return 1;
    }

    /** The output of its parent that it reads. */
    default int branch() {
        return 0;
    }
}
