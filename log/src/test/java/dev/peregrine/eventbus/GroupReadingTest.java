/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.ControlledFrameHandler.Action;
import dev.peregrine.log.Gap;
import dev.peregrine.log.ReadIsolation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member of a group shares with a subscription. */
class GroupReadingTest {
    private static final int PARTITIONS = 2;
    private static final int PER_SEGMENT = 900;

    @TempDir
    private Path directory;
    private EventBus bus;

    @BeforeEach
    void openBus() {
        bus = EventBus.open(directory, FilesFacade.SYSTEM);
        bus.provision(StreamConfig.of("clicks").withPartitions(PARTITIONS).withSegmentLength(64 << 10));
    }

    @AfterEach
    void closeBus() {
        bus.close();
    }

    private void publish(final int records) {
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[16]);
        try (Publisher publisher = bus.publisher("clicks", "web", Partitioner.roundRobin())) {
            for (int i = 0; i < records; i++) {
                payload.putLong(0, publisher.lastSequence() + 1);
                publisher.publish(i, 1, 1, publisher.lastSequence() + 1, payload, 0, 16);
            }
        }
    }

    private static List<Long> poll(final GroupMember member) {
        final List<Long> read = new ArrayList<>();
        while (member.poll(frame -> read.add(frame.sequence()), Integer.MAX_VALUE) > 0) {
            read.sort(null);
        }
        return read;
    }

    @Test
    void shouldAnswerEveryActionOfAControlledPoll() {
        publish(20);
        final List<Long> read = new ArrayList<>();
        try (GroupMember member = bus.join("clicks", "g")) {
            assertThat(member.controlledPoll(frame -> Action.ABORT, 10)).isZero();
            assertThat(member.controlledPoll(frame -> {
                read.add(frame.sequence());
                return Action.BREAK;
            }, 10)).isEqualTo(1);
            assertThat(member.controlledPoll(frame -> {
                read.add(frame.sequence());
                return read.size() == 3 ? Action.COMMIT : Action.CONTINUE;
            }, 5)).isEqualTo(5);
        }
        assertThat(read).hasSize(6).doesNotHaveDuplicates();
        try (GroupMember next = bus.join("clicks", "g")) {
            assertThat(bus.describeGroup("clicks", "g").lagRecords()).isEqualTo(20 - committed(read));
            assertThat(poll(next)).hasSize((int) (20 - committed(read)));
        }
    }

    /** The third record was committed with those of its partition before it. */
    private static long committed(final List<Long> read) {
        return read.subList(0, 3).stream().filter(sequence -> sequence % PARTITIONS == read.get(2) % PARTITIONS).count();
    }

    @Test
    void shouldWaitForRecordsWhileItTakesPartInTheGroup() throws InterruptedException {
        try (GroupMember member = bus.join("clicks", "g")) {
            assertThat(member.poll(frame -> { }, 10, 1_000)).isZero();
            final Thread publisher = new Thread(() -> publish(1));
            publisher.start();
            assertThat(member.poll(frame -> { }, 10, TimeUnit.MINUTES.toNanos(1))).isEqualTo(1);
            publisher.join();
            Thread.currentThread().interrupt();
            assertThat(member.poll(frame -> { }, 10, TimeUnit.MINUTES.toNanos(1))).isZero();
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void shouldKeepItsIsolationWhenPartitionsCome() {
        try (GroupMember first = bus.join("clicks", "g"); GroupMember second = bus.join("clicks", "g")) {
            first.isolation(ReadIsolation.DURABLE);
            publish(10);
            assertThat(poll(first)).isEmpty();
            assertThat(first.lagRecords()).isEqualTo(5);
            assertThat(poll(second)).hasSize(5);
            second.commit();
            second.close();
            publish(4);
            assertThat(poll(first)).isEmpty();
            assertThat(first.partitions()).hasSize(PARTITIONS);
            for (int i = 0; i < PARTITIONS; i++) {
                bus.stream("clicks").partition(i).force();
            }
            assertThat(first.lagRecords()).isEqualTo(9);
            assertThat(first.lagBytes()).isPositive();
            assertThat(poll(first)).hasSize(9);
            assertThat(first.lagRecords()).isZero();
            assertThat(first.lagBytes()).isZero();
        }
    }

    @Test
    void shouldTellOfGapsInPartitionsThatCome() {
        publish(PARTITIONS * PER_SEGMENT * 3);
        try (GroupMember member = bus.join("clicks", "g")) {
            member.poll(frame -> { }, 4);
            member.commit();
        }
        for (int i = 0; i < PARTITIONS; i++) {
            assertThat(bus.truncate("clicks", i, PER_SEGMENT * 2)).isPositive();
        }
        final List<Gap> gaps = new ArrayList<>();
        try (GroupMember member = bus.join("clicks", "g")) {
            member.onGap(gaps::add);
            poll(member);
            assertThat(gaps).isNotEmpty().allSatisfy(gap -> {
                assertThat(gap.cause()).isEqualTo(Gap.Cause.TRUNCATED);
                assertThat(gap.from()).isPositive();
            });
            assertThat(member.gaps()).isEqualTo(gaps.size());
            try (GroupMember other = bus.join("clicks", "g")) {
                member.commit();
                poll(member);
                assertThat(member.partitions()).hasSize(1);
                assertThat(member.gaps()).as("of partitions that have gone too").isEqualTo(gaps.size());
                assertThat(poll(other)).isEmpty();
            }
        }
    }

    @Test
    void shouldRewindItsPartitionsAndKeepThemUntilThatIsCommitted() {
        publish(10);
        try (GroupMember member = bus.join("clicks", "g")) {
            assertThat(poll(member)).hasSize(10);
            member.commit();
            member.seekToTimestamp(6);
            assertThat(poll(member)).containsExactly(6L, 7L, 8L, 9L);
            member.commit();
            member.rewind();
            try (GroupMember other = bus.join("clicks", "g")) {
                assertThat(poll(member)).hasSize(5);
                assertThat(poll(other)).isEmpty();
                member.commit();
                assertThat(poll(other)).as("from where the member went back to").hasSize(5);
            }
            member.seekToLatest();
            assertThat(member.lagRecords()).isZero();
        }
    }

    @Test
    void shouldRewindOnAssignmentAndNotWithinAHandler() {
        publish(10);
        try (GroupMember member = bus.join("clicks", "g")) {
            poll(member);
            member.commit();
        }
        try (GroupMember member = bus.join("clicks", "g", MemberConfig.DEFAULT.withListener(new GroupListener() {
            @Override
            public void onAssigned(final GroupMember assigned, final List<Integer> partitions) {
                assigned.rewind();
            }
        }))) {
            assertThat(poll(member)).hasSize(10);
            member.rewind();
            assertThatThrownBy(() -> member.poll(frame -> member.rewind(), 1))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("seeks while");
            assertThat(poll(member)).hasSize(10);
        }
    }
}
