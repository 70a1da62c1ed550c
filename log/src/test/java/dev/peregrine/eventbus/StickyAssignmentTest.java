/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class StickyAssignmentTest {
    private static int[] counts(final int[] owners, final int members) {
        final int[] counts = new int[members];
        for (final int owner : owners) {
            if (owner >= 0) {
                counts[owner]++;
            }
        }
        return counts;
    }

    /** What must move at least: the free ones, and what members have over the most they may. */
    private static int fewestMoves(final int[] owners, final int members) {
        final int[] counts = counts(owners, members);
        final List<Integer> sorted = new ArrayList<>();
        for (final int count : counts) {
            sorted.add(count);
        }
        sorted.sort(Comparator.reverseOrder());
        int kept = 0;
        for (int i = 0; i < members; i++) {
            kept += Math.min(sorted.get(i), owners.length / members + (i < owners.length % members ? 1 : 0));
        }
        return owners.length - kept;
    }

    @Property
    void shouldBalanceWithinOneAndMoveAsFewAsThatNeeds(
        @ForAll @Size(min = 1, max = 40) final List<@IntRange(min = -1, max = 11) Integer> before,
        @ForAll @IntRange(min = 1, max = 12) final int members) {
        final int[] owners = before.stream().mapToInt(owner -> owner >= members ? -1 : owner).toArray();
        final int[] assigned = StickyAssignment.assign(owners, members);
        int moves = 0;
        for (int i = 0; i < owners.length; i++) {
            assertThat(assigned[i]).isBetween(0, members - 1);
            moves += assigned[i] == owners[i] ? 0 : 1;
        }
        for (final int count : counts(assigned, members)) {
            assertThat(count).isBetween(owners.length / members, (owners.length + members - 1) / members);
        }
        assertThat(moves).isEqualTo(fewestMoves(owners, members));
    }
}
