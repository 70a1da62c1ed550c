/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.log.ControlledFrameHandler;
import dev.peregrine.log.Frame;
import dev.peregrine.log.FrameHandler;
import dev.peregrine.log.GapHandler;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.log.ReadIsolation;
import dev.peregrine.log.WaitReason;
import java.util.concurrent.CompletableFuture;

/**
 * A named reader of all partitions of a stream whose place survives a restart. Used by one thread.
 *
 * <p>Records of one partition arrive in order; partitions take turns. What was polled after the last {@link #commit} is
 * delivered again after a crash.
 */
public final class Subscription implements AutoCloseable {
    private final Stream stream;
    private final String name;
    private final PartitionReader[] readers;
    private final PositionCommits commits;
    private final PartitionTurns turns;
    private final Runnable onClose;
    private final LongPoll longPoll = new LongPoll(this::poll);
    private boolean closed;

    Subscription(
        final Stream stream, final String name, final PositionCommits commits, final Rejections rejections,
        final Runnable onClose) {
        this.stream = stream;
        this.name = name;
        this.commits = commits;
        this.turns = new PartitionTurns(stream, new Place(), rejections);
        this.onClose = onClose;
        this.readers = new PartitionReader[stream.partitions()];
        for (int i = 0; i < readers.length; i++) {
            readers[i] = readerAt(stream.partition(i), commits.position(i), commits.number(i));
            readers[i].name("subscription '" + name + "'");
            turns.take(i, readers[i]);
        }
    }

    /** A reader at a committed place. */
    static PartitionReader readerAt(final PartitionLog log, final long position, final long number) {
        final PartitionReader reader = log.newReader(0);
        if (number >= 0) {
            reader.seek(position, number);
        } else { // it was not known when it was committed
            reader.seek(position);
        }
        return reader;
    }

    /** Name of the subscription. */
    public String name() {
        return name;
    }

    /** The stream it reads. */
    public Stream stream() {
        return stream;
    }

    /** Hands records to the handler, up to a limit over all partitions; returns how many. */
    public int poll(final FrameHandler to, final int limit) {
        return turns.poll(to, limit);
    }

    /**
     * Refuses the record that the handler is being handed: its partition stays at it, and the next poll hands it over
     * again. When it was handed over as often as the stream's {@link DeadLetter} says, it goes to the dead-letter stream,
     * which is provisioned if it is missing, and the subscription goes on behind it; without a dead-letter stream it is
     * handed over for ever. A crash between that and the next commit may make a second dead letter of it.
     *
     * @param frame the record.
     * @param cause why, for the dead letter; at most 1,000 characters are kept.
     * @throws IllegalStateException outside the handler.
     */
    public void reject(final Frame frame, final String cause) {
        turns.reject(frame, cause);
    }

    /**
     * As {@link #poll(FrameHandler, int)}, but waits while nothing is there in any partition: spinning shortly, then
     * parking.
     *
     * @param timeoutNs how long to wait; with 0 or less it does not.
     * @return number of records handed over; 0 after the time-out, or if the thread is interrupted, whose status stays set.
     */
    public int poll(final FrameHandler handler, final int limit, final long timeoutNs) {
        return longPoll.poll(handler, limit, timeoutNs);
    }

    /** Says how far the subscription may go in each partition from its next poll on; at first all that is visible. */
    public void isolation(final ReadIsolation isolation) {
        turns.isolation(isolation);
    }

    /**
     * As {@link #poll(FrameHandler, int)}, with a handler that says after each record whether to go on. With
     * {@link ControlledFrameHandler.Action#COMMIT} the place behind the record becomes the partition's committed one at
     * once, safe from the death of the process; those of the other partitions stay. It is forced to the disk with the
     * next {@link #commit}.
     *
     * @return number of records passed; an aborted one is not among them.
     * @throws ClosedException if the subscription is closed.
     */
    public int controlledPoll(final ControlledFrameHandler handler, final int limit) {
        checkOpen();
        return turns.controlledPoll(handler, limit);
    }

    /** Every record is the subscription's; what is asked to be committed is staged and written. */
    private final class Place implements PartitionTurns.Owner {
        @Override
        public boolean mayRead(final int partition) {
            return true;
        }

        @Override
        public void beforeRecord() {
            // nobody takes a partition away
        }

        @Override
        public void afterRecord(final int partition) {
            // the reader's place says it
        }

        @Override
        public void commit(final int partition, final long position, final long number) {
            commits.stage(partition, position, number);
            commits.commitUnforced();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedException("subscription " + name + " is closed");
        }
    }

