/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.RecordTooLongException;

/** Takes batches into the log, part by part. */
final class BatchWriter {
    private BatchWriter() {
    }

    /** Appends the records from an index on; returns the position behind the last. */
    static long append(
        final Appender appender, final RecordBatch batch, final int from, final long firstSequence) {
        batch.published(from);
        if (from < 0 || from >= batch.size()) {
            throw new IllegalArgumentException("the batch has no record " + from);
        }
        int at = batch.offsetOf(from);
        check(appender, batch, at);
        long end = 0;
        while (at < batch.length()) {
            final int endOfPart = batch.endOfPart(at, appender.maxFrameLength());
            end = appender.appendPart(batch, at, endOfPart - at, firstSequence + batch.published() - from);
            batch.published(
                endOfPart == batch.length() ? batch.size() : batch.published() + batch.count(at, endOfPart));
            at = endOfPart;
        }
        return end;
    }

    private static void check(final Appender appender, final RecordBatch batch, final int from) {
        if (batch.longest() > appender.maxFrameLength()) {
            throw new RecordTooLongException("a record of the batch, " + batch.longest() + " bytes with its frame, is too"
                + " long for log " + appender.logName() + ", whose frames have at most " + appender.maxFrameLength()
                + ": publish it by itself");
        }
        for (int record = from; batch.hasTransactionIds() && record < batch.length(); record = batch.next(record)) {
            final long transactionId = batch.transactionId(record);
            if (transactionId >= 0) {
                appender.checkTransactionId(transactionId); // within the batch they do not fall
                return;
            }
        }
    }
}
