/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.util.List;

/**
 * A group as it is now.
 *
 * @param stream what it reads.
 * @param name its name, also that of the subscription which keeps its place.
 * @param generation rises with every change of owners.
 * @param members those that share the partitions, in the order in which they joined; none if nobody reads.
 * @param places what the group has committed, by partition.
 */
public record GroupDescription(
    String stream, String name, long generation, List<Member> members, List<SubscriptionDescription.Place> places) {

    /** Copies the lists. */
    public GroupDescription {
        members = List.copyOf(members);
        places = List.copyOf(places);
    }

    /** Bytes published and not committed by the group, over all partitions. */
    public long lagBytes() {
        return places.stream().mapToLong(SubscriptionDescription.Place::lagBytes).sum();
    }

    /** Records published and not committed by the group, over all partitions. */
    public long lagRecords() {
        return places.stream().mapToLong(SubscriptionDescription.Place::lagRecords).sum();
    }

    /**
     * One member.
     *
     * @param name its name.
     * @param thread the thread that polled last; empty if none has.
     * @param partitions what it owns.
     * @param leaving those of them that it is to give up.
     * @param lagBytes bytes published in its partitions and not committed.
     * @param lagRecords records published in its partitions and not committed.
     * @param idleNs nanoseconds since it polled.
     */
    public record Member(
        String name, String thread, List<Integer> partitions, List<Integer> leaving, long lagBytes, long lagRecords,
        long idleNs) {

        /** Copies the lists. */
        public Member {
            partitions = List.copyOf(partitions);
            leaving = List.copyOf(leaving);
        }
    }
}
