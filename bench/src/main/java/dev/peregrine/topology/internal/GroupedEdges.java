/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.bench.rig.Transport;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * A sender and the two instances that it reaches by a grouping, as the runtime builds them, for benchmarks. It stands in
 * the runtime's package because edges are not for users of the engine.
 */
public final class GroupedEdges {
    private static final int INSTANCES = 2;
    private static final int SLOTS = 4096;

    private final Output output = new Output("");
    private final MutableEvent event = new MutableEvent();
    private final RingEdge[] rings;
    private final boolean direct;
    private int task;
    private Transport.Payloads handler;

    private final class Handover implements Stage {
        @Override
        public void onEvent(final EventView received, final Emitter out) {
            handler.onPayload(received.buffer(), received.offset(), received.length());
        }
    }

    /** With a ring to each instance, or with both fused. */
    public GroupedEdges(final Grouping grouping, final boolean ring, final int slotLength) {
        direct = grouping == Grouping.DIRECT;
        final Topology topology = TopologyBuilder.named("bench").source("in", "in")
            .stage("receiver", INSTANCES, Handover::new).shuffle("in").build();
        final Channel[] channels = new Channel[INSTANCES];
        rings = new RingEdge[ring ? INSTANCES : 0];
        for (int i = 0; i < INSTANCES; i++) {
            final StageInstance receiver =
                new StageInstance(topology, topology.component("receiver"), i, null, 0, null);
            if (ring) {
                rings[i] = new RingEdge(receiver, SLOTS, slotLength, YieldingIdleStrategy.INSTANCE, () -> false);
                channels[i] = rings[i];
            } else {
                channels[i] = new FusedChannel(receiver);
            }
        }
        output.routes(new Route[] {new Route("receiver", new Topology.Input("in", "", grouping,
            (view, instances) -> (int) (view.keyHash() & instances - 1)), channels)});
    }

    /** Sends an event; with a direct grouping to the instances in turn. */
    public void send(final DirectBuffer payload, final int length, final long keyHash) {
        if (direct) {
            task ^= 1;
            output.toTask(task);
        }
        output.send(event.set(payload, 0, length, keyHash, 0, 0, 0));
    }

    /** Who takes the events of fused instances. */
    public void receive(final Transport.Payloads payloads) {
        handler = payloads;
    }

    /** The thread that both rings lead to. */
    public Transport.Receiver newReceiver() {
        return (payloads, limit) -> {
            handler = payloads;
            int taken = 0;
            for (final RingEdge ring : rings) {
                taken += ring.poll(limit);
            }
            return taken;
        };
    }
}
