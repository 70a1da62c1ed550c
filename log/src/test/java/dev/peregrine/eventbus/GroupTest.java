/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.StaleMemberException;
import dev.peregrine.core.files.FilesFacade;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupTest {
    private static final int PARTITIONS = 4;
    private static final MemberConfig TEN_SECONDS = MemberConfig.DEFAULT.withSessionTimeoutMs(10_000);
    private static final long LATER = TimeUnit.SECONDS.toNanos(11);

    @TempDir
    private Path directory;
    private final ManualClock clock = new ManualClock();
    private final List<String> heard = new ArrayList<>();
    private EventBus bus;

    @BeforeEach
    void openBus() {
        bus = EventBus.open(directory, FilesFacade.SYSTEM, clock);
        bus.provision(StreamConfig.of("clicks").withPartitions(PARTITIONS).withSegmentLength(64 << 10));
    }

    @AfterEach
    void closeBus() {
        bus.close();
    }

    private void publish(final int records) {
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[8]);
        try (Publisher publisher = bus.publisher("clicks", "web", Partitioner.roundRobin())) {
            for (int i = 0; i < records; i++) {
                payload.putLong(0, publisher.lastSequence() + 1);
                publisher.publish(i, 1, 1, 0, payload, 0, 8);
            }
        }
    }

    private GroupMember join(final String name) {
        return bus.join("clicks", "g", TEN_SECONDS.withName(name).withListener(new GroupListener() {
            @Override
            public void onAssigned(final GroupMember member, final List<Integer> partitions) {
                heard.add(name + "+" + partitions);
            }

            @Override
            public void onRevoked(final GroupMember member, final List<Integer> partitions) {
                heard.add(name + "-" + partitions);
            }
        }));
    }

    private static int poll(final GroupMember member) {
        return member.poll(frame -> { }, Integer.MAX_VALUE);
    }

    private static void pollOnAThreadThatEnds(final GroupMember member) throws InterruptedException {
        final Thread thread = new Thread(() -> poll(member));
        thread.start();
        thread.join();
    }

    @Test
    void shouldShareThePartitionsAndMoveFew() {
        publish(8);
        try (GroupMember a = join("a")) {
            assertThat(poll(a)).isEqualTo(8);
            a.commit();
            try (GroupMember b = join("b")) {
                assertThat(poll(b)).isZero(); // a still has all of them
                assertThat(b.partitions()).isEmpty();
                publish(8);
                assertThat(poll(a)).isEqualTo(4);
                assertThat(poll(b)).isEqualTo(4);
                a.commit();
                b.commit();
                assertThat(a.partitions()).containsExactly(0, 1);
                assertThat(b.partitions()).containsExactly(2, 3);
            }
            publish(4);
            assertThat(poll(a)).isEqualTo(4);
            a.commit();
        }
        assertThat(heard).containsExactly(
            "a+[0, 1, 2, 3]", "a-[2, 3]", "b+[2, 3]", "b-[2, 3]", "a+[2, 3]", "a-[0, 1, 2, 3]");
        assertThat(bus.describeSubscription("clicks", "g").lagBytes()).isZero();
    }

    @Test
    void shouldKeepAPartitionUntilWhatWasHandedOverIsCommitted() {
        publish(8);
        try (GroupMember a = join("a"); GroupMember b = join("b")) {
            // a took all before b came to poll
            assertThat(poll(a)).isEqualTo(4);
            assertThat(poll(b)).isEqualTo(4);
            try (GroupMember c = join("c")) {
                publish(8);
                final int leaving = 4 - a.partitions().size() - b.partitions().size();
                assertThat(leaving).isZero();
                assertThat(poll(a) + poll(b)).isEqualTo(6); // one partition is to move
                assertThat(poll(c)).isZero();
                a.commit();
                b.commit();
                assertThat(poll(c)).isEqualTo(2); // of the last 8, what nobody else was handed
            }
        }
    }

    @Test
    void shouldGiveUpWithoutACommitAfterTheSessionTimeout() {
        publish(8);
        try (GroupMember a = join("a")) {
            assertThat(poll(a)).isEqualTo(8);
            try (GroupMember b = join("b")) {
                assertThat(poll(a) + poll(b)).isZero();
                clock.advance(LATER / 2);
                assertThat(poll(a) + poll(b)).isZero();
                clock.advance(LATER * 2 / 3);
                assertThat(poll(a)).isZero();
                assertThat(poll(b)).isEqualTo(4); // again
            }
        }
    }

    @Test
    void shouldExpelAMemberThatDoesNotPollAndFenceItsCommit() {
        publish(8);
        final GroupMember a = join("a");
        final GroupMember b = join("b");
        assertThat(poll(a)).isEqualTo(4);
        assertThat(poll(b)).isEqualTo(4);
        b.commit();
        clock.advance(LATER / 2);
        poll(b);
        clock.advance(LATER * 2 / 3);
        assertThat(poll(b)).isEqualTo(4); // what a had not committed
        b.commit();
        assertThatThrownBy(a::commit).isInstanceOf(StaleMemberException.class)
            .hasMessageContaining("group g of stream clicks has expelled member 'a'");
        assertThatThrownBy(a::commitAsync).isInstanceOf(StaleMemberException.class);
        assertThatThrownBy(() -> poll(a)).isInstanceOf(StaleMemberException.class);
        a.close();
        assertThat(bus.describeGroup("clicks", "g").lagBytes()).isZero();
        try (GroupMember again = join("a")) {
            assertThat(poll(again)).isZero();
            poll(b);
            assertThat(poll(again)).isZero();
            assertThat(again.partitions()).hasSize(2);
        }
        b.close();
    }

    @Test
    void shouldStopAMemberThatIsExpelledWhileItHandlesARecord() {
        publish(8);
        final GroupMember a = join("a");
        final GroupMember b = join("b");
        final int[] handled = {0};
        assertThatThrownBy(() -> a.poll(frame -> {
            handled[0]++;
            clock.advance(LATER);
            assertThat(poll(b)).isEqualTo(8);
        }, 100)).isInstanceOf(StaleMemberException.class);
        assertThat(handled[0]).isEqualTo(1);
        b.commit();
        b.close();
        assertThat(bus.groups("clicks")).isEmpty();
    }

    @Test
    void shouldTakeFromAMemberWhoseThreadHasEnded() throws InterruptedException {
        publish(8);
        final GroupMember a = join("a");
        try (GroupMember b = join("b")) {
            pollOnAThreadThatEnds(a);
            assertThat(poll(b)).isEqualTo(4);
            clock.advance(TimeUnit.SECONDS.toNanos(1)); // members are not looked at in every poll
            assertThat(poll(b)).isEqualTo(4);
            assertThat(bus.describeGroup("clicks", "g").members()).extracting(GroupDescription.Member::name)
                .containsExactly("b");
        }
    }

    @Test
    void shouldForgetAGroupWhoseLastMemberIsDead() throws InterruptedException {
        publish(8);
        final GroupMember a = join("a");
        pollOnAThreadThatEnds(a);
        assertThatThrownBy(() -> bus.subscribe("clicks", "g")).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("in use");
        clock.advance(TimeUnit.SECONDS.toNanos(1));
        bus.doHousekeeping();
        assertThat(bus.groups("clicks")).isEmpty();
        try (Subscription subscription = bus.subscribe("clicks", "g")) {
            assertThat(subscription.poll(frame -> { }, 100)).isEqualTo(8);
        }
    }

    @Test
    void shouldCommitInAHandlerWhatLiesBeforeTheRecord() {
        publish(8);
        try (GroupMember a = join("a")) {
            final int[] seen = {0};
            a.poll(frame -> {
                if (++seen[0] == 6) {
                    a.commit();
                }
            }, 6);
        }
        try (GroupMember a = join("a")) {
            assertThat(poll(a)).isEqualTo(3);
        }
    }

    @Test
    void shouldCommitLaterByHousekeepingForAllMembers() {
        publish(8);
        final GroupMember a = join("a");
        final GroupMember b = join("b");
        poll(a);
        poll(b);
        final CompletableFuture<Void> first = a.commitAsync();
        final CompletableFuture<Void> second = b.commitAsync();
        assertThat(first).isNotDone();
        assertThat(bus.describeSubscription("clicks", "g").lagBytes()).isPositive();
        bus.doHousekeeping();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(bus.describeSubscription("clicks", "g").lagBytes()).isZero();
        publish(4);
        poll(a);
        final CompletableFuture<Void> last = a.commitAsync();
        a.close();
        b.close(); // with it goes the group, and commits for those who wait
        assertThat(last).isCompleted();
        try (GroupMember again = join("again")) {
            assertThat(poll(again)).isEqualTo(2);
        }
    }

    @Test
    void shouldDescribeMembersAndLag() {
        publish(8);
        try (GroupMember a = join("a"); GroupMember b = join("b")) {
            poll(a);
            a.commit();
            poll(b);
            final GroupDescription description = bus.describeGroup("clicks", "g");
            assertThat(bus.groups("clicks")).containsExactly("g");
            assertThat(description.members()).hasSize(2);
            final GroupDescription.Member first = description.members().get(0);
            assertThat(first.name()).isEqualTo("a");
            assertThat(first.thread()).isEqualTo(Thread.currentThread().getName());
            assertThat(first.partitions()).containsExactly(0, 1);
            assertThat(first.lagBytes()).isZero();
            assertThat(description.members().get(1).lagRecords()).isEqualTo(4).isEqualTo(description.lagRecords());
            assertThat(description.members().get(1).lagBytes()).isPositive().isEqualTo(description.lagBytes());
            assertThat(description.places().get(0).offset()).isEqualTo(2);
        }
        assertThat(bus.describeGroup("clicks", "g").members()).isEmpty();
        assertThatThrownBy(() -> bus.describeGroup("clicks", "x")).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        final GroupMember a = join("a");
        assertThatThrownBy(() -> join("a")).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("has a member 'a'");
        publish(1);
        assertThatThrownBy(() -> a.poll(frame -> poll(a), 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> a.poll(frame -> a.close(), 1)).isInstanceOf(IllegalStateException.class);
        assertThat(poll(a)).isEqualTo(1);
        a.close();
        a.close();
        assertThatThrownBy(() -> poll(a)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(a::commit).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> MemberConfig.DEFAULT.withSessionTimeoutMs(0))
            .isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> bus.join("nothing", "g")).isInstanceOf(ConfigurationException.class);
        try (Subscription subscription = bus.subscribe("clicks", "s")) {
            assertThatThrownBy(() -> bus.join("clicks", "s")).hasMessageContaining(subscription.name());
        }
    }
}
