/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads join, poll, commit and leave while records are published: each is delivered once, and by one owner at a time. */
class GroupStressTest {
    private static final int PARTITIONS = 6;
    private static final int RECORDS = 60_000;
    private static final int THREADS = 4;

    @TempDir
    private Path directory;
    private final AtomicIntegerArray delivered = new AtomicIntegerArray(RECORDS);
    private final AtomicInteger left = new AtomicInteger(RECORDS);
    private final AtomicReferenceArray<Thread> readers = new AtomicReferenceArray<>(PARTITIONS);
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private void read(final EventBus bus, final Random random) {
        while (left.get() > 0 && failures.isEmpty()) {
            try (GroupMember member = bus.join("s", "g")) {
                for (int polls = random.nextInt(40); polls >= 0; polls--) {
                    member.poll(frame -> {
                        final int partition = member.partition();
                        assertThat(readers.compareAndSet(partition, null, Thread.currentThread())).isTrue();
                        delivered.incrementAndGet(frame.buffer().getInt(frame.payloadOffset()));
                        left.decrementAndGet();
                        assertThat(readers.compareAndSet(partition, Thread.currentThread(), null)).isTrue();
                    }, 1 + random.nextInt(200));
                    member.commit();
                }
            }
        }
    }

    private void publish(final EventBus bus) {
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[4]);
        try (Publisher publisher = bus.publisher("s", "p", Partitioner.sticky(100))) {
            for (int i = 0; i < RECORDS; i++) {
                payload.putInt(0, i);
                publisher.publish(i, 1, 1, 0, payload, 0, 4);
                if (i % 1_000 == 0) {
                    Thread.yield();
                }
            }
        }
    }

    private Thread start(final Runnable task) {
        final Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (final RuntimeException | Error e) {
                failures.add(e);
            }
        });
        thread.start();
        return thread;
    }

    @Test
    void shouldDeliverEveryRecordOnceWhileMembersComeAndGo() throws InterruptedException {
        try (EventBus bus = EventBus.open(directory, FilesFacade.SYSTEM)) {
            bus.provision(StreamConfig.of("s").withPartitions(PARTITIONS).withSegmentLength(256 << 10));
            final List<Thread> threads = new ArrayList<>();
            threads.add(start(() -> publish(bus)));
            for (int i = 0; i < THREADS; i++) {
                final Random random = new Random(i);
                threads.add(start(() -> read(bus, random)));
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            for (int i = 0; i < RECORDS; i++) {
                assertThat(delivered.get(i)).as("record %s", i).isEqualTo(1);
            }
            assertThat(bus.groups("s")).isEmpty();
            assertThat(bus.describeSubscription("s", "g").lagBytes()).isZero();
        }
    }
}
