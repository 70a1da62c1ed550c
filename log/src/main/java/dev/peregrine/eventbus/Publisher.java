/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.codec.schema.Schema;
import dev.peregrine.core.error.RecordTooLongException;
import dev.peregrine.core.error.SchemaMismatchException;
import dev.peregrine.core.error.TransactionIdOutOfOrderException;
import dev.peregrine.log.Appender;
import dev.peregrine.log.FrameDescriptor;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.RecordBatch;
import dev.peregrine.log.RecordOptions;
import java.util.concurrent.CompletableFuture;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Publishes records into a stream, for one thread. The key's hash chooses the partition, unless the publisher was opened
 * with another {@link Partitioner}. Allocates nothing in steady state.
 *
 * <p>A named publisher numbers its records with a rising sequence. A sequence that is already in the log, also from
 * before a restart, is not published again: {@link #commit} then answers {@link #DUPLICATE}.
 */
public final class Publisher implements AutoCloseable {
    /** Result of publishing a sequence that is in the log already. */
    public static final long DUPLICATE = -1;
    /** Result of a try that would have had to wait for room: the disk is full, or the next segment is not made yet. */
    public static final int NO_ROOM = Appender.NO_ROOM;
    /** Result of a try that a hard limit of the stream does not allow now, whether it says to refuse or to wait. */
    public static final int OVER_LIMIT = -3;

    private final Stream stream;
    private final String name;
    private final Appender[] appenders;
    /** Null for the key's hash, which is not worth a call through an interface. */
    private final Partitioner partitioner;
    private final Runnable onClose;
    private final ClientQuota quota;
    private long lastSequence;
    private Appender claimed;
    private long claimedKeyHash;
    private int partition;
    private boolean closed;

    Publisher(final Stream stream, final String name, final Partitioner partitioner, final Runnable onClose) {
        this.stream = stream;
        this.name = name;
        this.partitioner = partitioner;
        this.onClose = onClose;
        this.quota = stream.quotas().client(name);
        this.appenders = new Appender[stream.partitions()];
        final long producerId = producerId(name);
        for (int i = 0; i < appenders.length; i++) {
            appenders[i] = stream.partition(i).newAppender(producerId, name);
        }
        lastSequence = stream.lastSequence(producerId);
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

    /** Partition of the last claim. */
    public int partition() {
        return partition;
    }

    /**
     * Waits until a position of the last claim's partition is on disk, forcing it if nobody else does; see
     * {@link PartitionLog#awaitDurable}. For a position of another partition ask
     * {@code stream().partition(i).awaitDurable(position)}.
     *
     * @throws IllegalArgumentException if that partition has no such position yet.
     */
    public void awaitDurable(final long position) {
        stream.partition(partition).awaitDurable(position);
    }

    /** As {@link PartitionLog#whenDurable}, for a position of the last claim's partition. */
    public CompletableFuture<Long> whenDurable(final long position) {
        return stream.partition(partition).whenDurable(position);
    }

    /**
     * Claims room for a record in the partition of its key or turn; write the payload into {@link #buffer()} at the
     * returned offset, then commit or abort. A record longer than a frame of the stream goes through a buffer of the
     * publisher's, and into the log at its commit; readers get it as one record all the same.
     *
     * @throws RecordTooLongException if it is longer than {@link FrameDescriptor#MAX_MESSAGE_LENGTH}.
     * @throws IllegalStateException if the last claim is still open; readers would wait at it for ever.
     * @throws IllegalArgumentException if the partitioner names a partition that is not there; nothing is claimed.
     * @throws dev.peregrine.core.error.QuotaExceededException if a hard limit of the stream refuses it; nothing is
     *     claimed. Where the stream's limits say that a publisher waits, this does.
     */
    public int claim(final long keyHash, final int payloadLength) {
        return claim(keyHash, payloadLength, null);
    }

    /**
     * As {@link #claim(long, int)}, for a record with transaction id, key or headers; they are copied.
     *
     * @param options transaction id, key and headers, or null.
     * @throws TransactionIdOutOfOrderException if this publisher has used a greater transaction id in the partition, also
     *     before a restart; nothing is claimed.
     */
    public int claim(final long keyHash, final int payloadLength, final RecordOptions options) {
        final Appender appender = appenderOf(keyHash, 1, payloadLength);
        final int offset = appender.claimMessage(payloadLength, options);
        claimed = appender;
        claimedKeyHash = keyHash;
        return offset;
    }

    /**
     * As {@link #claim(long, int, RecordOptions)}, but answers {@link #NO_ROOM} instead of waiting for room, and
     * {@link #OVER_LIMIT} where a hard limit refuses or would have it wait, nothing being claimed. A record that is longer
     * than a frame takes its room at its commit, which waits.
     *
     * @param options transaction id, key and headers, or null.
     */
    public int tryClaim(final long keyHash, final int payloadLength, final RecordOptions options) {
        final Appender appender = chooseAppender(keyHash);
        if (!appender.hasRoom(payloadLength)) {
            return NO_ROOM; // before it counts against a limit
        }
        if (!quota.tryAdmit(1, payloadLength)) {
            return OVER_LIMIT;
        }
        final int offset = appender.tryClaim(payloadLength, options);
        if (offset != NO_ROOM) {
            claimed = appender;
            claimedKeyHash = keyHash;
        }
        return offset;
    }

    private Appender appenderOf(final long keyHash, final int records, final int bytes) {
        final Appender appender = chooseAppender(keyHash);
        quota.admit(records, bytes);
        return appender;
    }

    private Appender chooseAppender(final long keyHash) {
        if (claimed != null) {
            throw new IllegalStateException("claim while one is open: commit or abort it first");
        }
        partition = partitioner == null ? stream.partitionOf(keyHash) : chosen(keyHash);
        return appenders[partition];
    }

    private int chosen(final long keyHash) {
        final int choice = partitioner.partition(keyHash, appenders.length);
        if (choice < 0 || choice >= appenders.length) {
            throw new IllegalArgumentException("the partitioner of publisher '" + name + "' chose partition " + choice
                + " of stream " + stream.name() + ", which has " + appenders.length);
        }
        return choice;
    }

    /**
     * The memory of the current claim; valid until it is committed or aborted.
     *
     * @throws IllegalStateException without a claim.
     */
    public MutableDirectBuffer buffer() {
        if (claimed == null) {
            throw new IllegalStateException("there is no claim, and so no buffer");
        }
        return claimed.buffer();
    }

    /**
     * Publishes the claimed record.
     *
     * @return the position behind it in its partition, or {@link #DUPLICATE}, the claim then being given up.
     * @throws SchemaMismatchException if the stream's schema has no such template; the claim is given up.
     */
    public long commit(final int schemaId, final int templateId, final long timestampNs, final long sequence) {
        final Appender appender = endClaim();
        if (sequence <= lastSequence) {
            appender.abort();
            return DUPLICATE;
        }
        final Schema schema = stream.schema();
        if (schema != null && !schema.accepts(schemaId, templateId)) {
            appender.abort();
            throw foreign(schema, schemaId, templateId);
        }
        final long end = appender.commit(schemaId, templateId, claimedKeyHash, timestampNs, sequence);
        lastSequence = sequence;
        return end;
    }

    /** Before anything is claimed. The stream may be bound to another schema while this is open. */
    private void checkSchema(final int schemaId, final int templateId) {
        final Schema schema = stream.schema();
        if (schema != null && !schema.accepts(schemaId, templateId)) {
            throw foreign(schema, schemaId, templateId);
        }
    }

    private SchemaMismatchException foreign(final Schema schema, final int schemaId, final int templateId) {
        return new SchemaMismatchException("stream " + stream.name() + " is bound to " + schema + " with templates "
            + schema.templates() + "; a record of schema " + schemaId + " template " + templateId
            + " cannot be published there");
    }

    /** Gives the claim up. */
    public void abort() {
        endClaim().abort();
    }

    private Appender endClaim() {
        final Appender appender = claimed;
        if (appender == null) {
            throw new IllegalStateException("commit or abort without a claim");
        }
        claimed = null;
        return appender;
    }

    private long nextSequence() {
        final long last = lastSequence;
        if (last == Long.MAX_VALUE) {
            throw new IllegalStateException("publisher '" + name + "' of stream " + stream.name()
                + " has used the highest sequence there is: publish under another name");
        }
        return last + 1;
    }

    /** Copies a payload into a record and publishes it under the next sequence. */
    public long publish(
        final long keyHash, final int schemaId, final int templateId, final long timestampNs,
        final DirectBuffer source, final int offset, final int length) {
        return publish(keyHash, schemaId, templateId, timestampNs, nextSequence(), source, offset, length);
    }

    /** Copies a payload into a record and publishes it, unless its sequence is in the log already. */
    public long publish(
        final long keyHash, final int schemaId, final int templateId, final long timestampNs, final long sequence,
        final DirectBuffer source, final int offset, final int length) {
        return publish(keyHash, schemaId, templateId, timestampNs, sequence, source, offset, length, null);
    }

    /** Publishes a payload with transaction id, key or headers under the next sequence. */
    public long publish(
        final long keyHash, final int schemaId, final int templateId, final long timestampNs,
        final DirectBuffer source, final int offset, final int length, final RecordOptions options) {
        return publish(
            keyHash, schemaId, templateId, timestampNs, nextSequence(), source, offset, length, options);
    }

    /** Publishes a payload with transaction id, key or headers, unless its sequence is in the log already. */
    public long publish(
        final long keyHash, final int schemaId, final int templateId, final long timestampNs, final long sequence,
        final DirectBuffer source, final int offset, final int length, final RecordOptions options) {
        if (sequence <= lastSequence) {
            return DUPLICATE;
        }
        checkSchema(schemaId, templateId);
        final int at = claim(keyHash, length, options);
        buffer().putBytes(at, source, offset, length);
        return commit(schemaId, templateId, timestampNs, sequence);
    }

    /**
     * Publishes a record like the others, under the next sequence, but never waits.
     *
     * @param options transaction id, key and headers, or null.
     * @return the position behind it, {@link #NO_ROOM} or {@link #OVER_LIMIT}.
     */
    public long tryPublish(
        final long keyHash, final int schemaId, final int templateId, final long timestampNs,
        final DirectBuffer source, final int offset, final int length, final RecordOptions options) {
        return tryPublish(
            keyHash, schemaId, templateId, timestampNs, nextSequence(), source, offset, length, options);
    }

    /**
     * Publishes a record like the others, unless its sequence is in the log already, but never waits.
     *
     * @param options transaction id, key and headers, or null.
     * @return the position behind it, {@link #DUPLICATE}, {@link #NO_ROOM} or {@link #OVER_LIMIT}.
     */
    public long tryPublish(
        final long keyHash, final int schemaId, final int templateId, final long timestampNs, final long sequence,
        final DirectBuffer source, final int offset, final int length, final RecordOptions options) {
        if (sequence <= lastSequence) {
            return DUPLICATE;
        }
        checkSchema(schemaId, templateId);
        final int at = tryClaim(keyHash, length, options);
        if (at == NO_ROOM || at == OVER_LIMIT) {
            return at;
        }
        buffer().putBytes(at, source, offset, length);
        return commit(schemaId, templateId, timestampNs, sequence);
    }

    /** Publishes the records of a batch under the next sequences; see {@link #publishBatch(RecordBatch, long)}. */
    public long publishBatch(final RecordBatch batch) {
        return publishBatch(batch, nextSequence());
    }

    /**
     * Publishes the records of a batch into one partition with one claim, in order; those whose sequence is in the log
     * already are left out, so that a batch may be published again after a failure. The partition is that of the first
     * record. The batch keeps its records until it is cleared. A batch longer than a frame of the stream is published in
     * parts, so of a longer one a failure may leave the first records in the log: {@link RecordBatch#published} tells.
     *
     * @param firstSequence sequence of the first record; the others count on.
     * @return the position behind the last in its partition, or {@link #DUPLICATE} if all are in the log already.
     * @throws IllegalArgumentException if it is empty, the key of a record belongs to another partition, or its sequences
     *     go beyond the highest number.
     * @throws IllegalStateException if a claim is open.
     * @throws SchemaMismatchException if the stream's schema has no such template; nothing was published.
     * @throws RecordTooLongException if a record is longer than a frame; nothing was published.
     * @throws TransactionIdOutOfOrderException if this publisher has used a greater transaction id in the partition;
     *     nothing was published.
     * @throws dev.peregrine.core.error.QuotaExceededException if a hard limit of the stream refuses it; nothing was
     *     published.
     */
    public long publishBatch(final RecordBatch batch, final long firstSequence) {
        if (batch.size() == 0) {
            throw new IllegalArgumentException("the batch is empty");
        }
        if (firstSequence > Long.MAX_VALUE - batch.size() + 1) {
            throw new IllegalArgumentException(
                "there are no sequences for " + batch.size() + " records from " + firstSequence + " on");
        }
        checkRecords(batch);
        if (firstSequence + batch.size() - 1 <= lastSequence) {
            return DUPLICATE;
        }
        final int from = firstSequence > lastSequence ? 0 : (int) (lastSequence - firstSequence + 1);
        final Appender appender = appenderOf(batch.keyHash(0), batch.size() - from, batch.payloadBytes(from));
        try {
            return appender.append(batch, from, firstSequence + from);
        } finally {
            lastSequence = Math.max(lastSequence, firstSequence + batch.published() - 1);
        }
    }

    /** Before anything is claimed: every record belongs into the first one's partition, and has the stream's schema. */
    private void checkRecords(final RecordBatch batch) {
        final boolean byKey = partitioner == null && stream.partitions() > 1;
        if (!byKey && stream.schema() == null) {
            return;
        }
        final int expected = byKey ? stream.partitionOf(batch.keyHash(0)) : 0;
        for (int record = 0; record < batch.length(); record = batch.next(record)) {
            checkSchema(batch.schemaId(record), batch.templateId(record));
            if (byKey && stream.partitionOf(batch.keyHash(record)) != expected) {
                throw new IllegalArgumentException("key hash " + batch.keyHash(record) + " does not belong to partition "
                    + expected + " of stream " + stream.name() + " like the batch's first record: gather the records of"
                    + " each partition by themselves");
            }
        }
    }

    /** Gives an open claim up, and the name free. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (final Appender appender : appenders) {
            appender.close();
        }
        stream.lastSequence(producerId(name), lastSequence);
        onClose.run();
    }
}
