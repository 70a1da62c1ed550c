/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

/** What a crash may do to results. */
public enum Delivery {
    /**
     * Nothing counts twice, and what was in work at a crash is not done again: a source takes a stretch of its stream as
     * read before it reads it.
     */
    AT_MOST_ONCE,
    /**
     * Nothing is lost; what was in work at a crash is done again. Outputs to streams go out as they are emitted, so some
     * go out twice. States and tables are exact all the same.
     */
    AT_LEAST_ONCE,
    /**
     * Results after a crash equal those of an undisturbed run: states, tables and streams. Outputs to streams go out when
     * their epoch is committed.
     */
    EFFECTIVELY_ONCE
}
