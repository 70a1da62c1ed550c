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

/**
 * Two threads that want four of the three records that a bucket holds get three: none is granted twice or lost, and what
 * is given back is there again. It lies in this package because the bucket is private to it.
 */
@JCStressTest
@Outcome(id = "2, 1, true", expect = Expect.ACCEPTABLE, desc = "all of the first")
@Outcome(id = "1, 2, true", expect = Expect.ACCEPTABLE, desc = "all of the second")
@Outcome(expect = Expect.FORBIDDEN, desc = "more than the rate, or less")
@State
public class RateBucketStress {
    private static final int RATE = 3;
    private static final int WANTED = 2;
    private static final long NOW = 1_000;

    private final RateBucket bucket = new RateBucket("stress", RATE, false, true, NOW);

    private int take() {
        int granted = 0;
        for (int i = 0; i < WANTED; i++) {
            if (bucket.take(1, 0, NOW)) {
                granted++;
            }
        }
        return granted;
    }

    /** Takes. */
    @Actor
    public void one(final IIZ_Result result) {
        result.r1 = take();
    }

    /** Takes. */
    @Actor
    public void other(final IIZ_Result result) {
        result.r2 = take();
    }

    /** When both are done the bucket is empty, and has again what is given back. */
    @Arbiter
    public void end(final IIZ_Result result) {
        final boolean empty = !bucket.take(1, 0, NOW);
        bucket.giveBack(1, 0);
        result.r3 = empty && bucket.take(1, 0, NOW) && !bucket.take(1, 0, NOW);
    }
}
