/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadIsolationTest {
    private static final int LONGEST = 60;

    @TempDir
    private Path directory;
    private PartitionLog log;
    private Appender appender;
    private long next;

    @BeforeEach
    void open() {
        log = PartitionLog.open(PartitionConfig.of(directory, "test/0").withSegmentLength(64 << 10));
        appender = log.newAppender(1);
    }

    @AfterEach
    void close() {
        appender.close();
        log.close();
    }

    private long append() {
        return Records.append(appender, 1, next++, LONGEST);
    }

    private static List<Long> poll(final PartitionReader reader) {
        final List<Long> sequences = new ArrayList<>();
        reader.poll(frame -> sequences.add(frame.sequence()), 100);
        return sequences;
    }

    @Test
    void shouldNotReadBeyondWhatIsDurable() {
        try (PartitionReader visible = log.newReader(0); PartitionReader durable = log.newReader(0)) {
            durable.isolation(ReadIsolation.DURABLE);
            append();
            append();
            assertThat(poll(durable)).isEmpty();
            assertThat(durable.controlledPoll(frame -> ControlledFrameHandler.Action.CONTINUE, 10)).isZero();
            log.force();
            append();
            assertThat(poll(durable)).containsExactly(0L, 1L);
            assertThat(durable.position()).isEqualTo(log.durablePosition());
            assertThat(poll(visible)).containsExactly(0L, 1L, 2L);
            log.force();
            assertThat(poll(durable)).containsExactly(2L);
        }
    }

    @Test
    void shouldNotReadBeyondWhatItsWriterCommitted() {
        try (PartitionReader committed = log.newReader(0)) {
            committed.isolation(ReadIsolation.COMMITTED);
            append();
            assertThat(poll(committed)).as("without a transactional writer").containsExactly(0L);
            final AtomicLong position = new AtomicLong();
            log.committedBy(position::get);
            append();
            position.set(append());
            append();
            assertThat(poll(committed)).containsExactly(1L, 2L);
            position.addAndGet(16);
            assertThat(poll(committed)).as("the bound lies within a record").isEmpty();
            log.committedBy(null);
            assertThat(poll(committed)).containsExactly(3L);
        }
    }
}
