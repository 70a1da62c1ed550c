/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LongPollTest {
    private static final int LONGEST = 60;

    @TempDir
    private Path directory;
    private PartitionLog log;
    private PartitionReader reader;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final List<Long> handed = new ArrayList<>();

    @BeforeEach
    void open() {
        log = PartitionLog.open(PartitionConfig.of(directory, "test/0").withSegmentLength(64 << 10));
        reader = log.newReader(0);
    }

    @AfterEach
    void close() {
        thread.shutdownNow();
        reader.close();
        log.close();
    }

    private void handle(final Frame frame) {
        handed.add(frame.sequence());
    }

    @Test
    void shouldReturnAtTheFirstRecordThatArrives() throws Exception {
        final CountDownLatch polling = new CountDownLatch(1);
        final Future<Integer> polled = thread.submit(() -> {
            polling.countDown();
            return reader.poll(this::handle, 10, Long.MAX_VALUE);
        });
        polling.await();
        try (Appender appender = log.newAppender(1)) {
            Records.append(appender, 1, 0, LONGEST);
        }
        assertThat(polled.get()).isEqualTo(1);
        assertThat(handed).containsExactly(0L);
    }

    @Test
    void shouldReturnNothingAfterTheTimeOut() {
        assertThat(reader.poll(this::handle, 10, 1_000_000)).isZero();
        assertThat(reader.poll(this::handle, 10, 0)).isZero();
        assertThat(handed).isEmpty();
    }

    @Test
    void shouldEndWhenItsThreadIsInterrupted() throws Exception {
        final AtomicReference<Thread> poller = new AtomicReference<>();
        final CountDownLatch polling = new CountDownLatch(1);
        final Future<Boolean> interrupted = thread.submit(() -> {
            poller.set(Thread.currentThread());
            polling.countDown();
            return reader.poll(this::handle, 10, Long.MAX_VALUE) == 0 && Thread.interrupted();
        });
        polling.await();
        poller.get().interrupt();
        assertThat(interrupted.get()).isTrue();
    }

    @Test
    void shouldHandOverWhatIsThereThoughTheThreadIsInterrupted() {
        try (Appender appender = log.newAppender(1)) {
            Records.append(appender, 1, 0, LONGEST);
        }
        Thread.currentThread().interrupt();
        assertThat(reader.poll(this::handle, 10, Long.MAX_VALUE)).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }
}
