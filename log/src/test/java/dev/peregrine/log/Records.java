/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongToIntFunction;
import org.agrona.MutableDirectBuffer;

/** Records whose content follows from producer and sequence, so that a reader can tell a wrong one. */
final class Records {
    private static final int NUMBERS = 2 * Long.BYTES;

    private Records() {
    }

    /** Appends one record of a length that follows from producer and sequence; returns the position behind it. */
    static long append(final Appender appender, final long producer, final long sequence, final int longest) {
        final int length = length(producer, sequence, longest);
        final int at = appender.claim(length);
        write(appender, at, producer, sequence, length);
        return appender.commit(7, 9, producer ^ sequence, sequence, sequence);
    }

    /** The same for a record that may be longer than a frame. */
    static long appendMessage(final Appender appender, final long producer, final long sequence, final int longest) {
        final int length = length(producer, sequence, longest);
        final int at = appender.claimMessage(length, null);
        write(appender, at, producer, sequence, length);
        return appender.commit(7, 9, producer ^ sequence, sequence, sequence);
    }

    /** Adds a record to a batch; false if it is full. */
    static boolean add(final RecordBatch batch, final long producer, final long sequence, final int longest) {
        final int length = length(producer, sequence, longest);
        final int at = batch.claim(length, null);
        if (at != RecordBatch.FULL) {
            write(batch.buffer(), at, producer, sequence, length);
            batch.commit(producer ^ sequence, 7, 9, sequence);
        }
        return at != RecordBatch.FULL;
    }

    static void write(
        final Appender appender, final int at, final long producer, final long sequence, final int length) {
        write(appender.buffer(), at, producer, sequence, length);
    }

    private static void write(
        final MutableDirectBuffer buffer, final int at, final long producer, final long sequence, final int length) {
        buffer.putLong(at, producer);
        buffer.putLong(at + Long.BYTES, sequence);
        for (int i = NUMBERS; i < length; i++) {
            buffer.putByte(at + i, content(producer, sequence, i));
        }
    }

    static int length(final long producer, final long sequence, final int longest) {
        return NUMBERS + new SplittableRandom(producer * 31 + sequence).nextInt(longest - NUMBERS + 1);
    }

    private static byte content(final long producer, final long sequence, final int index) {
        return (byte) (producer * 7 + sequence * 13 + index);
    }

    /** Fails unless the frame is exactly a record that was appended. */
    static void check(final Frame frame, final int longest) {
        final int at = frame.payloadOffset();
        final long producer = frame.buffer().getLong(at);
        final long sequence = frame.buffer().getLong(at + Long.BYTES);
        boolean right = producer == frame.producerId() && sequence == frame.sequence()
            && frame.keyHash() == (producer ^ sequence) && frame.timestampNs() == sequence
            && frame.schemaId() == 7 && frame.templateId() == 9
            && frame.payloadLength() == length(producer, sequence, longest);
        for (int i = NUMBERS; right && i < frame.payloadLength(); i++) {
            right = frame.buffer().getByte(at + i) == content(producer, sequence, i);
        }
        if (!right) {
            throw new AssertionError("wrong record at position " + frame.position() + ": producer "
                + producer + ", sequence " + sequence + ", length " + frame.payloadLength());
        }
    }

    /** Reads what is there from a position, checking each record; sequences by producer in the order of the log. */
    static Map<Long, List<Long>> readAll(final PartitionLog log, final long from, final int longest) {
        return readAll(log, from, producer -> longest);
    }

    /** The same where the longest record depends on the producer. */
    static Map<Long, List<Long>> readAll(final PartitionLog log, final long from, final LongToIntFunction longest) {
        final Map<Long, List<Long>> read = new HashMap<>();
        try (PartitionReader reader = log.newReader(from)) {
            final FrameHandler handler = frame -> {
                check(frame, longest.applyAsInt(frame.producerId()));
                read.computeIfAbsent(frame.producerId(), id -> new ArrayList<>()).add(frame.sequence());
            };
            while (reader.poll(handler, 1_000) > 0) {
                // until nothing is there
            }
        }
        return read;
    }

    /** The numbers from 0 up to a limit, exclusive. */
    static List<Long> upTo(final long limit) {
        final List<Long> numbers = new ArrayList<>();
        for (long i = 0; i < limit; i++) {
            numbers.add(i);
        }
        return numbers;
    }
}
