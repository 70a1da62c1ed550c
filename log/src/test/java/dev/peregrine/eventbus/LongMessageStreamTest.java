/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.Frame;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.log.RecordOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Short and long messages of publishers that race, over segments so small that fragments of all lie among each other. */
@Timeout(120)
class LongMessageStreamTest {
    private static final int PUBLISHERS = 3;
    private static final int EACH = 150;
    private static final int LONGEST = 50_000;

    @TempDir
    private Path directory;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean stop = new AtomicBoolean();

    @AfterEach
    void stopThreads() {
        stop.set(true);
        threads.shutdownNow();
    }

    private static int length(final long producer, final long sequence) {
        final SplittableRandom random = new SplittableRandom(producer * 31 + sequence);
        return random.nextInt(3) == 0 ? random.nextInt(LONGEST) : random.nextInt(200);
    }

    private static byte content(final long producer, final long sequence, final int index) {
        return (byte) (producer * 7 + sequence * 13 + index * 31 + (index >> 8));
    }

    private static void publish(final EventBus bus, final int number) {
        final String name = "p" + number;
        final RecordOptions options = new RecordOptions();
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[LONGEST]);
        try (Publisher publisher = bus.publisher("long", name)) {
            final long producer = Publisher.producerId(name);
            for (int i = 0; i < EACH; i++) {
                final int length = length(producer, i);
                for (int at = 0; at < length; at++) {
                    bytes.putByte(at, content(producer, i, at));
                }
                publisher.publish(number, 7, 9, i, i, bytes, 0, length, options.clear().transactionId(i));
            }
        }
    }

    private static long checked(final Frame frame) {
        final long producer = frame.producerId();
        final int length = frame.payloadLength();
        boolean right = length == length(producer, frame.sequence()) && frame.schemaId() == 7 && frame.templateId() == 9
            && frame.transactionId() == frame.sequence() && frame.timestampNs() == frame.sequence();
        for (int i = 0; right && i < length; i++) {
            right = frame.buffer().getByte(frame.payloadOffset() + i) == content(producer, frame.sequence(), i);
        }
        if (!right) {
            throw new AssertionError("wrong record at position " + frame.position() + ", sequence " + frame.sequence());
        }
        return producer * EACH + frame.sequence();
    }

    @Test
    void shouldDeliverEveryMessageWholeOnceAndInOrderAndTheSameBackwards() throws Exception {
        try (EventBus bus = EventBus.open(directory, FilesFacade.SYSTEM)) {
            bus.provision(StreamConfig.of("long").withSegmentLength(64 << 10));
            final List<Future<?>> publishing = new ArrayList<>();
            for (int i = 0; i < PUBLISHERS; i++) {
                final int number = i;
                publishing.add(threads.submit(() -> publish(bus, number)));
            }
            final Future<?> housekeeping = threads.submit(() -> {
                while (!stop.get()) {
                    bus.doHousekeeping();
                    Thread.yield();
                }
            });
            final List<Long> read = new ArrayList<>();
            try (Subscription subscription = bus.subscribe("long", "s")) {
                while (read.size() < PUBLISHERS * EACH) {
                    subscription.poll(frame -> read.add(checked(frame)), 10, 1_000_000);
                    for (final Future<?> future : publishing) {
                        if (future.isDone()) {
                            future.get(); // a publisher that failed fails the test
                        }
                    }
                }
                assertThat(subscription.poll(frame -> { }, 10)).isZero();
                assertThat(subscription.offset(0)).isEqualTo(PUBLISHERS * EACH);
            }
            for (int i = 0; i < PUBLISHERS; i++) {
                final long producer = Publisher.producerId("p" + i);
                assertThat(read.stream().filter(id -> id >= producer * EACH && id < (producer + 1) * EACH)).hasSize(EACH)
                    .isSorted();
            }
            stop.set(true);
            housekeeping.get();
            try (PartitionReader reader = bus.stream("long").partition(0).newReader(0)) {
                reader.seekToEnd();
                final List<Long> back = new ArrayList<>();
                reader.readBackwards(frame -> back.add(checked(frame)), Integer.MAX_VALUE);
                Collections.reverse(back);
                assertThat(back).isEqualTo(read);
            }
        }
    }
}
