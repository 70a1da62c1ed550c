/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.control;

import java.util.Map;

/**
 * What a client asks for, one line of JSON.
 *
 * @param command what to do, a name of {@link ControlCommand}.
 * @param topology name of the topology; null where none is meant.
 * @param config the topology's block of settings as JSON, for {@code submit}; null is that of the daemon's own file.
 * @param savepoint name of a savepoint; null where none is meant.
 * @param parallelism the new number of instances of components, for {@code update}; null where none is meant.
 * @param dryRun only say what would be.
 */
public record ControlRequest(
    String command, String topology, String config, String savepoint, Map<String, Integer> parallelism, boolean dryRun) {
    /** A request with a command and a topology only. */
    public static ControlRequest of(final ControlCommand command, final String topology) {
        return new ControlRequest(command.text(), topology, null, null, null, false);
    }

    /** The same about a savepoint. */
    public ControlRequest withSavepoint(final String value) {
        return new ControlRequest(command, topology, config, value, parallelism, dryRun);
    }

    /** The same with a block of settings. */
    public ControlRequest withConfig(final String value) {
        return new ControlRequest(command, topology, value, savepoint, parallelism, dryRun);
    }

    /** The same with other numbers of instances. */
    public ControlRequest withParallelism(final Map<String, Integer> value) {
        return new ControlRequest(command, topology, config, savepoint, value, dryRun);
    }

    /** The same, only saying what would be, or not. */
    public ControlRequest withDryRun(final boolean value) {
        return new ControlRequest(command, topology, config, savepoint, parallelism, value);
    }
}
