/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.codec.control.EpochCommitDecoder;
import dev.peregrine.codec.control.EpochCommitEncoder;
import dev.peregrine.codec.control.MessageHeaderDecoder;
import dev.peregrine.codec.control.MessageHeaderEncoder;
import dev.peregrine.log.Appender;
import dev.peregrine.log.Frame;
import dev.peregrine.log.FrameHandler;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.PartitionReader;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The log of one topology: state changes, and one commit record per epoch, which makes everything of the epoch count.
 *
 * <p>Reading it back takes two passes: the last commit record, then every state change of a committed epoch from the
 * position that the record names.
 */
public final class CommitLog implements AutoCloseable {
    private static final int MAX_COMMIT_LENGTH = 64 << 10;

    private final PartitionLog log;
    private final long producerId;
    private final Appender appender;
    private final UnsafeBuffer scratch = new UnsafeBuffer(new byte[MAX_COMMIT_LENGTH]);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final EpochCommitEncoder encoder = new EpochCommitEncoder();

    /** Works on an open log. */
    public CommitLog(final PartitionLog log, final long producerId) {
        this.log = log;
        this.producerId = producerId;
        this.appender = log.newAppender(producerId);
    }

    PartitionLog log() {
        return log;
    }

    Appender newAppender() {
        return log.newAppender(producerId);
    }

    StateLog newStateLog(final long firstEpoch) {
        return new StateLog(log.newAppender(producerId), firstEpoch);
    }

    /** Appends an epoch's commit record. */
    void commit(final long epoch, final long replayFrom, final LogSource[] sources) {
        int partitions = 0;
        for (int i = 0; i < sources.length; i++) {
            partitions += sources[i].partitions();
        }
        encoder.wrapAndApplyHeader(scratch, 0, header).epoch(epoch).replayFrom(replayFrom);
        final EpochCommitEncoder.SourcesEncoder group = encoder.sourcesCount(partitions);
        for (int i = 0; i < sources.length; i++) {
            for (int p = 0; p < sources[i].partitions(); p++) {
                group.next().sourceTask(sources[i].componentId()).partition(sources[i].partitionAt(p))
                    .position(sources[i].committedPosition(p)).offset(sources[i].committedOffset(p));
            }
        }
        encoder.tablesCount(0);
        final int length = MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
        appender.append(EpochCommitEncoder.SCHEMA_ID, EpochCommitEncoder.TEMPLATE_ID, 0, 0, epoch, scratch, 0, length);
    }

    /** What the last commit record says; positions are handed to the consumer. */
    static final class LastCommit {
        private long epoch = -1;
        private long replayFrom;
        private byte[] record;
        private final LongHashSet epochs = new LongHashSet();

        long epoch() {
            return epoch;
        }

        long replayFrom() {
            return replayFrom;
        }

        void forEachSource(final Consumer<EpochCommitDecoder.SourcesDecoder> consumer) {
            if (record != null) {
                final EpochCommitDecoder decoder = decode(new UnsafeBuffer(record), 0);
                decoder.epoch();
                decoder.replayFrom();
                for (final EpochCommitDecoder.SourcesDecoder source : decoder.sources()) {
                    consumer.accept(source);
                }
            }
        }
    }

    private static EpochCommitDecoder decode(final DirectBuffer buffer, final int offset) {
        return new EpochCommitDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
    }

    /** Finds the last commit record of a log; epoch -1 if there is none. */
    static LastCommit lastCommit(final PartitionLog log) {
        final LastCommit last = new LastCommit();
        final FrameHandler handler = frame -> {
            if (isCommit(frame)) {
                final EpochCommitDecoder decoder = decode(frame.buffer(), frame.payloadOffset());
                last.epoch = decoder.epoch();
                last.epochs.add(last.epoch);
                last.replayFrom = decoder.replayFrom();
                last.record = new byte[frame.payloadLength()];
                frame.buffer().getBytes(frame.payloadOffset(), last.record);
            }
        };
        readAll(log, log.startPosition(), handler);
        return last;
    }

    /**
     * Makes the last commit count under a higher number, for a log that takes the place of another: epochs that follow
     * are numbered behind those of both.
     */
    public static void lift(final PartitionLog log, final long producerId, final long floor) {
        final LastCommit last = lastCommit(log);
        if (floor <= last.epoch()) {
            return;
        }
        final CommitLog lifted = new CommitLog(log, producerId);
        if (last.record == null) {
            lifted.commit(floor, log.appendedPosition(), new LogSource[0]);
        } else {
            final UnsafeBuffer record = new UnsafeBuffer(last.record);
            lifted.encoder.wrap(record, MessageHeaderEncoder.ENCODED_LENGTH).epoch(floor);
            lifted.appender.append(EpochCommitEncoder.SCHEMA_ID, EpochCommitEncoder.TEMPLATE_ID, 0, 0, floor, record, 0,
                last.record.length);
        }
        lifted.appender.close();
    }

    /** Last committed epoch of a topology whose log lies open, or -1. */
    public static long lastCommittedEpoch(final PartitionLog log) {
        return lastCommit(log).epoch();
    }

    /** Hands a state all of its changes that count and are routed to its instance, oldest first. */
    static void restore(
        final PartitionLog log, final LastCommit last, final KeptState state, final KeyRouting routing) {
        readAll(log, last.replayFrom(), frame -> {
            if (frame.schemaId() == 0 && frame.templateId() == StateEntryDescriptor.TEMPLATE_ID
                && last.epochs.contains(frame.sequence())) {
                final DirectBuffer buffer = frame.buffer();
                final int at = frame.payloadOffset();
                if (buffer.getLong(at + StateEntryDescriptor.LOG_STATE_ID_OFFSET) == state.id()
                    && (routing.owns(frame.keyHash())
                    || StateEntryDescriptor.isForAll(buffer.getInt(at + StateEntryDescriptor.LOG_KIND_OFFSET)))) {
                    state.restore(frame.keyHash(), buffer, at);
                }
            }
        });
        state.restored();
    }

    /** Hands every chunk of committed stream outputs to the visitor, oldest first. */
    static void forEachCommittedOutput(final PartitionLog log, final LastCommit last, final OutputChunk visitor) {
        readAll(log, last.replayFrom(), frame -> {
            if (frame.schemaId() == 0 && frame.templateId() == OutputEntryDescriptor.TEMPLATE_ID
                && last.epochs.contains(frame.sequence())) {
                visitor.onChunk(frame.buffer(), frame.payloadOffset(), frame.payloadLength());
            }
        });
    }

    private static boolean isCommit(final Frame frame) {
        return frame.schemaId() == EpochCommitEncoder.SCHEMA_ID && frame.templateId() == EpochCommitEncoder.TEMPLATE_ID;
    }

    private static void readAll(final PartitionLog log, final long from, final FrameHandler handler) {
        try (PartitionReader reader = log.newReader(from)) {
            while (reader.poll(handler, 1 << 16) > 0) {
                // until nothing is there
            }
        }
    }

    /** Takes one chunk of committed stream outputs. */
    @FunctionalInterface
    interface OutputChunk {
        void onChunk(DirectBuffer buffer, int offset, int length);
    }

    @Override
    public void close() {
        appender.close();
        log.close();
    }
}
