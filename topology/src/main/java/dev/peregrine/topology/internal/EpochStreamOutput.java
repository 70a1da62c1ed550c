/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static dev.peregrine.topology.internal.OutputEntryDescriptor.CHUNK_NAMES_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.CHUNK_PUBLISHER_LENGTH_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.CHUNK_SEQUENCE_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.CHUNK_STREAM_LENGTH_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.LENGTH_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.TEMPLATE_ID;

import dev.peregrine.eventbus.Publisher;
import dev.peregrine.log.Appender;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;

/**
 * Publishes the records of an epoch once it is committed, each exactly once.
 *
 * <p>At the end of the epoch its records go into the topology's log, in a few large chunks; the epoch's commit record
 * makes them count. Then they are published from memory, each with its sequence. A crash before the commit record leaves
 * nothing in the stream; after one between commit record and publishing, {@link #recover} publishes from the log what is
 * missing: the stream's duplicate suppression passes over what had gone out.
 */
final class EpochStreamOutput extends OutputEntries implements InstanceStreamOutput {
    /** Chunks end at the first entry that reaches this length. */
    private static final int CHUNK_LENGTH = 64 << 10;

    private final EntryPublisher publisher;
    private final Appender log;
    private final byte[] names;
    private final int streamNameLength;
    /** Sequence of the first entry in memory. */
    private long firstSequence;
    private long passedEpoch = Long.MAX_VALUE;
    private int passedEnd;

    /** Owns the publisher and the appender. */
    EpochStreamOutput(final Publisher publisher, final Appender log) {
        this.publisher = new EntryPublisher(publisher);
        this.log = log;
        this.firstSequence = publisher.lastSequence() + 1;
        this.names = (publisher.stream().name() + publisher.name()).getBytes(StandardCharsets.UTF_8);
        this.streamNameLength = publisher.stream().name().getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public void commit(final long keyHash, final long timestampNs, final int schemaId, final int templateId) {
        finish(keyHash, timestampNs, schemaId, templateId);
    }

    @Override
    public void endEpoch(final long epoch) {
        final DirectBuffer entries = entries();
        final int end = end();
        long sequence = firstSequence;
        int at = 0;
        while (at < end) {
            int chunkEnd = at;
            int count = 0;
            while (chunkEnd < end && chunkEnd - at < CHUNK_LENGTH) {
                chunkEnd += entries.getInt(chunkEnd + LENGTH_OFFSET);
                count++;
            }
            append(epoch, sequence, at, chunkEnd);
            sequence += count;
            at = chunkEnd;
        }
        passedEpoch = epoch;
        passedEnd = end;
    }

    private void append(final long epoch, final long sequence, final int from, final int to) {
        final int entriesAt = BitUtil.align(CHUNK_NAMES_OFFSET + names.length, Long.BYTES);
        final int at = log.claimMessage(entriesAt + to - from, null);
        log.buffer().putLong(at + CHUNK_SEQUENCE_OFFSET, sequence);
        log.buffer().putInt(at + CHUNK_STREAM_LENGTH_OFFSET, streamNameLength);
        log.buffer().putInt(at + CHUNK_PUBLISHER_LENGTH_OFFSET, names.length - streamNameLength);
        log.buffer().putBytes(at + CHUNK_NAMES_OFFSET, names);
        log.buffer().putBytes(at + entriesAt, entries(), from, to - from);
        log.commit(0, TEMPLATE_ID, 0, 0, epoch);
    }

    @Override
    public int applyCommitted(final long epoch) {
        if (epoch < passedEpoch) {
            return 0;
        }
        final int count = publisher.publishAll(entries(), 0, passedEnd, firstSequence);
        firstSequence += count;
        dropBefore(passedEnd);
        passedEpoch = Long.MAX_VALUE;
        passedEnd = 0;
        return count;
    }

    /**
     * Publishes what a committed chunk in the log holds and the stream does not.
     *
     * @param publishers gives the publisher for a stream's name and a publisher's name, with a line feed between them.
     */
    static void recover(
        final DirectBuffer chunk, final int offset, final int length,
        final Function<String, EntryPublisher> publishers) {
        final int streamLength = chunk.getInt(offset + CHUNK_STREAM_LENGTH_OFFSET);
        final int publisherLength = chunk.getInt(offset + CHUNK_PUBLISHER_LENGTH_OFFSET);
        final byte[] name = new byte[streamLength + publisherLength];
        chunk.getBytes(offset + CHUNK_NAMES_OFFSET, name);
        final EntryPublisher publisher = publishers.apply(
            new String(name, 0, streamLength, StandardCharsets.UTF_8) + '\n'
            + new String(name, streamLength, publisherLength, StandardCharsets.UTF_8));
        publisher.publishAll(chunk, offset + BitUtil.align(CHUNK_NAMES_OFFSET + name.length, Long.BYTES),
            offset + length, chunk.getLong(offset + CHUNK_SEQUENCE_OFFSET));
    }

    @Override
    public void close() {
        publisher.close();
        log.close();
    }
}
