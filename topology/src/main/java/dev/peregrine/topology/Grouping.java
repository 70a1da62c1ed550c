/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

/** How the events of an output are spread over the instances of a component that reads it. */
public enum Grouping {
    /** In turn: each instance gets the same share. */
    SHUFFLE,
    /** By the hash of the key: one key always goes to the same instance (Heron: fields grouping). */
    KEY,
    /**
     * By the hash of the key to one of two instances, whichever has got fewer events from this sender: balances keys of
     * uneven weight; results per key must be merged downstream. Source: Nasir et al., The Power of Both Choices, 2015.
     */
    PARTIAL_KEY,
    /** All to the first instance. */
    GLOBAL,
    /** Each event to every instance. */
    ALL,
    /** In turn over the instances on the sender's own thread, which costs no hop; over all if there is none. */
    LOCAL_OR_SHUFFLE,
    /** To the instance that the sender names by {@link Emitter#toTask}. */
    DIRECT,
    /** To the instance that a {@link GroupingFunction} of the user's names. */
    CUSTOM
}
