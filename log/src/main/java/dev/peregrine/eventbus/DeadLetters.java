/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.log.Frame;
import dev.peregrine.log.RecordOptions;

/**
 * What a dead letter looks like: the payload, key, schema and headers of the record that was rejected, and behind them
 * headers that say where it comes from.
 */
public final class DeadLetters {
    /** Header: stream of the record. */
    public static final String STREAM = "dead-letter.stream";
    /** Header: its partition. */
    public static final String PARTITION = "dead-letter.partition";
    /** Header: its position. */
    public static final String POSITION = "dead-letter.position";
    /** Header: its number in the partition. */
    public static final String OFFSET = "dead-letter.offset";
    /** Header: its timestamp, nanoseconds since 1970. */
    public static final String TIMESTAMP = "dead-letter.timestamp-ns";
    /** Header: the subscription or group that rejected it. */
    public static final String SUBSCRIPTION = "dead-letter.subscription";
    /** Header: why it was rejected the last time. */
    public static final String CAUSE = "dead-letter.cause";
    /** Header: how often it was handed over. */
    public static final String ATTEMPTS = "dead-letter.attempts";
    /** Header: there is no room for the key and headers of the record itself. */
    public static final String CUT = "dead-letter.cut";

    private static final int LONGEST_CAUSE = 1_000;

    private DeadLetters() {
    }

    /** What a missing dead-letter stream is provisioned with: one partition, and the durability of the stream it is for. */
    static StreamConfig configOf(final String name, final StreamConfig from) {
        return StreamConfig.of(name).withSegmentLength(from.segmentLength())
            .withDurability(from.durability(), from.forceIntervalMs());
    }

    static RecordOptions options(
        final Stream stream, final int partition, final String reader, final Frame frame, final String cause,
        final int attempts) {
        final RecordOptions options = new RecordOptions();
        try {
            if (frame.keyLength() >= 0) {
                options.key(frame.buffer(), frame.keyOffset(), frame.keyLength());
            }
            frame.forEachHeader((buffer, nameOffset, nameLength, valueOffset, valueLength) -> {
                final byte[] name = new byte[nameLength];
                buffer.getBytes(nameOffset, name);
                options.header(name, buffer, valueOffset, valueLength);
            });
            return addOrigin(options, stream, partition, reader, frame, cause, attempts);
        } catch (final IllegalArgumentException tooLong) {
            return addOrigin(options.clear(), stream, partition, reader, frame, cause, attempts).header(CUT, "true");
        }
    }

    private static RecordOptions addOrigin(
        final RecordOptions options, final Stream stream, final int partition, final String reader, final Frame frame,
        final String cause, final int attempts) {
        return options.header(STREAM, stream.name()).header(PARTITION, Integer.toString(partition))
            .header(POSITION, Long.toString(frame.position())).header(OFFSET, Long.toString(frame.offset()))
            .header(TIMESTAMP, Long.toString(frame.timestampNs())).header(SUBSCRIPTION, reader)
            .header(CAUSE, cause.substring(0, Math.min(cause.length(), LONGEST_CAUSE)))
            .header(ATTEMPTS, Integer.toString(attempts));
    }
}
