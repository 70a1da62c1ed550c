/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.log.Appender;
import dev.peregrine.log.PartitionLog;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Publishes records into a stream, for one thread. The key's hash chooses the partition. Allocates nothing in steady
 * state.
 *
 * <p>A named publisher numbers its records with a rising sequence. A sequence that is already in the log, also from
 * before a restart, is not published again: {@link #commit} then answers {@link #DUPLICATE}.
 */
public final class Publisher implements AutoCloseable {
    /** Result of publishing a sequence that is in the log already. */
    public static final long DUPLICATE = -1;

    private final Stream stream;
    private final String name;
    private final Appender[] appenders;
    private final Runnable onClose;
    private long lastSequence = -1;
    private Appender claimed;
    private long claimedKeyHash;

    Publisher(final Stream stream, final String name, final Runnable onClose) {
        this.stream = stream;
        this.name = name;
        this.onClose = onClose;
        this.appenders = new Appender[stream.partitions()];
        final long producerId = producerId(name);
        for (int i = 0; i < appenders.length; i++) {
            final PartitionLog partition = stream.partition(i);
            appenders[i] = partition.newAppender(producerId);
            lastSequence = Math.max(lastSequence, partition.lastSequence(producerId));
        }
    }

    /** The id under which a name stands in frames. */
    public static long producerId(final String name) {
        return KeyHash.of(name);
    }

    /** The stream it publishes into. */
    public Stream stream() {
        return stream;
    }

    /** Name of the publisher. */
    public String name() {
        return name;
    }

    /** Highest sequence in the log, or -1 if it has published nothing yet. */
    public long lastSequence() {
        return lastSequence;
    }

    /**
     * Claims room for a record in the key's partition; write the payload into {@link #buffer()} at the returned offset,
     * then commit or abort.
     */
    public int claim(final long keyHash, final int payloadLength) {
        final Appender appender = appenders[stream.partitionOf(keyHash)];
        final int offset = appender.claim(payloadLength);
        claimed = appender;
        claimedKeyHash = keyHash;
        return offset;
    }

    /** The memory of the current claim. */
    public MutableDirectBuffer buffer() {
        return claimed.buffer();
    }

    /**
     * Publishes the claimed record.
     *
     * @return the position behind it in its partition, or {@link #DUPLICATE}, the claim then being given up.
     */
    public long commit(final int schemaId, final int templateId, final long timestampNs, final long sequence) {
        if (sequence <= lastSequence) {
            claimed.abort();
            return DUPLICATE;
        }
        final long end = claimed.commit(schemaId, templateId, claimedKeyHash, timestampNs, sequence);
        lastSequence = sequence;
        return end;
    }

    /** Gives the claim up. */
    public void abort() {
        claimed.abort();
    }

    /** Copies a payload into a record and publishes it under the next sequence. */
    public long publish(
        final long keyHash, final int schemaId, final int templateId, final long timestampNs,
        final DirectBuffer source, final int offset, final int length) {
        return publish(keyHash, schemaId, templateId, timestampNs, lastSequence + 1, source, offset, length);
    }

    /** Copies a payload into a record and publishes it, unless its sequence is in the log already. */
    public long publish(
        final long keyHash, final int schemaId, final int templateId, final long timestampNs, final long sequence,
        final DirectBuffer source, final int offset, final int length) {
        if (sequence <= lastSequence) {
            return DUPLICATE;
        }
        final int at = claim(keyHash, length);
        buffer().putBytes(at, source, offset, length);
        return commit(schemaId, templateId, timestampNs, sequence);
    }

    @Override
    public void close() {
        for (final Appender appender : appenders) {
            appender.close();
        }
        onClose.run();
    }
}
