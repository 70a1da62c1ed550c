/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

/**
 * What a partition knows of its records by number, by time and by transaction id. Every method is cold, and may be called
 * from any thread.
 *
 * <p>It stands apart from {@link PartitionLog}, whose methods these are, because it needs nothing of it but its numbers.
 */
abstract class LogLookUps {
    /** Where the numbers come from. */
    abstract Numbering numbers();

    /** First position that is kept. */
    abstract long startPosition();

    /** Number of the first record that is kept. Records are numbered from 0; control frames have no number. */
    public long startOffset() {
        return numbers().offsetOf(startPosition());
    }

    /** Number that the next record will get, as far as records are committed without a gap. Looks at few frames. */
    public long endOffset() {
        return numbers().endOffset();
    }

    /** Number of the last record, as far as records are committed without a gap; -1 if there was none yet. */
    public long lastOffset() {
        return numbers().endOffset() - 1;
    }

    /** How many records that are kept have this number or a higher one; all of them if it is negative, not known. */
    public long recordsFrom(final long offset) {
        return Math.max(0, numbers().endOffset() - Math.max(offset, startOffset()));
    }

    /** Number of the first record at or behind a position; negative while a claim before it is open. */
    public long offsetOf(final long position) {
        return numbers().offsetOf(position);
    }

    /** Position of a record by its number: of the first that is kept if it was truncated, the end if it is not there. */
    public long positionOfOffset(final long number) {
        return numbers().placeOfOffset(number).position();
    }

    /**
     * Number of the next record at a position at which a frame starts or the last one ends; negative for any other, and
     * behind a claim that is open.
     */
    public long offsetAtFrame(final long position) {
        return numbers().offsetAtFrame(position);
    }

    /**
     * Position of the first record, in the order of the log, that is not older than a time; the end if there is none.
     *
     * <p>Times need not rise: publishers take theirs before they claim, so two that race may stand in the log the other
     * way round, and a clock may be stepped back. What rises is the highest time so far, and the record found is the
     * first that raised it to the time asked for or beyond: every record before it is older, and behind it may follow
     * some that are older too.
     */
    public long positionOfTimestamp(final long timestampNs) {
        return numbers().placeOfTimestamp(timestampNs).position();
    }

    /**
     * Position of the first record, in the order of the log, whose transaction id is not smaller; the end if there is
     * none. Records without an id are passed over. A producer's ids do not fall; between producers they may, and then
     * the rule of {@link #positionOfTimestamp} holds.
     */
    public long positionOfTransactionId(final long id) {
        return numbers().placeOfTransactionId(id).position();
    }

    /** Highest transaction id of all records, truncated ones too; -1 if none has one. */
    public long highestTransactionId() {
        return numbers().highestTransactionId();
    }
}
