/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Shares partitions among the members of a group: evenly, within one, and moving as few as that needs. */
final class StickyAssignment {
    private StickyAssignment() {
    }

    /**
     * Says who is to have each partition.
     *
     * @param owners index of the member that has the partition now, or -1.
     * @param members number of members, at least one.
     */
    static int[] assign(final int[] owners, final int members) {
        final int[] has = new int[members];
        for (final int owner : owners) {
            if (owner >= 0) {
                has[owner]++;
            }
        }
        final int[] room = room(has, owners.length);
        final int[] assigned = owners.clone();
        for (int i = 0; i < owners.length; i++) {
            if (owners[i] >= 0 && room[owners[i]] > 0) {
                room[owners[i]]--;
            } else {
                assigned[i] = -1;
            }
        }
        int next = 0;
        for (int i = 0; i < owners.length; i++) {
            if (assigned[i] < 0) {
                while (room[next] == 0) {
                    next++;
                }
                assigned[i] = next;
                room[next]--;
            }
        }
        return assigned;
    }

    /** How many each may have; those that have most now get the one more, where it does not divide. */
    private static int[] room(final int[] has, final int partitions) {
        final List<Integer> byCount = new ArrayList<>();
        for (int i = 0; i < has.length; i++) {
            byCount.add(i);
        }
        byCount.sort(Comparator.comparingInt(member -> -has[member]));
        final int[] room = new int[has.length];
        Arrays.fill(room, partitions / has.length);
        for (final int member : byCount.subList(0, partitions % has.length)) {
            room[member]++;
        }
        return room;
    }
}
