/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * What a writer acknowledges is in the copy that its successor makes: the writer stores its record and then asks the fence,
 * the successor raises the epoch, waits, and copies. It lies in this package because the fence is made in it.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "acknowledged, and copied")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "fenced, and copied all the same")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "fenced, and not copied")
@Outcome(expect = Expect.FORBIDDEN, desc = "acknowledged, but not in the copy")
@State
public class WriterFenceStress {
    private static final long OLD = 1;
    private static final long NEW = 2;
    private static final int RECORD = 17;
    /** In the place of {@link DataDirectoryLock#GRACE_NS}: a store buffer is drained within less by far. */
    private static final long GRACE_NS = 5_000;

    private final UnsafeBuffer epoch = new UnsafeBuffer(ByteBuffer.allocateDirect(WriterEpochDescriptor.FILE_LENGTH));
    private final UnsafeBuffer log = new UnsafeBuffer(ByteBuffer.allocateDirect(2 * Long.BYTES));
    private final WriterFence fence = new WriterFence(epoch, Path.of(""), OLD, false);

    /** The old writer is at work. */
    public WriterFenceStress() {
        epoch.putLongVolatile(WriterEpochDescriptor.EPOCH_OFFSET, OLD);
    }

    /** Commits as an appender does, and acknowledges if nobody has taken over. */
    @Actor
    public void writer(final II_Result result) {
        log.putIntRelease(0, RECORD);
        result.r1 = fence.isRaised() ? 0 : 1;
    }

    /** Takes over. */
    @Actor
    public void successor(final II_Result result) {
        epoch.compareAndSetLong(WriterEpochDescriptor.EPOCH_OFFSET, OLD, NEW);
        final long until = System.nanoTime() + GRACE_NS;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        result.r2 = log.getIntVolatile(0) == RECORD ? 1 : 0;
    }
}
