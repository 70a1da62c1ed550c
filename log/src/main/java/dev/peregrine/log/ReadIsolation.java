/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

/** How far a reader may go. Each includes the one before it. */
public enum ReadIsolation {
    /** All that is committed by its publisher; it survives the death of the process, not a power cut. Costs nothing. */
    VISIBLE,
    /**
     * Nothing behind {@link PartitionLog#durablePosition}. Under {@link Durability#OS} that moves only when somebody
     * forces, and starts anew at the log's start with each opening.
     */
    DURABLE,
    /**
     * Nothing behind {@link PartitionLog#committedPosition}: what a transactional writer, such as a topology that
     * writes in epochs, has committed. In a log that has no such writer that is all that is visible.
     */
    COMMITTED
}
