/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static dev.peregrine.log.ControlledFrameHandler.Action.ABORT;
import static dev.peregrine.log.ControlledFrameHandler.Action.BREAK;
import static dev.peregrine.log.ControlledFrameHandler.Action.COMMIT;
import static dev.peregrine.log.ControlledFrameHandler.Action.CONTINUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlledPollTest {
    private static final int LONGEST = 60;

    @TempDir
    private Path directory;
    private PartitionLog log;
    private PartitionReader reader;
    private final List<Long> handed = new ArrayList<>();

    @BeforeEach
    void appendTen() {
        log = PartitionLog.open(PartitionConfig.of(directory, "test/0").withSegmentLength(64 << 10));
        try (Appender appender = log.newAppender(1)) {
            for (long i = 0; i < 10; i++) {
                Records.append(appender, 1, i, LONGEST);
            }
        }
        reader = log.newReader(0);
    }

    @AfterEach
    void close() {
        reader.close();
        log.close();
    }

    private ControlledFrameHandler answering(final ControlledFrameHandler.Action action, final long at) {
        return frame -> {
            Records.check(frame, LONGEST);
            handed.add(frame.sequence());
            return frame.sequence() == at ? action : CONTINUE;
        };
    }

    @Test
    void shouldStayBeforeAnAbortedRecord() {
        assertThat(reader.controlledPoll(answering(ABORT, 4), 100)).isEqualTo(4);
        assertThat(handed).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(reader.offset()).isEqualTo(4);
        handed.clear();
        assertThat(reader.controlledPoll(answering(CONTINUE, 4), 100)).isEqualTo(6);
        assertThat(handed).containsExactly(4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void shouldStopBehindARecord() {
        assertThat(reader.controlledPoll(answering(BREAK, 4), 100)).isEqualTo(5);
        assertThat(reader.offset()).isEqualTo(5);
        reader.poll(frame -> handed.add(frame.sequence()), 1);
        assertThat(handed).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void shouldGoOnUpToTheLimitAndTheEnd() {
        assertThat(reader.controlledPoll(answering(COMMIT, 2), 7)).isEqualTo(7);
        assertThat(reader.controlledPoll(answering(COMMIT, 2), 7)).isEqualTo(3);
        assertThat(reader.controlledPoll(answering(COMMIT, 2), 7)).isZero();
        assertThat(handed).isEqualTo(Records.upTo(10));
    }

    @Test
    void shouldStayAtTheRecordThatItsHandlerThrewOn() {
        assertThatThrownBy(() -> reader.controlledPoll(frame -> {
            if (frame.sequence() == 3) {
                throw new IllegalStateException("three");
            }
            return CONTINUE;
        }, 100)).hasMessage("three");
        assertThat(reader.offset()).isEqualTo(3);
    }
}
