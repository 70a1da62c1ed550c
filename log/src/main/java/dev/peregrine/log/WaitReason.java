/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

/**
 * Why a reader gets nothing at its place. True at the moment it was asked for.
 *
 * @param kind what it waits for.
 * @param log name of the partition, e.g. {@code impressions/0}.
 * @param position where the reader stands.
 * @param boundPosition how far it may read, where its isolation is what it waits for; else -1.
 * @param ageNs for how long housekeeping has seen it stand there unable to read, nanoseconds; 0 if it has not.
 * @param hole the claim that it waits for; null if it waits for something else, or the claim has just been ended.
 */
public record WaitReason(Kind kind, String log, long position, long boundPosition, long ageNs, Hole hole) {
    /** What a reader can wait for. */
    public enum Kind {
        /** Nothing: there is something to poll. */
        NOTHING,
        /** Publishers: everything was read. */
        NOTHING_PUBLISHED,
        /** Nothing ever again: the log was ended, and everything was read. */
        END_OF_STREAM,
        /** A publisher that has claimed room at this position and not committed yet. */
        HOLE,
        /** The durable position: there are records behind it. */
        NOT_DURABLE,
        /** The writer's next commit: there are records that do not count yet. */
        NOT_COMMITTED
    }

    /** Whether records are there that this reader cannot get. */
    public boolean isStall() {
        return kind == Kind.HOLE || kind == Kind.NOT_DURABLE || kind == Kind.NOT_COMMITTED;
    }

    /** One sentence for people. */
    @Override
    public String toString() {
        final String place = "log " + log + ", position " + position + ": ";
        return place + switch (kind) {
            case NOTHING -> "there is something to read";
            case NOTHING_PUBLISHED -> "nothing was published behind it";
            case END_OF_STREAM -> "the log ends there for good";
            case HOLE -> (hole == null ? "a publisher"
                : "publisher " + hole.publisher() + ", thread " + hole.thread() + ",")
                + " has claimed room there and not committed it; what lies behind has to wait";
            case NOT_DURABLE -> "what lies there is not on disk yet (durable position " + boundPosition
                + "); under durability os only a force moves it";
            case NOT_COMMITTED -> "what lies there is not committed yet by its writer (committed position "
                + boundPosition + ")";
        };
    }

    /** Looks at a position of a log through the eyes of a reader. Any thread. */
    static WaitReason at(final PartitionLog log, final long position, final ReadIsolation isolation, final long ageNs) {
        final long bound = log.boundOf(isolation);
        final Kind kind = kindAt(log, position, bound, isolation);
        return new WaitReason(kind, log.config().name(), position,
            kind == Kind.NOT_DURABLE || kind == Kind.NOT_COMMITTED ? bound : -1, ageNs,
            kind == Kind.HOLE ? holeAt(log, position) : null);
    }

    private static Hole holeAt(final PartitionLog log, final long position) {
        final Hole hole = log.hole();
        return hole == null || hole.position() != position ? null : hole;
    }

    private static Kind kindAt(
        final PartitionLog log, final long position, final long bound, final ReadIsolation isolation) {
        if (position < log.startPosition()) {
            return Kind.NOTHING; // truncated: the next poll goes on behind
        }
        if (position >= log.appendedPosition()) {
            return log.isEnded() ? Kind.END_OF_STREAM : Kind.NOTHING_PUBLISHED;
        }
        final Segment segment = log.segments().acquire(position);
        if (segment == null) {
            return position < log.startPosition() ? Kind.NOTHING : Kind.HOLE; // claimed beyond what is allocated
        }
        try {
            final int length =
                segment.buffer().getIntAcquire(segment.offsetOf(position) + FrameDescriptor.LENGTH_OFFSET);
            if (length <= 0) {
                return Kind.HOLE;
            }
            if (position + length <= bound) {
                return Kind.NOTHING;
            }
            return isolation == ReadIsolation.DURABLE ? Kind.NOT_DURABLE : Kind.NOT_COMMITTED;
        } finally {
            log.segments().release(segment);
        }
    }
}
