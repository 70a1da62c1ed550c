/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.jcstress;

import dev.peregrine.log.Appender;
import dev.peregrine.log.Frame;
import dev.peregrine.log.PartitionReader;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIZ_Result;

/** A claim that is given up is never seen as a frame; the frame behind it is seen once it is padding. */
@JCStressTest
@Outcome(id = "0, 0, true", expect = Expect.ACCEPTABLE, desc = "still claimed")
@Outcome(id = "1, 2, true", expect = Expect.ACCEPTABLE, desc = "skipped; the frame behind it")
@Outcome(expect = Expect.FORBIDDEN, desc = "the aborted claim was seen")
@State
public class AbortStress {
    private final Appender aborting = SharedLog.newAppender(1);
    private final PartitionReader reader;
    private int seen;

    /** Claims, and commits another frame behind. */
    public AbortStress() {
        final int payload = aborting.claim(Long.BYTES);
        aborting.buffer().putLong(payload, 1);
        reader = SharedLog.log().newReader(aborting.claimPosition());
        try (Appender behind = SharedLog.newAppender(2)) {
            final int at = behind.claim(Long.BYTES);
            behind.buffer().putLong(at, 2);
            behind.commit(0, 0, 0, 0, 0);
        }
    }

    /** Gives the claim up. */
    @Actor
    public void publisher() {
        aborting.abort();
    }

    /** Polls once. */
    @Actor
    public void reader(final IIZ_Result result) {
        result.r1 = reader.poll(this::onFrame, 1);
        result.r2 = seen;
    }

    private void onFrame(final Frame frame) {
        seen = (int) frame.buffer().getLong(frame.payloadOffset());
    }

    /** When both are done the frame behind is there. */
    @Arbiter
    public void end(final IIZ_Result result) {
        if (result.r1 == 0) {
            reader.poll(this::onFrame, 1);
        }
        result.r3 = seen == 2;
        reader.close();
        aborting.close();
    }
}
