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

/** A reader sees a whole frame or none: header and payload are there once the length is. */
@JCStressTest
@Outcome(id = "0, 0, true", expect = Expect.ACCEPTABLE, desc = "not committed yet")
@Outcome(id = "1, 1, true", expect = Expect.ACCEPTABLE, desc = "whole")
@Outcome(expect = Expect.FORBIDDEN, desc = "a frame in part")
@State
public class FrameCommitStress {
    private static final long A = 0x1111111111111111L;
    private static final long B = 0x2222222222222222L;

    private final Appender appender = SharedLog.newAppender(3);
    private final int payload = appender.claim(2 * Long.BYTES);
    private final PartitionReader reader = SharedLog.log().newReader(appender.claimPosition());
    private int whole;

    /** Writes the payload and commits. */
    @Actor
    public void publisher() {
        appender.buffer().putLong(payload, A);
        appender.buffer().putLong(payload + Long.BYTES, B);
        appender.commit(5, 6, 7, 8, 9);
    }

    /** Polls once. */
    @Actor
    public void reader(final IIZ_Result result) {
        result.r1 = reader.poll(this::onFrame, 1);
        result.r2 = whole;
    }

    private void onFrame(final Frame frame) {
        final int at = frame.payloadOffset();
        whole = frame.payloadLength() == 2 * Long.BYTES && frame.buffer().getLong(at) == A
            && frame.buffer().getLong(at + Long.BYTES) == B && frame.schemaId() == 5 && frame.templateId() == 6
            && frame.keyHash() == 7 && frame.timestampNs() == 8 && frame.sequence() == 9 && frame.producerId() == 3
            ? 1 : -1;
    }

    /** When both are done the frame is there. */
    @Arbiter
    public void end(final IIZ_Result result) {
        if (result.r1 == 0) {
            reader.poll(this::onFrame, 1);
        }
        result.r3 = whole == 1;
        reader.close();
        appender.close();
    }
}
