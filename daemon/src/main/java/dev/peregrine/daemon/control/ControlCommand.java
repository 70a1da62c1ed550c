/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.control;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What can be asked for. */
public enum ControlCommand {
    /** All topologies. */
    LIST,
    /** All about one. */
    DESCRIBE,
    /** Start one. */
    SUBMIT,
    /** Let its sources read. */
    ACTIVATE,
    /** Stop its sources. */
    DEACTIVATE,
    /** Change numbers of instances. */
    UPDATE,
    /** Stop it at a commit and start it there. */
    RESTART,
    /** Wait until all that is published is done with, and stop it. */
    DRAIN,
    /** Copy its committed state. */
    SAVEPOINT,
    /** All savepoints. */
    SAVEPOINTS,
    /** Delete a savepoint. */
    DELETE_SAVEPOINT,
    /** Stop it and forget its state. */
    KILL;

    /** As it stands in a request. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** All names. */
    public static List<String> names() {
        return Arrays.stream(values()).map(ControlCommand::text).toList();
    }

    /** The command of a name; null if there is none. */
    public static ControlCommand of(final String text) {
        return Arrays.stream(values()).filter(each -> each.text().equals(text)).findFirst().orElse(null);
    }
}
