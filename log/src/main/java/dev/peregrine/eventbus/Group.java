/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.StaleMemberException;
import dev.peregrine.log.PartitionReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Who owns which partition of a stream, and the place that they have committed. All ownership changes under its lock:
 * a partition without an owner goes to whom it is meant for at once, one with an owner when that has given it up.
 */
final class Group {
    private static final long LONGEST_CHECK_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final EventBus bus;
    private final Stream stream;
    private final String name;
    private final MonotonicClock clock;
    private final PositionCommits commits;
    private final List<GroupMember> members = new ArrayList<>();
    private final GroupMember[] owners;
    /** Who is to have each partition. */
    private final GroupMember[] targets;
    /** Whether the owner has begun to read: until then a partition moves without its help. */
    private final boolean[] taken;
    private volatile long generation;
    private volatile long nextCheckNs;
    private int joined;
    private final Consumer<Group> onLeft;

    /**
     * A group without members.
     *
     * @param onLeft called when a member has left, without the lock.
     */
    Group(
        final EventBus bus, final Stream stream, final String name, final MonotonicClock clock,
        final PositionCommits commits, final Consumer<Group> onLeft) {
        this.bus = bus;
        this.onLeft = onLeft;
        this.stream = stream;
        this.name = name;
        this.clock = clock;
        this.commits = commits;
        this.owners = new GroupMember[stream.partitions()];
        this.targets = new GroupMember[stream.partitions()];
        this.taken = new boolean[stream.partitions()];
        this.nextCheckNs = clock.nanoTime();
    }

    Stream stream() {
        return stream;
    }

    String name() {
        return name;
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    PositionCommits commits() {
        return commits;
    }

    /** Rises whenever an owner or a target changes. */
    long generation() {
        return generation;
    }

    synchronized boolean isEmpty() {
        return members.isEmpty();
    }

    synchronized GroupMember join(final MemberConfig config) {
        joined++;
        final String memberName = config.name().isEmpty() ? "member-" + joined : config.name();
        if (members.stream().anyMatch(member -> member.name().equals(memberName))) {
            throw new ConfigurationException("group " + name + " of stream " + stream.name() + " has a member '"
                + memberName + "': close it first, or take another name");
        }
        final GroupMember member = new GroupMember(this, memberName, config, new Rejections(bus, stream, name));
        members.add(member);
        rebalance();
        return member;
    }

    void leave(final GroupMember member) {
        synchronized (this) {
            forget(member);
            rebalance();
        }
        onLeft.accept(this);
    }

    private void forget(final GroupMember member) {
        members.remove(member);
        for (int i = 0; i < owners.length; i++) {
            if (owners[i] == member) {
                owners[i] = null;
                taken[i] = false;
            }
        }
    }

    private void rebalance() {
        if (!members.isEmpty()) {
            final int[] now = new int[owners.length];
            for (int i = 0; i < now.length; i++) {
                now[i] = members.indexOf(owners[i]);
            }
            final int[] wanted = StickyAssignment.assign(now, members.size());
            for (int i = 0; i < now.length; i++) {
                targets[i] = members.get(wanted[i]);
                if (!taken[i]) {
                    owners[i] = targets[i];
                }
            }
        }
        generation++; // under the lock
    }

    /** Passes partitions on that a member has stopped reading. */
    synchronized void release(final GroupMember member, final List<Integer> partitions) {
        for (final int partition : partitions) {
            if (owners[partition] == member) {
                owners[partition] = targets[partition];
                taken[partition] = false;
            }
        }
        generation++; // under the lock
    }

    /** Whether a member is to read a partition and may. */
    synchronized boolean isOf(final int partition, final GroupMember member) {
        return owners[partition] == member && targets[partition] == member;
    }

    /** A reader at the committed place, for the owner. */
    synchronized PartitionReader take(final int partition) {
        taken[partition] = true;
        final PartitionReader reader = Subscription.readerAt(
            stream.partition(partition), commits.position(partition), commits.number(partition));
        reader.name("group '" + name + "'");
        return reader;
    }

    /** Takes a place over as that which the next owner starts from; never from a member that was expelled. */
    synchronized void stage(final GroupMember member, final long[] positions, final long[] numbers) {
        checkMember(member);
        for (int i = 0; i < owners.length; i++) {
            if (owners[i] == member && positions[i] >= 0) {
                commits.stage(i, positions[i], numbers[i]);
            }
        }
    }

    void commit() {
        commits.commit();
    }

    CompletableFuture<Void> commitLater() {
        return commits.commitLater();
    }

    private void checkMember(final GroupMember member) {
        if (!members.contains(member)) {
            throw stale(member);
        }
    }

    StaleMemberException stale(final GroupMember member) {
        return new StaleMemberException("group " + name + " of stream " + stream.name() + " has expelled member '"
            + member.name() + "', which last took part in generation " + member.generation() + "; it is in generation "
            + generation + ": join it again");
    }

    /** Looks now and then whether members are alive; cheap if it was done a moment ago. */
    void checkMembers(final long nowNs) {
        if (nowNs - nextCheckNs >= 0) {
            expelDead(nowNs);
        }
    }

    /** Expels every member whose thread has ended, or which has not polled for its session time-out. */
    synchronized void expelDead(final long nowNs) {
        long next = LONGEST_CHECK_NS;
        boolean expelled = false;
        for (final GroupMember member : List.copyOf(members)) {
            if (member.isDead(nowNs)) {
                forget(member);
                member.expel();
                expelled = true;
            } else {
                next = Math.min(next, member.sessionTimeoutNs() / 4);
            }
        }
        nextCheckNs = nowNs + next;
        if (expelled) {
            rebalance();
        }
    }

    synchronized GroupDescription describe() {
        final List<SubscriptionDescription.Place> places = new ArrayList<>();
        for (int i = 0; i < owners.length; i++) {
            places.add(SubscriptionDescription.Place.of(stream.partition(i), commits.position(i), commits.number(i)));
        }
        final long now = clock.nanoTime();
        final List<GroupDescription.Member> described = new ArrayList<>();
        for (final GroupMember member : members) {
            final List<Integer> partitions = new ArrayList<>();
            final List<Integer> leaving = new ArrayList<>();
            long lagBytes = 0;
            long lagRecords = 0;
            for (int i = 0; i < owners.length; i++) {
                if (owners[i] == member) {
                    partitions.add(i);
                    lagBytes += places.get(i).lagBytes();
                    lagRecords += places.get(i).lagRecords();
                    if (targets[i] != member) {
                        leaving.add(i);
                    }
                }
            }
            described.add(new GroupDescription.Member(
                member.name(), member.threadName(), partitions, leaving, lagBytes, lagRecords, member.idleNs(now)));
        }
        return new GroupDescription(stream.name(), name, generation, described, places);
    }
}
