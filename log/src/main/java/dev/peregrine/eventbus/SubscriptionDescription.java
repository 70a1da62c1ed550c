/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.log.PartitionLog;
import java.util.List;

/**
 * The durable place of a subscription.
 *
 * @param stream what it reads.
 * @param name its name.
 * @param open whether it is being used now.
 * @param places where it goes on, by partition.
 */
public record SubscriptionDescription(String stream, String name, boolean open, List<Place> places) {
    /** Copies the list. */
    public SubscriptionDescription {
        places = List.copyOf(places);
    }

    /** Bytes published and not committed by it, over all partitions. */
    public long lagBytes() {
        return places.stream().mapToLong(Place::lagBytes).sum();
    }

    /** Records published and not committed by it, over all partitions. */
    public long lagRecords() {
        return places.stream().mapToLong(Place::lagRecords).sum();
    }

    /**
     * Its place in one partition.
     *
     * @param position position of the next record.
     * @param offset number of the next record.
     * @param lagBytes bytes from there to the end of the partition.
     * @param lagRecords records from there to the end of what is committed without a gap.
     */
    public record Place(long position, long offset, long lagBytes, long lagRecords) {
        /** A committed place; the start of the partition if truncation has overtaken it. */
        static Place of(final PartitionLog log, final long position, final long offset) {
            final long start = log.startPosition();
            final boolean overtaken = position < start;
            final long from = overtaken ? start : position;
            final long number = overtaken ? log.startOffset() : offset;
            return new Place(from, number, log.appendedPosition() - from, log.recordsFrom(number));
        }
    }
}
