/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What recovery reads is bounded by the last segment, also where nobody has ever read the log. */
class SealingTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 900;

    @TempDir
    private Path directory;

    private PartitionConfig config(final Path at, final Durability durability) {
        return PartitionConfig.of(at, "sealing/0").withSegmentLength(SEGMENT_LENGTH).withDurability(durability, 0);
    }

    private static long append(final PartitionLog log, final long from, final long to) {
        final Appender appender = log.newAppender(1);
        long end = 0;
        for (long sequence = from; sequence < to; sequence++) {
            end = Records.append(appender, 1, sequence, LONGEST);
            if (sequence % 100 == 0) {
                log.doHousekeeping();
            }
        }
        return end;
    }

    /** Frames of the segment in which a log ends. */
    private static long framesOfLastSegment(final PartitionLog log) {
        long frames = 0;
        try (FrameWalker walker = new FrameWalker(log, log.directory().baseOf(log.appendedPosition()))) {
            while (walker.next()) {
                frames++;
            }
        }
        return frames;
    }

    private void checkOpens(final Path at, final Durability durability, final long last, final long records) {
        try (PartitionLog log = PartitionLog.open(config(at, durability))) {
            assertThat(log.recovery().framesVerified()).isEqualTo(last);
            assertThat(Records.readAll(log, 0, LONGEST).get(1L)).hasSize((int) records);
        }
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void shouldReadTheLastSegmentOnlyAfterAStop(final Durability durability) {
        long last = 0;
        for (long run = 0; run < 3; run++) { // each goes on in the middle of a segment that it has not begun
            try (PartitionLog log = PartitionLog.open(config(directory, durability))) {
                assertThat(log.recovery().framesVerified()).isEqualTo(last);
                append(log, run * 1_000, run * 1_000 + 1_000);
                last = framesOfLastSegment(log);
            }
        }
        checkOpens(directory, durability, last, 3_000);
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void shouldReadTheLastSegmentOnlyAfterTheDeathOfTheProcess(final Durability durability) {
        final Path copy = directory.resolve("copy");
        final long last;
        try (PartitionLog log = PartitionLog.open(config(directory.resolve("log"), durability))) {
            append(log, 0, 3_000);
            if (durability != Durability.OS) {
                log.force();
            }
            for (int turn = 0; turn < 3; turn++) {
                log.doHousekeeping();
            }
            CrashImage.copy(directory.resolve("log"), copy);
            last = framesOfLastSegment(log);
        }
        checkOpens(copy, durability, last, 3_000);
    }
}
