/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.ControlledFrameHandler.Action;
import dev.peregrine.log.Gap;
import dev.peregrine.log.ReadIsolation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubscriptionTest {
    private static final int COUNT = 1_000;

    @TempDir
    private Path directory;
    private Path positions;

    @BeforeEach
    void publishSome() {
        positions = directory.resolve("bus/clicks/subscriptions/s.pos");
        try (EventBus bus = open("bus")) {
            bus.provision(StreamConfig.of("clicks").withSegmentLength(64 << 10));
            publish(bus, 0, COUNT);
        }
    }

    private EventBus open(final String home) {
        return EventBus.open(directory.resolve(home), FilesFacade.SYSTEM);
    }

    private static void publish(final EventBus bus, final long from, final long to) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[Long.BYTES]);
        try (Publisher publisher = bus.publisher("clicks", "web")) {
            for (long i = from; i < to; i++) {
                bytes.putLong(0, i);
                publisher.publish(0, 1, 1, 0, i, bytes, 0, Long.BYTES);
            }
        }
    }

    private static List<Long> poll(final Subscription subscription, final int limit) {
        final List<Long> values = new ArrayList<>();
        subscription.poll(frame -> values.add(frame.buffer().getLong(frame.payloadOffset())), limit);
        return values;
    }

    private static List<Long> numbers(final long from, final long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    private void copyBus(final String to) throws IOException {
        final Path from = directory.resolve("bus");
        try (java.util.stream.Stream<Path> files = Files.walk(from)) {
            for (final Path file : files.toList()) {
                Files.copy(file, directory.resolve(to).resolve(from.relativize(file)));
            }
        }
    }

    private void write(final long at, final byte... bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(positions, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        }
    }

    @Test
    void shouldGoOnAfterKillWhereItCommitted() throws IOException {
        try (EventBus bus = open("bus"); Subscription subscription = bus.subscribe("clicks", "s")) {
            assertThat(poll(subscription, 300)).isEqualTo(numbers(0, 300));
            subscription.commit();
            assertThat(poll(subscription, 300)).isEqualTo(numbers(300, 600));
            copyBus("killed");
        }
        try (EventBus bus = open("killed"); Subscription subscription = bus.subscribe("clicks", "s")) {
            assertThat(subscription.offset(0)).isEqualTo(300);
            assertThat(poll(subscription, COUNT)).isEqualTo(numbers(300, COUNT));
            assertThat(subscription.offset(0)).isEqualTo(COUNT);
        }
    }

    @Test
    void shouldKeepThePlaceOfACommittedRecordAndStopAtAnAbortedOne() throws IOException {
        try (EventBus bus = open("bus"); Subscription subscription = bus.subscribe("clicks", "s")) {
            final int polled = subscription.controlledPoll(frame -> {
                final long value = frame.buffer().getLong(frame.payloadOffset());
                return value == 500 ? Action.ABORT : value == 399 ? Action.COMMIT : Action.CONTINUE;
            }, COUNT);
            assertThat(polled).isEqualTo(500);
            assertThat(poll(subscription, 1)).containsExactly(500L);
            copyBus("killed");
        }
        try (EventBus bus = open("killed"); Subscription subscription = bus.subscribe("clicks", "s")) {
            assertThat(subscription.offset(0)).isEqualTo(400);
            assertThat(poll(subscription, COUNT)).isEqualTo(numbers(400, COUNT));
        }
    }

    @Test
    void shouldEndTheTurnOfAllPartitionsAtABreakAndCommitOneAlone() {
        try (EventBus bus = open("two")) {
            bus.provision(StreamConfig.of("clicks").withPartitions(2).withSegmentLength(64 << 10));
            final UnsafeBuffer bytes = new UnsafeBuffer(new byte[Long.BYTES]);
            try (Publisher publisher = bus.publisher("clicks", "web", Partitioner.roundRobin())) {
                for (int i = 0; i < 6; i++) {
                    publisher.publish(0, 1, 1, 0, bytes, 0, Long.BYTES);
                }
            }
            try (Subscription subscription = bus.subscribe("clicks", "s")) {
                assertThat(subscription.controlledPoll(frame -> Action.BREAK, 100)).isEqualTo(1);
                assertThat(subscription.offset(0)).isEqualTo(1);
                assertThat(subscription.offset(1)).isZero();
                assertThat(subscription.controlledPoll(frame -> Action.COMMIT, 2)).isEqualTo(2);
                assertThat(subscription.offset(1)).isEqualTo(2);
            }
            try (Subscription subscription = bus.subscribe("clicks", "s")) {
                assertThat(subscription.offset(0)).isZero();
                assertThat(subscription.offset(1)).isEqualTo(2);
            }
        }
    }

    @Test
    void shouldWaitForRecordsAndReadOnlyDurableOnesIfAsked() {
        try (EventBus bus = open("bus"); Subscription subscription = bus.subscribe("clicks", "s")) {
            subscription.isolation(ReadIsolation.DURABLE);
            assertThat(subscription.poll(frame -> { }, COUNT, 1_000_000)).isZero();
            bus.stream("clicks").partition(0).force();
            assertThat(subscription.poll(frame -> { }, 2 * COUNT, Long.MAX_VALUE)).isEqualTo(COUNT);
        }
    }

    @Test
    void shouldSayWhatWasTruncatedWhileItWasClosed() {
        try (EventBus bus = open("bus")) {
            try (Subscription subscription = bus.subscribe("clicks", "s");
                Subscription idle = bus.subscribe("clicks", "new")) {
                poll(subscription, 10);
                subscription.commit();
                publish(bus, COUNT, 4 * COUNT);
                bus.stream("clicks").partition(0).truncateBefore(Long.MAX_VALUE);
                assertThat(idle.gaps()).isZero();
            }
            final long start = bus.stream("clicks").partition(0).startPosition();
            final List<Gap> gaps = new ArrayList<>();
            try (Subscription subscription = bus.subscribe("clicks", "s")) {
                assertThat(subscription.gaps()).isEqualTo(1);
                subscription.onGap(gaps::add);
                assertThat(gaps).hasSize(1);
                assertThat(gaps.get(0).to()).isEqualTo(start);
                assertThat(subscription.offset(0)).isEqualTo(bus.stream("clicks").partition(0).startOffset());
            }
        }
    }

    @Test
    void shouldRewindAndTellItsLag() {
        try (EventBus bus = open("bus"); Subscription subscription = bus.subscribe("clicks", "s")) {
            final long all = subscription.lagBytes();
            poll(subscription, COUNT / 2);
            assertThat(subscription.lagBytes()).isEqualTo(all / 2);
            subscription.rewind();
            assertThat(subscription.lagBytes()).isEqualTo(all);
            assertThat(poll(subscription, COUNT)).isEqualTo(numbers(0, COUNT));
            assertThat(subscription.lagBytes()).isZero();
        }
    }

    @Test
    void shouldGoToTheEndOrToARecordAndCountRight() {
        try (EventBus bus = open("bus"); Subscription subscription = bus.subscribe("clicks", "s")) {
            subscription.seekToLatest();
            assertThat(subscription.lagBytes()).isZero();
            assertThat(subscription.offset(0)).isEqualTo(COUNT);
            publish(bus, COUNT, COUNT + 1);
            assertThat(poll(subscription, COUNT)).containsExactly((long) COUNT);
            final long end = subscription.position(0);
            subscription.seek(0, 0);
            poll(subscription, 10);
            final long tenth = subscription.position(0);
            subscription.seek(0, end);
            assertThat(poll(subscription, 1)).isEmpty();
            subscription.seek(0, tenth);
            assertThat(subscription.offset(0)).isEqualTo(10);
            for (final long wrong : new long[] {-1, tenth + 1, tenth + 8, end + 64}) {
                assertThatThrownBy(() -> subscription.seek(0, wrong)).isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("position " + wrong);
            }
            assertThat(poll(subscription, 1)).containsExactly(10L);
        }
    }

    @Test
    void shouldGoToARecordByNumberOrTimeAndTellItsLagInRecords() {
        try (EventBus bus = open("bus"); Subscription subscription = bus.subscribe("clicks", "s")) {
            assertThat(subscription.lagRecords()).isEqualTo(COUNT);
            subscription.seekToOffset(0, 321);
            assertThat(subscription.lagRecords()).isEqualTo(COUNT - 321);
            final long[] time = new long[1];
            subscription.poll(frame -> time[0] = frame.timestampNs(), 1);
            assertThat(subscription.offset(0)).isEqualTo(322);
            subscription.commit();
            assertThat(bus.describeSubscription("clicks", "s").lagRecords()).isEqualTo(COUNT - 322);
            subscription.seekToTimestamp(time[0]);
            final long[] found = new long[1];
            subscription.poll(frame -> found[0] = frame.timestampNs(), 1);
            assertThat(found[0]).isEqualTo(time[0]);
            subscription.seekToTimestamp(Long.MAX_VALUE);
            assertThat(subscription.lagRecords()).isZero();
            subscription.seekToTransactionId(0);
            assertThat(subscription.offset(0)).as("none has an id").isEqualTo(COUNT);
        }
    }

    @Test
    void shouldStopAtAnOpenClaimOnTheWayToTheEnd() {
        try (EventBus bus = open("bus"); Subscription subscription = bus.subscribe("clicks", "s");
            Publisher slow = bus.publisher("clicks", "slow")) {
            slow.claim(0, 8);
            publish(bus, COUNT, COUNT + 5);
            subscription.seekToLatest();
            assertThat(subscription.offset(0)).isEqualTo(COUNT);
            slow.abort();
            assertThat(poll(subscription, COUNT)).isEqualTo(numbers(COUNT, COUNT + 5));
        }
    }

    @Test
    void shouldDescribeListAndDelete() {
        try (EventBus bus = open("bus")) {
            assertThat(bus.subscriptions("clicks")).isEmpty();
            try (Subscription subscription = bus.subscribe("clicks", "s")) {
                final long all = subscription.lagBytes();
                poll(subscription, COUNT / 2);
                assertThat(bus.describeSubscription("clicks", "s").lagBytes()).as("not committed").isEqualTo(all);
                subscription.commit();
                final SubscriptionDescription description = bus.describeSubscription("clicks", "s");
                assertThat(description.open()).isTrue();
                assertThat(description.lagBytes()).isEqualTo(all / 2);
                assertThat(description.places()).singleElement().satisfies(place -> {
                    assertThat(place.offset()).isEqualTo(COUNT / 2);
                    assertThat(place.position()).isEqualTo(subscription.position(0));
                });
                assertThatThrownBy(() -> bus.deleteSubscription("clicks", "s"))
                    .isInstanceOf(ConfigurationException.class).hasMessageContaining("in use");
            }
            assertThat(bus.subscriptions("clicks")).containsExactly("s");
            assertThat(bus.describeSubscription("clicks", "s").open()).isFalse();
            bus.deleteSubscription("clicks", "s");
            assertThat(bus.subscriptions("clicks")).isEmpty();
            assertThatThrownBy(() -> bus.deleteSubscription("clicks", "s")).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no subscription 's'");
            assertThatThrownBy(() -> bus.describeSubscription("clicks", "s"))
                .isInstanceOf(ConfigurationException.class);
            try (Subscription again = bus.subscribe("clicks", "s")) {
                assertThat(poll(again, 1)).containsExactly(0L);
            }
        }
    }

    @Test
    void shouldRefuseToCommitAfterItWasClosed() {
        try (EventBus bus = open("bus")) {
            final Subscription subscription = bus.subscribe("clicks", "s");
            subscription.close();
            assertThatThrownBy(subscription::commit).isInstanceOf(ClosedException.class);
        }
    }

    @Test
    void shouldFallBackToTheOtherCopyWhenOneIsTorn() throws IOException {
        try (EventBus bus = open("bus"); Subscription subscription = bus.subscribe("clicks", "s")) {
            poll(subscription, 100);
            subscription.commit(); // version 2
            poll(subscription, 100);
            subscription.commit(); // version 3
        }
        write(PositionDescriptor.copyOffset(3, 1) + PositionDescriptor.COPY_ENTRIES_OFFSET, (byte) 77);
        try (EventBus bus = open("bus"); Subscription subscription = bus.subscribe("clicks", "s")) {
            assertThat(poll(subscription, 1)).containsExactly(100L);
        }
    }

    @Test
    void shouldSurviveKillWithinItsFirstCommit() throws IOException {
        try (EventBus bus = open("bus")) {
            bus.subscribe("clicks", "s").close();
        }
        // version and entries are written, the checksum is not
        write(PositionDescriptor.copyOffset(2, 1), (byte) 2);
        write(PositionDescriptor.copyOffset(2, 1) + PositionDescriptor.COPY_ENTRIES_OFFSET, (byte) 64);
        try (EventBus bus = open("bus"); Subscription subscription = bus.subscribe("clicks", "s")) {
            assertThat(poll(subscription, 1)).containsExactly(0L);
        }
    }

    @Test
    void shouldTellDamagedFileButOpenTheStream() throws IOException {
        try (EventBus bus = open("bus")) {
            bus.subscribe("clicks", "s").close();
        }
        Files.write(positions, new byte[PositionDescriptor.fileLength(1)]);
        try (EventBus bus = open("bus")) {
            assertThatThrownBy(() -> bus.subscribe("clicks", "s")).isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("s.pos").hasMessageContaining("delete it");
            bus.subscribe("clicks", "t").close();
            Files.delete(positions);
            bus.subscribe("clicks", "s").close();
        }
    }

    @Test
    void shouldComeBackToTheEndOfLogThatLostItsTail() throws IOException {
        copyBus("shorter");
        try (EventBus bus = open("bus"); Subscription subscription = bus.subscribe("clicks", "s")) {
            publish(bus, COUNT, 2 * COUNT);
            assertThat(poll(subscription, 2 * COUNT)).hasSize(2 * COUNT);
            subscription.commit();
        }
        Files.createDirectories(directory.resolve("shorter/clicks/subscriptions"));
        Files.copy(positions, directory.resolve("shorter/clicks/subscriptions/s.pos"));
        try (EventBus bus = open("shorter")) {
            publish(bus, COUNT, COUNT + 1_500); // before the subscription is opened
            try (Subscription subscription = bus.subscribe("clicks", "s")) {
                assertThat(poll(subscription, 2 * COUNT)).isEqualTo(numbers(COUNT, COUNT + 1_500));
            }
        }
    }

    @Test
    void shouldCommitLaterByHousekeeping() throws IOException {
        try (EventBus bus = open("bus"); Subscription subscription = bus.subscribe("clicks", "s")) {
            poll(subscription, 300);
            final CompletableFuture<Void> first = subscription.commitAsync();
            poll(subscription, 100);
            final CompletableFuture<Void> second = subscription.commitAsync();
            assertThat(first).isNotDone();
            copyBus("before");
            bus.doHousekeeping();
            assertThat(first).isCompleted();
            assertThat(second).isCompleted();
            copyBus("after");
            poll(subscription, 100);
            final CompletableFuture<Void> last = subscription.commitAsync();
            subscription.close();
            assertThat(last).isCompleted();
            assertThatThrownBy(subscription::commitAsync).isInstanceOf(ClosedException.class);
            assertThat(bus.describeSubscription("clicks", "s").places().get(0).offset()).isEqualTo(500);
        }
        try (EventBus bus = open("before"); Subscription subscription = bus.subscribe("clicks", "s")) {
            assertThat(subscription.offset(0)).isZero();
        }
        try (EventBus bus = open("after"); Subscription subscription = bus.subscribe("clicks", "s")) {
            assertThat(subscription.offset(0)).isEqualTo(400);
        }
    }
}
