/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.error.StaleMemberException;
import dev.peregrine.core.files.FilesFacade;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Seeded schedules of joining, leaving, stalling, dying, polling, committing and publishing, beside a model that knows who
 * owns each partition and which record its owner must be handed next.
 */
class GroupModelTest {
    private static final int PARTITIONS = 5;
    private static final int MOST_MEMBERS = 7;
    private static final int STEPS = 400;
    private static final int SCHEDULES = 20;
    private static final int MANY_SCHEDULES = 1_000;
    private static final long TIMEOUT_NS = 10_000_000_000L;

    @TempDir
    private Path directory;

    /** One schedule. */
    private static final class Run implements AutoCloseable {
        private final Random random;
        private final boolean faults;
        private final ManualClock clock = new ManualClock();
        private final EventBus bus;
        private final Publisher publisher;
        private int publishTo;
        private final List<GroupMember> members = new ArrayList<>();
        private final GroupMember[] owners = new GroupMember[PARTITIONS];
        private final long[] next = new long[PARTITIONS];
        private final long[] committed = new long[PARTITIONS];
        private final long[] published = new long[PARTITIONS];
        private final long[] highest = new long[PARTITIONS];
        private long doubled;

        Run(final Path home, final long seed, final boolean faults) {
            this.random = new Random(seed);
            this.faults = faults;
            bus = EventBus.open(home, FilesFacade.SYSTEM, clock);
            bus.provision(StreamConfig.of("s").withPartitions(PARTITIONS).withSegmentLength(64 << 10));
            publisher = bus.publisher("s", "p", (key, partitions) -> publishTo);
        }

        private final GroupListener listener = new GroupListener() {
            @Override
            public void onAssigned(final GroupMember member, final List<Integer> partitions) {
                for (final int partition : partitions) {
                    final GroupMember owner = owners[partition];
                    if (owner != member) {
                        assertThat(owner == null || (faults && describedMember(owner.name()) == null))
                            .as("partition %s is free or its owner expelled", partition).isTrue();
                        next[partition] = committed[partition];
                    }
                    owners[partition] = member;
                }
            }

            @Override
            public void onRevoked(final GroupMember member, final List<Integer> partitions) {
                for (final int partition : partitions) {
                    assertThat(owners[partition]).isSameAs(member);
                }
                if (!faults || random.nextBoolean()) {
                    commit(member);
                }
            }
        };

        void step() {
            final int dice = random.nextInt(100);
            if (dice < 12 && members.size() < MOST_MEMBERS) {
                members.add(bus.join("s", "g",
                    MemberConfig.DEFAULT.withSessionTimeoutMs(TIMEOUT_NS / 1_000_000).withListener(listener)));
            } else if (dice < 30) {
                publish(random.nextInt(20));
            } else if (members.isEmpty()) {
                bus.doHousekeeping();
            } else if (dice < 36) {
                close(any());
            } else if (dice < 42 && faults) {
                stall();
            } else if (dice < 45 && faults) {
                die(any());
            } else if (dice < 50) {
                bus.doHousekeeping();
            } else if (dice < 75 || !faults) {
                final GroupMember member = any();
                poll(member, random.nextInt(8));
                if (!faults) {
                    commit(member);
                }
            } else {
                commit(any());
            }
            checkOwners();
        }

        private GroupMember any() {
            return members.get(random.nextInt(members.size()));
        }

        private void publish(final int records) {
            final UnsafeBuffer payload = new UnsafeBuffer(new byte[8]);
            for (int i = 0; i < records; i++) {
                publishTo = random.nextInt(PARTITIONS);
                payload.putLong(0, published[publishTo]++);
                publisher.publish(0, 1, 1, 0, payload, 0, 8);
            }
        }

        private int poll(final GroupMember member, final int limit) {
            try {
                return member.poll(frame -> {
                    final int partition = member.partition();
                    final long number = frame.buffer().getLong(frame.payloadOffset());
                    assertThat(owners[partition]).isSameAs(member);
                    assertThat(number).isEqualTo(next[partition]++).isEqualTo(frame.offset());
                    doubled += number < highest[partition] ? 1 : 0;
                    highest[partition] = Math.max(highest[partition], number + 1);
                }, limit);
            } catch (final StaleMemberException e) {
                expelled(member);
                return 0;
            } finally {
                released(member);
            }
        }

