/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.jcstress;

import dev.peregrine.core.error.ClaimLostException;
import dev.peregrine.log.Appender;
import dev.peregrine.log.Frame;
import dev.peregrine.log.PartitionReader;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The claim of a thread that has ended is sealed or committed by another thread, never both. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "committed, and read")
@Outcome(id = "0, 2", expect = Expect.ACCEPTABLE, desc = "sealed, the commit refused; the frame behind is read")
@Outcome(expect = Expect.FORBIDDEN, desc = "committed and sealed, or neither")
@State
public class HoleSealStress {
    private final Appender appender = SharedLog.newAppender(4);
    private final PartitionReader reader;
    private int seen;

    /** Claims in a thread that ends, and commits another frame behind. */
    public HoleSealStress() {
        final Thread owner = new Thread(this::write);
        owner.start();
        try {
            owner.join();
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
        reader = SharedLog.log().newReader(appender.claimPosition());
        try (Appender behind = SharedLog.newAppender(5)) {
            final int at = behind.claim(Long.BYTES);
            behind.buffer().putLong(at, 2);
            behind.commit(0, 0, 0, 0, 0);
        }
    }

    private void write() {
        final int at = appender.claim(Long.BYTES);
        appender.buffer().putLong(at, 1);
    }

    /** Commits late. */
    @Actor
    public void publisher(final II_Result result) {
        try {
            appender.commit(0, 0, 0, 0, 0);
            result.r1 = 1;
        } catch (final ClaimLostException e) {
            result.r1 = 0;
        }
    }

    /** Seals. */
    @Actor
    public void housekeeping() {
        SharedLog.log().doHousekeeping();
    }

    private void onFrame(final Frame frame) {
        seen = (int) frame.buffer().getLong(frame.payloadOffset());
    }

    /** What is read first. */
    @Arbiter
    public void end(final II_Result result) {
        reader.poll(this::onFrame, 1);
        result.r2 = seen;
        reader.close();
        appender.close();
    }
}
