/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.eventbus.Stream;
import dev.peregrine.eventbus.Subscription;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.PartitionReader;
import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A place in a stream as people write it.
 *
 * @param kind what the number means.
 * @param number nothing, a position, a record number, a time in nanoseconds since 1970, or a transaction id.
 * @param text as it was written.
 */
record Place(Kind kind, long number, String text) {
    /** The kinds of places. */
    enum Kind { EARLIEST, LATEST, POSITION, OFFSET, TIME, TRANSACTION }

    static final String FORMS = "earliest, latest, offset:N, time:T, transaction:N or a position";

    /** Whether it is a place in one partition, and another in each. */
    boolean isOfOnePartition() {
        return kind == Kind.POSITION || kind == Kind.OFFSET;
    }

    /** Tells people of a place behind the end of a partition, where nothing is yet. */
    void sayIfBehind(final Stream stream, final int partition, final PrintWriter err) {
        final PartitionLog log = stream.partition(partition);
        final long next = log.endOffset();
        final boolean behind = switch (kind) {
            case OFFSET -> number > next;
            case TIME -> log.offsetOf(log.positionOfTimestamp(number)) >= next;
            case TRANSACTION -> log.offsetOf(log.positionOfTransactionId(number)) >= next;
            default -> false;
        };
        if (behind) {
            err.println("peregrine: partition " + partition + " of stream " + stream.name() + " ends before " + text
                + ": its next record gets offset " + next);
        }
    }

    /** Moves a reader there; a position must be that of a record. */
    void seek(final PartitionReader reader, final Stream stream, final int partition) {
        switch (kind) {
            case EARLIEST -> reader.seek(stream.partition(partition).startPosition());
            case LATEST -> reader.seekToEnd();
            case POSITION -> {
                final PartitionLog log = stream.partition(partition);
                if (log.offsetAtFrame(number) < 0) {
                    throw new ConfigurationException("no record of " + stream.name() + "/" + partition
                        + " starts at position " + number + "; its positions go from " + log.startPosition() + " to "
                        + log.appendedPosition() + " (of one partition alone with --partition)");
                }
                reader.seek(number);
            }
            case OFFSET -> reader.seekToOffset(number);
            case TIME -> reader.seekToTimestamp(number);
            case TRANSACTION -> reader.seekToTransactionId(number);
            default -> throw new AssertionError(kind);
        }
    }

    /** Moves a subscription there, in one partition or in all. */
    void seek(final Subscription subscription, final int partition) {
        switch (kind) {
            case EARLIEST -> subscription.rewind();
            case LATEST -> subscription.seekToLatest();
            case POSITION -> subscription.seek(partition, number);
            case OFFSET -> subscription.seekToOffset(partition, number);
            case TIME -> subscription.seekToTimestamp(number);
            case TRANSACTION -> subscription.seekToTransactionId(number);
            default -> throw new AssertionError(kind);
        }
    }

    /** Reads places. A time is like 2026-11-25T10:00:00Z, or like -PT1H for an hour ago. */
    static final class Converter implements ITypeConverter<Place> {
        @Override
        public Place convert(final String text) {
            try {
                final int colon = text.indexOf(':');
                final String value = text.substring(colon + 1);
                switch (colon < 0 ? text : text.substring(0, colon)) {
                    case "earliest":
                        return new Place(Kind.EARLIEST, 0, text);
                    case "latest":
                        return new Place(Kind.LATEST, 0, text);
                    case "offset":
                        return new Place(Kind.OFFSET, number(value), text);
                    case "transaction":
                        return new Place(Kind.TRANSACTION, number(value), text);
                    case "time":
                        return new Place(Kind.TIME, time(value), text);
                    default:
                        return new Place(Kind.POSITION, number(text), text);
                }
            } catch (final NumberFormatException | DateTimeException | ArithmeticException e) {
                throw new TypeConversionException("'" + text + "' is not " + FORMS
                    + " (a time is like 2026-11-25T10:00:00Z, or -PT1H for an hour ago)");
            }
        }

        private static long number(final String text) {
            final long number = Long.parseLong(text);
            if (number < 0) {
                throw new NumberFormatException("negative");
            }
            return number;
        }

        private static long time(final String text) {
            final Instant time = text.startsWith("-P") || text.startsWith("P")
                ? Instant.now().plus(Duration.parse(text)) : Instant.parse(text);
            return Math.addExact(
                Math.multiplyExact(time.getEpochSecond(), TimeUnit.SECONDS.toNanos(1)), time.getNano());
        }
    }
}
