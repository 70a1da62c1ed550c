/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.log.IndexDescriptor.Entry;

/** Gives records their numbers, and finds them by number and by time. */
interface Numbering {
    /** Number of the next record behind everything that is committed without a gap. */
    long endOffset();

    /** Number of the first record at or behind a position; {@link Long#MIN_VALUE} while a claim before it is open. */
    long offsetOf(long position);

    /** The place of a record, or of the first that is kept, or the end. */
    Entry placeOfOffset(long number);

    /** The place of the first record, in the order of the log, that is not older than a time; or the end. */
    Entry placeOfTimestamp(long timestampNs);

    /** The place of the first record, in the order of the log, whose transaction id is not smaller; or the end. */
    Entry placeOfTransactionId(long id);

    /** Highest transaction id of all records that are committed without a gap; -1 if there is none. */
    long highestTransactionId();

    /** The last entry before a position, as far as frames are committed without a gap; the start if there is none. */
    Entry entryBefore(long position);

    /** That and those before it in its segment, in their order, as far as one look finds them: at least one. */
    default Entry[] entriesBefore(final long position, final int most) {
        return new Entry[] {entryBefore(position)};
    }

    /**
     * Number of the next record at a position at which a frame starts or the last one ends; {@link Long#MIN_VALUE} for
     * any other.
     */
    long offsetAtFrame(long position);

    /**
     * Number of the next record at a position at which a frame starts, when what lies before it cannot be read: counted
     * back from the next entry. {@link Long#MIN_VALUE} if there is none.
     */
    default long offsetBehindDamage(final long position) {
        return Long.MIN_VALUE;
    }
}
