/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import java.time.Instant;

/**
 * A copy of a topology's state, timers and places in its sources, from which it can be started again. The source streams
 * must still hold what comes behind these places; tables and streams that it has written are not part of it.
 *
 * @param name name of the savepoint, unique in the engine.
 * @param topology the topology it was taken of.
 * @param created when.
 * @param epoch the last committed epoch in it.
 * @param bytes length of the copied log, bytes.
 */
public record Savepoint(String name, String topology, Instant created, long epoch, long bytes) {
}
