/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.SystemFiles;
import dev.peregrine.log.PartitionLog;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However long a segment takes, who waits for a force does not wait for the segment. */
class ForcesMeanwhileTest {
    private static final long PATIENCE_NS = 10_000_000_000L;

    @TempDir
    private Path directory;
    private final SlowFiles files = new SlowFiles();
    private EventBus bus;
    private Publisher a;
    private Publisher b;

    /** A disk on which the next segment takes as long as a test wants. */
    private static final class SlowFiles extends SystemFiles {
        /** Takes what is run between two blocks. */
        private Consumer<Runnable> duringNext = between -> { };
        private boolean forceFails;

        @Override
        public void allocate(final Path file, final long lengthBytes, final Runnable betweenBlocks) throws IOException {
            final Consumer<Runnable> during = duringNext;
            duringNext = between -> { };
            during.accept(betweenBlocks);
            super.allocate(file, lengthBytes, betweenBlocks);
        }

        @Override
        public void force(final MappedByteBuffer buffer, final int offset, final int lengthBytes) throws IOException {
            if (forceFails) {
                throw new IOException("Input/output error");
            }
            super.force(buffer, offset, lengthBytes);
        }
    }

    @BeforeEach
    void open() {
        bus = EventBus.open(directory, files);
        bus.provision(StreamConfig.of("a").withSegmentLength(64 << 10));
        bus.provision(StreamConfig.of("b").withSegmentLength(64 << 10));
        b = bus.publisher("b", "p");
        bus.doHousekeeping();
        bus.doHousekeeping(); // b has its segments
        a = bus.publisher("a", "p");
        a.publish(1, 1, 1, 1, new UnsafeBuffer(new byte[100]), 0, 100); // makes one, and housekeeping the next
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
        bus.close();
    }

    private static CompletableFuture<Long> publish(final Publisher publisher) {
        final long end = publisher.tryPublish(1, 1, 1, 1, new UnsafeBuffer(new byte[100]), 0, 100, null);
        assertThat(end).isPositive();
        return publisher.whenDurable(end);
    }

    private static void runUntilDone(final CompletableFuture<Long> future, final Runnable between) {
        final long startNs = System.nanoTime();
        while (!future.isDone() && System.nanoTime() - startNs < PATIENCE_NS) {
            between.run();
        }
    }

    @Test
    void shouldForceInEveryPartitionWhileASegmentIsMadeInOne() {
        final AtomicInteger served = new AtomicInteger();
        final List<CompletableFuture<Long>> futures = new ArrayList<>();
        files.duringNext = between -> {
            for (final Publisher publisher : List.of(a, b)) {
                final CompletableFuture<Long> future = publish(publisher);
                final PartitionLog log = bus.stream(publisher == a ? "a" : "b").partition(0);
                final long startNs = System.nanoTime();
                while (log.durablePosition() < log.appendedPosition() && System.nanoTime() - startNs < PATIENCE_NS) {
                    between.run();
                }
                assertThat(log.durablePosition()).isEqualTo(log.appendedPosition());
                assertThat(future).isNotDone(); // what runs then may need the segment that is being made
                futures.add(future);
                served.incrementAndGet();
            }
        };
        bus.doHousekeeping();
        assertThat(served).hasValue(2);
        bus.doHousekeeping();
        assertThat(futures).allSatisfy(future -> assertThat(future).isCompleted());
    }

    @Test
    void shouldMakeTheSegmentAndSayAfterwardsThatAForceHasFailedElsewhere() {
        files.duringNext = between -> {
            final CompletableFuture<Long> future = publish(b);
            files.forceFails = true;
            runUntilDone(future, between);
            files.forceFails = false;
            assertThat(future).isCompletedExceptionally();
        };
        assertThatThrownBy(bus::doHousekeeping).isInstanceOf(StorageException.class)
            .hasMessageContaining("Input/output error");
        assertThat(bus.stream("a").partition(0).diskBytes()).isEqualTo(2 * (4096 + (64 << 10)));
        publish(a);
        bus.doHousekeeping();
    }
}