        private void commit(final GroupMember member) {
            try {
                final boolean[] its = new boolean[PARTITIONS];
                for (int i = 0; i < PARTITIONS; i++) {
                    its[i] = owners[i] == member;
                }
                member.commit();
                for (int i = 0; i < PARTITIONS; i++) {
                    committed[i] = its[i] ? next[i] : committed[i];
                }
            } catch (final StaleMemberException e) {
                expelled(member);
            } finally {
                released(member);
            }
        }

        private void close(final GroupMember member) {
            member.close();
            expelled(member);
        }

        /** It is told of nothing, except by an error at its next call; until then nobody may be handed its partitions. */
        private void expelled(final GroupMember member) {
            assertThat(faults || describedMember(member.name()) == null).isTrue();
            members.remove(member);
            for (int i = 0; i < PARTITIONS; i++) {
                owners[i] = owners[i] == member ? null : owners[i];
            }
        }

        /**
         * A partition moves when its owner has committed, within the owner's own calls. It may be given back to the same
         * one, who has it when it is told so.
         */
        private void released(final GroupMember member) {
            final GroupDescription.Member described = describedMember(member.name());
            for (int i = 0; i < PARTITIONS && described != null; i++) {
                if (owners[i] == member && !member.partitions().contains(i) && !described.leaving().contains(i)) {
                    owners[i] = null;
                }
            }
        }

        private GroupDescription.Member describedMember(final String name) {
            if (!bus.groups("s").contains("g")) {
                return null;
            }
            return bus.describeGroup("s", "g").members().stream()
                .filter(member -> member.name().equals(name)).findFirst().orElse(null);
        }

        /** Some poll on while the others do not, for longer than the time-out. */
        private void stall() {
            final List<GroupMember> awake = new ArrayList<>(members);
            awake.removeIf(member -> random.nextInt(3) == 0);
            for (int i = 0; i < 3; i++) {
                clock.advance(TIMEOUT_NS / 2 - 1);
                for (final GroupMember member : awake) {
                    if (members.contains(member)) {
                        poll(member, 1);
                    }
                }
            }
            clock.advance(TIMEOUT_NS / 4);
            bus.doHousekeeping();
            forgetTheDead();
        }

        private void die(final GroupMember member) {
            final Thread thread = new Thread(() -> poll(member, 3));
            thread.start();
            try {
                thread.join();
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            }
            clock.advance(1_000_000_000L);
            bus.doHousekeeping();
            forgetTheDead();
        }

        private void forgetTheDead() {
            for (final GroupMember member : List.copyOf(members)) {
                if (describedMember(member.name()) == null) {
                    commit(member); // fenced
                    assertThat(members).doesNotContain(member);
                }
            }
        }

        private void checkOwners() {
            for (int i = 0; i < PARTITIONS; i++) {
                for (final GroupMember member : members) {
                    assertThat(!member.partitions().contains(i) || owners[i] == member)
                        .as("%s reads partition %s", member.name(), i).isTrue();
                }
            }
        }

        /** Everybody polls and commits until the partitions are shared evenly and all records are read. */
        void settle() {
            members.add(bus.join("s", "g", MemberConfig.DEFAULT.withListener(listener)));
            for (int round = 0; round < 4; round++) {
                for (final GroupMember member : List.copyOf(members)) {
                    poll(member, Integer.MAX_VALUE);
                    if (members.contains(member)) {
                        commit(member);
                    }
                }
            }
            final int[] counts = members.stream().mapToInt(member -> member.partitions().size()).toArray();
            assertThat(Arrays.stream(counts).sum()).isEqualTo(PARTITIONS);
            assertThat(Arrays.stream(counts).max().orElse(0) - Arrays.stream(counts).min().orElse(0))
                .isLessThanOrEqualTo(1);
            assertThat(committed).isEqualTo(published);
            assertThat(bus.describeGroup("s", "g").lagBytes()).isZero();
            if (!faults) {
                assertThat(doubled).isZero();
            }
        }

        @Override
        public void close() {
            publisher.close();
            bus.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHandEveryRecordToItsOwnerInOrder(final boolean faults) {
        runAll(0, SCHEDULES, faults);
    }

    @Test
    @Tag("long")
    void shouldHandEveryRecordToItsOwnerInManySchedules() {
        runAll(SCHEDULES, MANY_SCHEDULES, true);
    }

    private void runAll(final int from, final int to, final boolean faults) {
        for (int seed = from; seed < to; seed++) {
            final long shown = seed;
            try (Run run = new Run(directory.resolve("run-" + seed), seed, faults)) {
                for (int step = 0; step < STEPS; step++) {
                    run.step();
                }
                run.settle();
            } catch (final AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + shown + ": " + e.getMessage(), e);
            }
        }
    }
}
