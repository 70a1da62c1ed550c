/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

/** Tells, when tables are opened, which epochs of a topology count. */
@FunctionalInterface
public interface CommittedEpochs {
    /** Last committed epoch of a producer, or -1 if it has none. */
    long lastCommitted(long producerId);
}
