/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.ring;

import dev.peregrine.bench.rig.Transport;
import dev.peregrine.topology.internal.RingEdgeTransport;

/** The rings that are measured, by the name that stands in parameter {@code subject}; all of {@value #SLOTS} slots. */
final class RingTransports {
    private static final int SLOTS = 8192;

    private RingTransports() {
    }

    /** Opens a ring that makes what was sent visible after so many payloads, where it can batch. */
    static Transport open(final String subject, final int payloadLength, final int batch) {
        return switch (subject) {
            case "peregrine" -> new RingEdgeTransport(SLOTS, payloadLength, batch);
            case "disruptor" -> new DisruptorTransport(SLOTS, payloadLength, batch);
            case "array-blocking-queue" -> new BlockingQueueTransport(SLOTS);
            case "agrona-ring-buffer" -> new AgronaRingTransport(SLOTS, payloadLength);
            default -> throw new IllegalArgumentException("no such ring: " + subject);
        };
    }
}
