/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIZ_Result;

/** A ring hands over whole events, in order. It lies in this package because the ring is private to it. */
@JCStressTest
@Outcome(id = "0, 0, true", expect = Expect.ACCEPTABLE, desc = "nothing published yet")
@Outcome(id = "1, 1, true", expect = Expect.ACCEPTABLE, desc = "the first event, whole")
@Outcome(id = "2, 2, true", expect = Expect.ACCEPTABLE, desc = "both, whole and in order")
@Outcome(expect = Expect.FORBIDDEN, desc = "an event in part or out of order")
@State
public class RingEdgeStress implements Stage {
    private static final long MAGIC = 0x1234567890ABCDEFL;

    private final UnsafeBuffer payload = new UnsafeBuffer(new byte[Long.BYTES]);
    private final MutableEvent event = new MutableEvent();
    private final RingEdge ring = new RingEdge(
        Instances.of(() -> this),
        4, Long.BYTES, new YieldingIdleStrategy(), () -> false);
    private int inOrder;

    /** Sends two events, each made visible on its own. */
    @Actor
    public void producer() {
        for (int i = 1; i <= 2; i++) {
            payload.putLong(0, MAGIC + i);
            ring.send(event.set(payload, 0, Long.BYTES, i, 10 + i, 20 + i, 30 + i));
            ring.flush();
        }
    }

    /** Takes what is there. */
    @Actor
    public void consumer(final IIZ_Result result) {
        result.r1 = ring.poll(10);
        result.r2 = inOrder;
    }

    @Override
    public void onEvent(final EventView from, final Emitter out) {
        final int expected = inOrder + 1;
        inOrder = from.buffer().getLong(from.offset()) == MAGIC + expected && from.length() == Long.BYTES
            && from.keyHash() == expected && from.timestampNs() == 10 + expected && from.schemaId() == 20 + expected
            && from.templateId() == 30 + expected ? expected : -100;
    }

    /** When both are done both events come through. */
    @Arbiter
    public void end(final IIZ_Result result) {
        ring.poll(10);
        result.r3 = inOrder == 2;
    }
}
