/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.join;

/** What becomes of rows that have no partner. */
public enum JoinType {
    /** They are dropped. */
    INNER,
    /** Those of the left side are emitted alone. */
    LEFT,
    /** Those of both sides are emitted alone. */
    OUTER;

    boolean emitsLeft() {
        return this != INNER;
    }

    boolean emitsRight() {
        return this == OUTER;
    }
}
