/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.TaskHook;
import java.util.Arrays;
import java.util.List;

/** The outputs of one instance: the default one first, then those that have a name. Used by its thread. */
final class Outputs {
    private final Output[] all;

    Outputs(final List<String> names) {
        all = new Output[names.size() + 1];
        all[0] = new Output("");
        for (int i = 1; i < all.length; i++) {
            all[i] = new Output(names.get(i - 1));
        }
    }

    Output main() {
        return all[0];
    }

    /** An output by its name; empty is the default one. */
    Output named(final String component, final String name) {
        return Arrays.stream(all).filter(output -> output.name().equals(name)).findFirst()
            .orElseThrow(() -> new ConfigurationException("component " + component + " declares no output '" + name
                + "'; it has " + Arrays.stream(all).skip(1).map(Output::name).toList()));
    }

    void hooks(final TaskHook[] hooks) {
        for (final Output output : all) {
            output.hooks(hooks);
        }
    }

    void watermark(final long eventTimeNs) {
        for (int i = 0; i < all.length; i++) {
            all[i].watermark(eventTimeNs);
        }
    }

    void marker(final long epoch) {
        for (int i = 0; i < all.length; i++) {
            all[i].marker(epoch);
        }
    }

    void flush() {
        for (int i = 0; i < all.length; i++) {
            all[i].flush();
        }
    }

    /** Gives open claims up: the stage threw. */
    void abort() {
        for (int i = 0; i < all.length; i++) {
            all[i].abort();
        }
    }

    long emitted() {
        long sum = 0;
        for (int i = 0; i < all.length; i++) {
            sum += all[i].emitted();
        }
        return sum;
    }

    /** Nanoseconds spent waiting for room so far; approximate from other threads. */
    long waitedNs() {
        long sum = 0;
        for (int i = 0; i < all.length; i++) {
            sum += all[i].waitedNs();
        }
        return sum;
    }
}
