/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A thread of a topology that does not come back from a call.
 *
 * @param thread name of the thread.
 * @param instances the instance that hangs; several where their stages are of one class and share the thread; none where
 *     the thread is in no stage.
 * @param durationNs for how long it has hung, as far as was seen.
 * @param stack where it is, innermost call first.
 */
public record HungStage(String thread, List<String> instances, long durationNs, List<String> stack) {
    /** Copies the lists. */
    public HungStage {
        instances = List.copyOf(instances);
        stack = List.copyOf(stack);
    }

    @Override
    public String toString() {
        return (instances.isEmpty() ? "no stage" : String.join(" or ", instances)) + " on thread " + thread
            + " has not come back for " + TimeUnit.NANOSECONDS.toSeconds(durationNs) + " s"
            + (stack.isEmpty() ? "" : ", at " + stack.get(0));
    }
}
