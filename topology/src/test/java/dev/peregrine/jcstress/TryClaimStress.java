/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.jcstress;

import dev.peregrine.log.Appender;
import dev.peregrine.log.FrameDescriptor;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.PartitionReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIZ_Result;

/**
 * Two publishers that try four claims where three fit get three, next to each other; who finds no room takes none away.
 * Each sample has a log of its own, so there are far fewer of them than of the other tests.
 */
@JCStressTest
@Outcome(id = "2, 1, true", expect = Expect.ACCEPTABLE, desc = "all of the first")
@Outcome(id = "1, 2, true", expect = Expect.ACCEPTABLE, desc = "all of the second")
@Outcome(expect = Expect.FORBIDDEN, desc = "claims that overlap, or room that is lost")
@State
public class TryClaimStress {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int FRAMES = 8;
    private static final int PAYLOAD = SEGMENT_LENGTH / FRAMES - FrameDescriptor.HEADER_LENGTH;
    private static final int ROOM = 3;
    private static final int WANTED = 2;

    private final Path directory;
    private final PartitionLog log;
    private final Appender one;
    private final Appender other;
    /** Records that were read whole. */
    private int seen;
    private long next;

    /** Makes a log with one segment, and fills it but for the room. */
    public TryClaimStress() {
        try {
            directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "try");
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        log = PartitionLog.open(PartitionConfig.of(directory, "jcstress").withSegmentLength(SEGMENT_LENGTH));
        one = log.newAppender(0);
        other = log.newAppender(1);
        log.doHousekeeping(); // before there are publishers it makes no segment
        for (int i = ROOM; i < FRAMES; i++) {
            one.tryClaim(PAYLOAD, null);
            one.abort();
        }
    }

    private static int publish(final Appender appender, final int producer) {
        int published = 0;
        for (int i = 0; i < WANTED; i++) {
            final int at = appender.tryClaim(PAYLOAD, null);
            if (at != Appender.NO_ROOM) {
                appender.buffer().putInt(at, 10 * producer + published);
                appender.buffer().putInt(at + PAYLOAD - Integer.BYTES, 10 * producer + published);
                appender.commit(0, 0, 0, 0, published);
                published++;
            }
        }
        return published;
    }

    /** Publishes while there is room. */
    @Actor
    public void one(final IIZ_Result result) {
        result.r1 = publish(one, 0);
    }

    /** Publishes while there is room. */
    @Actor
    public void other(final IIZ_Result result) {
        result.r2 = publish(other, 1);
    }

    /** When both are done the segment is full, and every record in it is whole. */
    @Arbiter
    public void end(final IIZ_Result result) {
        try (PartitionReader reader = log.newReader(0)) {
            next = (long) (FRAMES - ROOM) * SEGMENT_LENGTH / FRAMES;
            reader.poll(frame -> {
                final int at = frame.payloadOffset();
                final int record = (int) (10 * frame.producerId() + frame.sequence());
                if (frame.position() == next && frame.payloadLength() == PAYLOAD
                    && frame.buffer().getInt(at) == record
                    && frame.buffer().getInt(at + PAYLOAD - Integer.BYTES) == record) {
                    seen++;
                }
                next = frame.position() + SEGMENT_LENGTH / FRAMES;
            }, FRAMES);
        }
        result.r3 = seen == ROOM && log.appendedPosition() == SEGMENT_LENGTH;
        one.close();
        other.close();
        log.close();
        org.agrona.IoUtil.delete(directory.toFile(), true);
    }
}
