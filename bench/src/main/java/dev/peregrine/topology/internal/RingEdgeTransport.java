/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.bench.rig.Transport;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * The engine's edge between two threads with a stage behind it, as the runtime builds it. It stands in the runtime's
 * package because an edge is not for users of the engine, but the benchmarks must meet the very class that runs.
 */
public final class RingEdgeTransport implements Transport {
    private final RingEdge ring;
    private final boolean flushEach;
    private final Handover handover = new Handover();

    /** The stage: hands events to whoever polls. */
    private static final class Handover implements Stage {
        private Payloads to;

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            to.onPayload(event.buffer(), event.offset(), event.length());
        }
    }

    /** A ring that publishes after each payload if the batch is one, and as the engine does otherwise. */
    public RingEdgeTransport(final int slots, final int payloadLength, final int batch) {
        final Topology topology = TopologyBuilder.named("bench").source("in", "in")
            .stage("receiver", () -> handover).shuffle("in").build();
        final StageInstance receiver =
            new StageInstance(topology, topology.component("receiver"), 0, null, 0, null);
        ring = new RingEdge(receiver, slots, payloadLength, YieldingIdleStrategy.INSTANCE, () -> false);
        flushEach = batch == 1;
    }

    @Override
    public Sender newSender() {
        final MutableEvent event = new MutableEvent();
        return new Sender() {
            @Override
            public void send(final DirectBuffer payload, final int length) {
                ring.send(event.set(payload, 0, length, 0, 0, 0, 0));
                if (flushEach) {
                    ring.flush();
                }
            }

            @Override
            public void flush() {
                ring.flush();
            }
        };
    }

    @Override
    public Receiver newReceiver() {
        return (handler, limit) -> {
            handover.to = handler;
            return ring.poll(limit);
        };
    }

    @Override
    public void close() {
        // nothing but memory
    }
}
