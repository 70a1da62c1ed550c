/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The partitions that a member of a group reads: which of them are to move, and of which something was handed over and is
 * not committed. Used by the member's thread, or by whoever expels the member while it is idle.
 */
final class OwnedPartitions {
    private final Group group;
    private final GroupMember member;
    private final GroupListener listener;
    private final PartitionTurns turns;
    /** By partition: records handed over and not committed. */
    private final int[] uncommitted;
    /** By partition: when it was first seen that it is to move, or 0. */
    private final long[] leavingSince;
    private final long[] positions;
    private final long[] numbers;
    private int leaving;

    OwnedPartitions(
        final Group group, final GroupMember member, final GroupListener listener, final PartitionTurns turns) {
        this.group = group;
        this.member = member;
        this.listener = listener;
        this.turns = turns;
        this.uncommitted = new int[turns.partitions()];
        this.leavingSince = new long[turns.partitions()];
        this.positions = new long[turns.partitions()];
        this.numbers = new long[turns.partitions()];
    }

    /** Whether the member is handed records of a partition. */
    boolean isCurrent(final int partition) {
        return turns.reader(partition) != null && leavingSince[partition] == 0;
    }

    List<Integer> current() {
        final List<Integer> current = new ArrayList<>();
        for (int i = 0; i < turns.partitions(); i++) {
            if (isCurrent(i)) {
                current.add(i);
            }
        }
        return current;
    }

    boolean isLeaving() {
        return leaving > 0;
    }

    /** The reader has moved and its place is not committed. */
    void moved(final int partition) {
        uncommitted[partition]++;
    }

    /** Makes the places of all readers those which the next owners start from. */
    void stage() {
        for (int i = 0; i < positions.length; i++) {
            positions[i] = turns.reader(i) == null ? -1 : turns.reader(i).position();
            numbers[i] = turns.reader(i) == null ? -1 : turns.reader(i).offset();
        }
        group.stage(member, positions, numbers);
        Arrays.fill(uncommitted, 0);
    }

    /** The same for one partition, with a place that its reader is about to have. */
    void stage(final int partition, final long position, final long number) {
        Arrays.fill(positions, -1);
        positions[partition] = position;
        numbers[partition] = number;
        group.stage(member, positions, numbers);
        uncommitted[partition] = 0;
    }

    /** Takes what the group has given to the member, and begins to give up what it has taken away. */
    void adopt(final long nowNs) {
        final List<Integer> assigned = new ArrayList<>();
        final List<Integer> revoked = new ArrayList<>();
        final List<Integer> taken = new ArrayList<>();
        synchronized (group) {
            for (int i = 0; i < turns.partitions(); i++) {
                final boolean has = turns.reader(i) != null;
                final boolean stays = group.isOf(i, member);
                if (!has && stays) {
                    turns.take(i, group.take(i));
                    taken.add(i);
                    assigned.add(i);
                } else if (has && stays && leavingSince[i] != 0) {
                    leavingSince[i] = 0;
                    leaving--;
                    assigned.add(i);
                } else if (has && !stays && leavingSince[i] == 0) {
                    leavingSince[i] = nowNs;
                    leaving++;
                    revoked.add(i);
                }
            }
        }
        taken.forEach(turns::settle); // without the lock: the gap handler is the user's
        if (!revoked.isEmpty()) {
            listener.onRevoked(member, revoked);
        }
        giveUpOverdue(nowNs);
        giveUpSettled();
        if (!assigned.isEmpty()) {
            listener.onAssigned(member, assigned);
        }
    }

    /** What has waited for a commit so long goes without. */
    private void giveUpOverdue(final long nowNs) {
        for (int i = 0; i < leavingSince.length; i++) {
            if (leavingSince[i] != 0 && nowNs - leavingSince[i] > member.sessionTimeoutNs()) {
                uncommitted[i] = 0;
            }
        }
    }

    /** Gives up the partitions that are to move and of which nothing is uncommitted. */
    void giveUpSettled() {
        if (leaving == 0 || turns.isHandingOver()) {
            return; // a reader that is handing a record over stays open
        }
        final List<Integer> settled = new ArrayList<>();
        for (int i = 0; i < leavingSince.length; i++) {
            if (leavingSince[i] != 0 && uncommitted[i] == 0) {
                close(i);
                settled.add(i);
            }
        }
        if (!settled.isEmpty()) {
            group.release(member, settled);
        }
    }

    private void close(final int partition) {
        turns.close(partition);
        uncommitted[partition] = 0;
        if (leavingSince[partition] != 0) {
            leavingSince[partition] = 0;
            leaving--;
        }
    }

    void closeAll() {
        for (int i = 0; i < turns.partitions(); i++) {
            close(i);
        }
    }
}
