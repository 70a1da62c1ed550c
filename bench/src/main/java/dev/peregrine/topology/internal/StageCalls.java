/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.bench.rig.Payload;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.TaskHook;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Two stages fused on one thread, as the runtime builds them, for benchmarks. It stands in the runtime's package because
 * instances are not for users of the engine.
 */
public final class StageCalls {
    private static final int LENGTH = 64;

    private final StageInstance first;
    private final MutableEvent event = new MutableEvent();
    private final UnsafeBuffer payload = Payload.of(LENGTH);
    private final CountingHook hook = new CountingHook();
    private long sum;
    private long next;

    /** What happens besides the calls. */
    public enum Around {
        /** Nothing. */
        NOTHING,
        /** A hook of each stage counts. */
        HOOK,
        /** The second stage throws at the first attempt at each event. */
        RETRY
    }

    private static final class CountingHook implements TaskHook {
        private long before;
        private long after;
        private long emitted;

        @Override
        public void beforeEvent(final EventView event) {
            before++;
        }

        @Override
        public void afterEvent(final EventView event) {
            after++;
        }

        @Override
        public void onEmit(final EventView event) {
            emitted++;
        }

        long sum() {
            return before + after + emitted;
        }
    }

    private static final class HandOn implements Stage {
        @Override
        public void onEvent(final EventView event, final Emitter out) {
            out.forward(event, event.keyHash());
        }
    }

    private final class Last implements Stage {
        @Override
        public void onEvent(final EventView event, final Emitter out) {
            sum += event.buffer().getLong(event.offset());
        }
    }

    /** Throws what it has thrown before: what is measured is what the engine does about it. */
    private final class Failing implements Stage {
        private final IllegalStateException failure = new IllegalStateException("again");
        private boolean fail;

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            fail = !fail;
            if (fail) {
                throw failure;
            }
            sum += event.buffer().getLong(event.offset());
        }
    }

    /** Makes the stages. */
    public StageCalls(final Around around) {
        final TopologyBuilder builder = TopologyBuilder.named("bench").source("in", "in")
            .failures(FailurePolicy.failTopology().afterRetries(1, 0))
            .stage("first", HandOn::new).shuffle("in");
        if (around == Around.HOOK) {
            builder.hook(() -> hook);
        }
        builder.stage("second", () -> around == Around.RETRY ? new Failing() : new Last()).shuffle("first");
        if (around == Around.HOOK) {
            builder.hook(() -> hook);
        }
        final Topology topology = builder.build();
        first = new StageInstance(topology, topology.component("first"), 0, null, 0, null);
        final StageInstance second = new StageInstance(topology, topology.component("second"), 0, null, 0, null);
        first.outputs().main().routes(new Route[] {new Route("second",
            new Topology.Input("first", "", Grouping.SHUFFLE, null), new Channel[] {new FusedChannel(second)})});
    }

    /** Hands an event to the first stage; returns what depends on all of them. */
    public long call() {
        next++;
        payload.putLong(0, next);
        first.onEvent(event.set(payload, 0, LENGTH, next, next, 0, 0));
        return sum + hook.sum();
    }
}
