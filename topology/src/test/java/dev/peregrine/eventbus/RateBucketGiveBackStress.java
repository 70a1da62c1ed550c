/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIZ_Result;

/** What one thread gives back while another takes is neither lost nor granted twice. */
@JCStressTest
@Outcome(id = "0, 1, true", expect = Expect.ACCEPTABLE, desc = "taken before it was given back")
@Outcome(id = "1, 0, true", expect = Expect.ACCEPTABLE, desc = "taken behind it")
@Outcome(expect = Expect.FORBIDDEN, desc = "lost, or granted twice")
@State
public class RateBucketGiveBackStress {
    private static final int RATE = 2;
    private static final long NOW = 1_000;

    private final RateBucket bucket = new RateBucket("stress", RATE, false, true, NOW);

    /** The bucket is empty. */
    public RateBucketGiveBackStress() {
        bucket.take(RATE, 0, NOW);
    }

    /** Gives one back. */
    @Actor
    public void giver() {
        bucket.giveBack(1, 0);
    }

    /** Wants one. */
    @Actor
    public void taker(final IIZ_Result result) {
        result.r1 = bucket.take(1, 0, NOW) ? 1 : 0;
    }

    /** When both are done one was there. */
    @Arbiter
    public void end(final IIZ_Result result) {
        result.r2 = bucket.take(1, 0, NOW) ? 1 : 0;
        result.r3 = !bucket.take(1, 0, NOW);
    }
}
