/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ConfigurationException;

/**
 * Where records go that a subscriber has rejected.
 *
 * @param stream name of the dead-letter stream; empty is none.
 * @param attempts deliveries before a record goes there.
 */
public record DeadLetter(String stream, int attempts) {
    /** Rejected records are delivered for ever. */
    public static final DeadLetter NONE = new DeadLetter("", 3);

    /** Checks the numbers. */
    public DeadLetter {
        if (attempts < 1) {
            throw new ConfigurationException("a record must be delivered at least once before it is a dead letter, not "
                + attempts + " times");
        }
    }
}