    /** Partition of the record that the handler is being handed. */
    public int partition() {
        return turns.partition();
    }

    /**
     * Makes the present place of every partition the one to start from next time.
     *
     * @throws ClosedException if the subscription is closed.
     */
    public void commit() {
        stage();
        commits.commit();
    }

    /**
     * As {@link #commit}, but housekeeping writes it and forces it to the disk, with one force for all that have asked
     * meanwhile. Closing the subscription does so at once.
     *
     * @return completed on the housekeeping thread; exceptionally if it could not be written.
     * @throws ClosedException if the subscription is closed.
     */
    public CompletableFuture<Void> commitAsync() {
        stage();
        return commits.commitLater();
    }

    private void stage() {
        checkOpen();
        for (int i = 0; i < readers.length; i++) {
            commits.stage(i, readers[i].position(), readers[i].offset());
        }
    }

    /** Position of the next record of a partition. */
    public long position(final int partition) {
        return readers[partition].position();
    }

    /** Number of the next record of a partition. */
    public long offset(final int partition) {
        return readers[partition].offset();
    }

    /** Goes back to the first record that is kept. Takes effect durably with the next {@link #commit}. */
    public void rewind() {
        for (int i = 0; i < readers.length; i++) {
            readers[i].seek(stream.partition(i).startPosition());
        }
    }

    /**
     * Goes behind the last record that is there now, or before the first claim that is open. Takes effect durably with
     * the next {@link #commit}.
     */
    public void seekToLatest() {
        for (final PartitionReader reader : readers) {
            reader.seekToOffset(Long.MAX_VALUE);
        }
    }

    /**
     * Goes to a position of a partition, at which a record starts or the last one ends. Takes effect durably with the
     * next {@link #commit}. Found by the index.
     *
     * @throws ConfigurationException if no record starts there; the place has then not changed.
     */
    public void seek(final int partition, final long position) {
        final PartitionLog log = stream.partition(partition);
        final long number = log.offsetAtFrame(position);
        if (number < 0) {
            throw new ConfigurationException("no record of " + stream.name() + "/" + partition + " starts at position "
                + position + "; its positions go from " + log.startPosition() + " to " + log.appendedPosition());
        }
        readers[partition].seek(position, number);
    }

    /**
     * Goes to a record of a partition by its number: to the first that is kept if it was truncated, to the end if it is
     * not there. Takes effect durably with the next {@link #commit}.
     */
    public void seekToOffset(final int partition, final long number) {
        readers[partition].seekToOffset(number);
    }

    /**
     * Goes, in every partition, to the first record that is not older than a time, in nanoseconds since 1970, or to the
     * end; see {@link PartitionLog#positionOfTimestamp}. Takes effect durably with the next {@link #commit}.
     */
    public void seekToTimestamp(final long timestampNs) {
        for (final PartitionReader reader : readers) {
            reader.seekToTimestamp(timestampNs);
        }
    }

    /**
     * Goes, in every partition, to the first record whose transaction id is not smaller, or to the end; see
     * {@link PartitionLog#positionOfTransactionId}. Takes effect durably with the next {@link #commit}.
     */
    public void seekToTransactionId(final long id) {
        for (final PartitionReader reader : readers) {
            reader.seekToTransactionId(id);
        }
    }

    /** Bytes that were published and not yet polled, over all partitions. */
    public long lagBytes() {
        return turns.lagBytes();
    }

    /** Why a partition hands nothing over. */
    public WaitReason waitingFor(final int partition) {
        return readers[partition].waitingFor();
    }

    /**
     * Has a handler told of every gap: records that truncation or retention took before the subscription came to them. The
     * last of each partition that nobody was told of it is handed at once. Without a handler gaps are logged.
     */
    public void onGap(final GapHandler handler) {
        turns.onGap(handler);
    }

    /** How many gaps it has met since it was opened, over all partitions. */
    public long gaps() {
        return turns.gaps();
    }

    /**
     * Whether everything of a stream that was ended has been polled: there will never be more. By the thread that polls.
     *
     * @throws dev.peregrine.core.error.CorruptDataException as a poll.
     */
    public boolean isEndOfStream() {
        boolean ended = true;
        for (final PartitionReader reader : readers) {
            ended &= reader.isEndOfStream();
        }
        return ended;
    }

    /** Records that are committed without a gap and not yet polled, over all partitions. */
    public long lagRecords() {
        return turns.lagRecords();
    }

    /** Gives the name free; the durable place is that of the last commit. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (final PartitionReader reader : readers) {
            reader.close();
        }
        onClose.run();
    }
}
