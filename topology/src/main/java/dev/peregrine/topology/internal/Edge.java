/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

/**
 * A ring between two instances, as those see it who watch.
 *
 * @param senderThread thread of the instance that waits when the ring is full.
 * @param receiverThread thread of the instance that empties it.
 */
record Edge(int senderThread, int receiverThread, RingEdge ring) {
}
