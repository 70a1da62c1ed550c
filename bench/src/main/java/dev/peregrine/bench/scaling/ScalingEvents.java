/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.scaling;

import dev.peregrine.Peregrine;
import dev.peregrine.bench.rig.Payload;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedCounter;
import dev.peregrine.topology.state.StateTtl;
import org.agrona.concurrent.UnsafeBuffer;

/** The events of all jobs here, of 64 bytes and 10,000 to the second of event time, and the stages that they share. */
final class ScalingEvents {
    static final String STREAM = "events";
    private static final int LENGTH = 64;
    private static final int SEGMENT_LENGTH = 64 << 20;
    private static final long NS_PER_EVENT = 100_000;
    /** An odd number: neighbours are far apart, and all keys come before one comes again. */
    private static final long STRIDE = 0x9E3779B1L;

    private ScalingEvents() {
    }

    /** Publishes events, if that was not done before; the first so many have all keys. */
    static void publish(final Peregrine engine, final long events, final int keys) {
        engine.provisionStream(StreamConfig.of(STREAM).withSegmentLength(SEGMENT_LENGTH));
        final UnsafeBuffer payload = Payload.of(LENGTH);
        try (Publisher publisher = engine.publisher(STREAM, "bench")) {
            for (long event = publisher.lastSequence() + 1; event < events; event++) {
                final long key = event * STRIDE % keys;
                payload.putLong(0, key);
                publisher.publish(KeyHash.of(key), 0, 0, event * NS_PER_EVENT, payload, 0, LENGTH);
            }
        }
    }

    /** Hands everything on. */
    static final class Pass implements Stage {
        @Override
        public void onEvent(final EventView event, final Emitter out) {
            out.forward(event, event.keyHash());
        }
    }

    /** Takes everything and reads it. */
    static final class Take implements Stage {
        private long sum;

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            sum += event.buffer().getLong(event.offset());
        }

        @Override
        public String toString() {
            return "sum " + sum;
        }
    }

    /** Counts per key; hands on what makes a count reach a multiple of 1,024, which is next to nothing. */
    static final class Count implements Stage {
        private static final int SELDOM = 1_024;
        private KeyedCounter counts;

        @Override
        public void open(final StageContext context) {
            counts = context.counterState("counts", StateTtl.NEVER);
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            if ((counts.add(event.buffer().getLong(event.offset()), 1) & SELDOM - 1) == 0) {
                out.forward(event, event.keyHash());
            }
        }
    }
}
