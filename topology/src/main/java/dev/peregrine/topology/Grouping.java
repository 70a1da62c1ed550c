/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

/** How the events of one component are spread over the instances of the next. */
public enum Grouping {
    /** In turn: each instance gets the same share. */
    SHUFFLE,
    /** By the hash of the key: one key always goes to the same instance (Heron: fields grouping). */
    KEY,
    /** All to the first instance. */
    GLOBAL,
    /** Each event to every instance. */
    ALL
}
