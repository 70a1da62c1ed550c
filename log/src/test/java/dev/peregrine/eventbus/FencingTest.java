/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.DataDirectoryInUseException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.files.DataDirectoryLock;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.jvm.JvmFlags;
import dev.peregrine.core.testing.ChildJvm;
import dev.peregrine.log.Durability;
import dev.peregrine.log.PartitionReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer is stopped or not, another one takes over, the first goes on: nothing of it counts from then on. */
class FencingTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int OLD_PUBLISHERS = 2;
    private static final long OURS = 2_000;
    private static final String GO = "ready";

    @TempDir
    private Path directory;

    private static StreamConfig config(final Durability durability, final int copies) {
        return StreamConfig.of("clicks").withSegmentLength(SEGMENT_LENGTH).withDurability(durability, 1)
            .withCopies(copies);
    }

    /** With a second directory beside the first, for the second copy. */
    private static EventBus open(final Path home, final DataDirectoryLock lock) {
        return EventBus.open(home.resolve("streams"), mirrorOf(home), lock.files());
    }

    private static Path mirrorOf(final Path home) {
        return home.resolveSibling(home.getFileName() + "-mirror");
    }

    private static long publish(final Publisher publisher, final UnsafeBuffer bytes, final long value) {
        bytes.putLong(0, value);
        return publisher.publish(KeyHash.of(value), 1, 1, value, bytes, 0, 8 + (int) (value % 200));
    }

    private static UnsafeBuffer buffer() {
        return new UnsafeBuffer(new byte[256]);
    }

    /** Publishes with two threads, commits a subscription, keeps house and truncates, until each has failed. */
    static final class OldWriter {
        private OldWriter() {
        }

        @FunctionalInterface
        private interface Endless {
            void once(long round);
        }

        private static Thread run(final String name, final Endless action) {
            final PrintStream out = System.out;
            final Thread thread = new Thread(() -> {
                try {
                    for (long round = 0;; round++) {
                        action.once(round);
                    }
                } catch (final PeregrineException e) {
                    out.println(name + " " + e.getClass().getSimpleName() + " " + e.getMessage());
                }
            });
            thread.start();
            return thread;
        }

        public static void main(final String[] arguments) throws InterruptedException {
            final DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, Path.of(arguments[0]));
            final EventBus bus = open(Path.of(arguments[0]), lock);
            final Stream stream =
                bus.provision(config(Durability.valueOf(arguments[1]), Integer.parseInt(arguments[2])));
            final List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < OLD_PUBLISHERS; i++) {
                final int id = i;
                final Publisher publisher = bus.publisher("clicks", "old-" + id);
                final UnsafeBuffer bytes = buffer();
                threads.add(run("publisher", round -> {
                    publish(publisher, bytes, round);
                    System.out.println("ack " + id + " " + round);
                }));
            }
            final Subscription subscription = bus.subscribe("clicks", "reader");
            threads.add(run("subscription", round -> {
                subscription.poll(frame -> { }, 10);
                final long position = subscription.position(0);
                subscription.commit();
                System.out.println("commit " + position);
            }));
            threads.add(run("housekeeping", round -> {
                bus.doHousekeeping();
                lock.files().fence().check(); // a log that has failed already has no work
            }));
            threads.add(run("force", round -> stream.partition(0).force()));
            System.out.println(GO);
            for (final Thread thread : threads) {
                thread.join();
            }
            lock.close();
            System.out.println("end");
            Runtime.getRuntime().halt(0);
        }
    }

    /** What the old writer has said. */
    private static final class Said {
        private final long[] acknowledged = new long[OLD_PUBLISHERS];
        private final Map<String, String> failures = new HashMap<>();
        private final List<String> others = new ArrayList<>();
        private long committed;
        private boolean started;
        private boolean ended;

        Said() {
            java.util.Arrays.fill(acknowledged, -1);
        }

        /** At least so many lines, and all until everything of it runs. */
        void read(final ChildJvm child, final int lines) throws IOException {
            for (int i = 0; (i < lines || !started) && !ended; i++) {
                final String line = child.readLine();
                assertThat(line).as("it ended early, having said %s", others).isNotNull();
                final String[] words = line.split(" ", 3);
                switch (words[0]) {
                    case "ack" -> acknowledged[Integer.parseInt(words[1])] = Long.parseLong(words[2]);
                    case "commit" -> committed = Long.parseLong(words[1]);
                    case "end" -> ended = true;
                    case GO -> started = true;
                    case "publisher", "subscription", "housekeeping", "force" ->
                        failures.put(words[0], words[1] + " " + words[2]);
                    // a thread of the bus that met the fence says so in its own way, and which name it no longer had
                    default -> {
                        others.add(line);
                        assertThat(line).containsAnyOf("FencedException", "\tat ", "... ", "/.writer-", "second copy");
                    }
                }
            }
        }
    }

    private static void signal(final ChildJvm child, final String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start().waitFor()).isZero();
    }

    private static Map<Long, List<Long>> readAll(final EventBus bus) {
        final Map<Long, List<Long>> read = new HashMap<>();
        try (PartitionReader reader = bus.stream("clicks").partition(0).newReader(0)) {
            while (reader.poll(frame -> {
                assertThat(frame.buffer().getLong(frame.payloadOffset())).isEqualTo(frame.sequence());
                read.computeIfAbsent(frame.producerId(), id -> new ArrayList<>()).add(frame.sequence());
            }, 1_000) > 0) {
                // until nothing is there
            }
        }
        return read;
    }

    private void round(final Path home, final Durability durability, final SplittableRandom random) throws Exception {
        final boolean stopped = random.nextBoolean();
        final int copies = 1 + random.nextInt(2);
        final Said said = new Said();
        try (ChildJvm old = ChildJvm.start(OldWriter.class, JvmFlags.forRelease(Runtime.version().feature()),
            home.toString(), durability.name(), Integer.toString(copies))) {
            said.read(old, 1 + random.nextInt(3_000));
            assertThatThrownBy(() -> DataDirectoryLock.take(FilesFacade.SYSTEM, home))
                .isInstanceOf(DataDirectoryInUseException.class).hasMessageContaining("process " + old.pid());
            if (stopped) {
                signal(old, "STOP");
            }
            try (EventBus seen = EventBus.openReadOnly(home.resolve("streams"), FilesFacade.SYSTEM);
                PartitionReader outside = seen.streams().isEmpty() ? null : seen.stream("clicks").partition(0).newReader(0);
                DataDirectoryLock lock = DataDirectoryLock.takeOver(FilesFacade.SYSTEM, home);
                EventBus bus = open(home, lock)) {
                final List<Long> outsideRead = new ArrayList<>();
                bus.provision(config(durability, copies));
                final Map<Long, List<Long>> kept = readAll(bus);
                final long end = bus.stream("clicks").partition(0).appendedPosition();
                try (Publisher ours = bus.publisher("clicks", "ours")) {
                    final UnsafeBuffer bytes = buffer();
                    for (long i = 0; i < OURS / 2; i++) {
                        publish(ours, bytes, i);
                    }
                    if (stopped) {
                        signal(old, "CONT");
                    }
                    for (long i = OURS / 2; i < OURS; i++) {
                        publish(ours, bytes, i);
                        bus.doHousekeeping();
                    }
                    said.read(old, Integer.MAX_VALUE);
                }
                check(said, kept);
                final Map<Long, List<Long>> after = readAll(bus);
                assertThat(after.remove(Publisher.producerId("ours"))).isEqualTo(numbers(OURS));
                assertThat(after).isEqualTo(kept);
                bus.stream("clicks").verify();
                if (bus.subscriptions("clicks").contains("reader")) {
                    assertThat(bus.describeSubscription("clicks", "reader").places().get(0).position())
                        .isBetween(Math.min(said.committed, end), end);
                }
                assertThat(bus.degraded()).isEmpty();
                if (outside != null) {
                    while (outside.poll(frame -> {
                        if (frame.producerId() == Publisher.producerId("ours")) {
                            outsideRead.add(frame.sequence());
                        }
                    }, 100) > 0) {
                        // until nothing is there
                    }
                    assertThat(outsideRead).isEqualTo(numbers(OURS));
                }
            }
            try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, home);
                EventBus bus = open(home, lock)) {
                assertThat(bus.stream("clicks").partition(0).recovery().isClean()).isTrue();
                assertThat(readAll(bus).get(Publisher.producerId("ours"))).isEqualTo(numbers(OURS));
            }
            if (copies == 2) {
                try (EventBus second = EventBus.open(mirrorOf(home), home.resolve("third"), FilesFacade.SYSTEM)) {
                    assertThat(readAll(second).get(Publisher.producerId("ours"))).isEqualTo(numbers(OURS));
                }
            }
        }
    }

    private static void check(final Said said, final Map<Long, List<Long>> kept) {
        for (int i = 0; i < OLD_PUBLISHERS; i++) {
            final List<Long> read = kept.getOrDefault(Publisher.producerId("old-" + i), List.of());
            assertThat(read).isEqualTo(numbers(read.size()));
            // at most the one whose publisher was told that it failed
            assertThat(read.size() - 1L).isBetween(said.acknowledged[i], said.acknowledged[i] + 1);
        }
        if (said.failures.containsKey("publisher")) {
            assertThat(said.failures.keySet())
                .containsExactlyInAnyOrder("publisher", "subscription", "housekeeping", "force");
        }
        assertThat(said.failures.values()).isNotEmpty()
            .allSatisfy(text -> assertThat(text).startsWith("FencedException").contains("epoch 2").contains("epoch 1"));
    }

    private static List<Long> numbers(final long to) {
        return LongStream.range(0, to).boxed().toList();
    }

    private void rounds(final int count, final long seed) throws Exception {
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            final Durability durability = Durability.values()[random.nextInt(Durability.values().length)];
            round(directory.resolve(Integer.toString(i)), durability, random.split());
        }
    }

    @Test
    void shouldKeepWhatTheOldWriterAcknowledgedAndNothingThatItWroteLater() throws Exception {
        rounds(20, 4_711);
    }

    @Test
    @Tag("long")
    void shouldFenceAtFiveHundredRandomMoments() throws Exception {
        rounds(500, System.nanoTime());
    }
}
