/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.table.internal;

import dev.peregrine.codec.control.MessageHeaderDecoder;
import dev.peregrine.codec.control.MessageHeaderEncoder;
import dev.peregrine.codec.control.TableCheckpointDecoder;
import dev.peregrine.codec.control.TableCheckpointEncoder;
import dev.peregrine.codec.control.TableMarkDecoder;
import dev.peregrine.codec.control.TableMarkEncoder;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.log.Appender;
import dev.peregrine.log.Frame;
import dev.peregrine.log.FrameHandler;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.store.CommittedEpochs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The change log of a table, and the rule by which it is read back.
 *
 * <p>A change of a topology counts when its epoch is committed, which the topology's own log says. So that this log can
 * be read by itself later, the rule is: changes of an epoch are held until a change of a later epoch of the same
 * producer is met (an epoch starts only after the one before it was committed) or a mark, which names the producer's
 * last committed epoch; what is beyond a mark is dropped. At the end of the log the topology's log is asked, and a mark
 * is written that keeps the answer.
 */
final class TableChangeLog implements AutoCloseable {
    static final int MUTATION = 2000;
    static final int WHOLE_ROW = 2001;

    private final PartitionLog log;

    TableChangeLog(final PartitionLog log) {
        this.log = log;
    }

    PartitionLog log() {
        return log;
    }

    /** Takes the changes that count, oldest first. */
    interface Changes {
        void onMutation(DirectBuffer batch, int offset, int length, long version);

        void onWholeRow(DirectBuffer record, int offset, int length);
    }

    /** Reads the log from its last checkpoint; returns the position where reading started. */
    long replay(final CommittedEpochs committed, final Changes changes) {
        final long from = lastCheckpoint();
        final Map<Long, Pending> pending = new LinkedHashMap<>();
        read(from, frame -> {
            if (frame.schemaId() == 0 && frame.templateId() == WHOLE_ROW) {
                changes.onWholeRow(frame.buffer(), frame.payloadOffset(), frame.payloadLength());
            } else if (frame.schemaId() == 0 && frame.templateId() == MUTATION) {
                onMutation(frame, pending, changes);
            } else if (isControl(frame, TableMarkDecoder.TEMPLATE_ID)) {
                final TableMarkDecoder mark = new TableMarkDecoder().wrapAndApplyHeader(
                    frame.buffer(), frame.payloadOffset(), new MessageHeaderDecoder());
                final long producer = mark.producerId();
                final Pending held = pending.remove(producer);
                if (held != null && held.epoch <= mark.committedEpoch()) {
                    held.apply(changes);
                }
            }
        });
        pending.forEach((producer, held) -> {
            final long last = committed.lastCommitted(producer);
            if (held.epoch <= last) {
                held.apply(changes);
            }
            mark(producer, Math.min(last, held.epoch));
        });
        return from;
    }

    private static void onMutation(final Frame frame, final Map<Long, Pending> pending, final Changes changes) {
        if (frame.producerId() == 0) {
            changes.onMutation(frame.buffer(), frame.payloadOffset(), frame.payloadLength(), frame.position());
            return;
        }
        Pending held = pending.get(frame.producerId());
        if (held == null || held.epoch != frame.sequence()) {
            if (held != null) {
                held.apply(changes);
            }
            held = new Pending(frame.sequence());
            pending.put(frame.producerId(), held);
        }
        held.add(frame);
    }

    /** Changes of one epoch whose fate is not known yet. */
    private static final class Pending {
        private final long epoch;
        private final List<byte[]> batches = new ArrayList<>();
        private final List<Long> versions = new ArrayList<>();

        Pending(final long epoch) {
            this.epoch = epoch;
        }

        void add(final Frame frame) {
            final byte[] batch = new byte[frame.payloadLength()];
            frame.buffer().getBytes(frame.payloadOffset(), batch);
            batches.add(batch);
            versions.add(frame.position());
        }

        void apply(final Changes changes) {
            for (int i = 0; i < batches.size(); i++) {
                final byte[] batch = batches.get(i);
                changes.onMutation(new UnsafeBuffer(batch), 0, batch.length, versions.get(i));
            }
        }
    }

    private static boolean isControl(final Frame frame, final int templateId) {
        return frame.schemaId() == TableMarkDecoder.SCHEMA_ID && frame.templateId() == templateId;
    }

    private long lastCheckpoint() {
        final long[] start = {log.startPosition()};
        read(log.startPosition(), frame -> {
            if (isControl(frame, TableCheckpointDecoder.TEMPLATE_ID)) {
                start[0] = new TableCheckpointDecoder().wrapAndApplyHeader(
                    frame.buffer(), frame.payloadOffset(), new MessageHeaderDecoder()).startPosition();
            }
        });
        return start[0];
    }

    private void read(final long from, final FrameHandler handler) {
        try (PartitionReader reader = log.newReader(from)) {
            while (reader.poll(handler, 1 << 16) > 0) {
                // until nothing is there
            }
            if (reader.position() < log.recovery().endPosition()) {
                throw new CorruptDataException("the change log of " + log.config().name() + " has a hole at position "
                    + reader.position() + " in " + log.config().directory() + ": restore the file from a copy");
            }
        }
    }

    /** Notes what a producer had committed when it stopped. */
    void mark(final long producerId, final long committedEpoch) {
        final UnsafeBuffer record = new UnsafeBuffer(new byte[64]);
        final TableMarkEncoder mark = new TableMarkEncoder()
            .wrapAndApplyHeader(record, 0, new MessageHeaderEncoder())
            .producerId(producerId).committedEpoch(committedEpoch);
        append(TableMarkEncoder.TEMPLATE_ID, record, MessageHeaderEncoder.ENCODED_LENGTH + mark.encodedLength());
    }

    /** Notes that every live row stands at or behind a position. */
    void checkpoint(final long startPosition) {
        final UnsafeBuffer record = new UnsafeBuffer(new byte[64]);
        final TableCheckpointEncoder checkpoint = new TableCheckpointEncoder()
            .wrapAndApplyHeader(record, 0, new MessageHeaderEncoder()).startPosition(startPosition);
        append(TableCheckpointEncoder.TEMPLATE_ID, record,
            MessageHeaderEncoder.ENCODED_LENGTH + checkpoint.encodedLength());
    }

    private void append(final int templateId, final UnsafeBuffer record, final int length) {
        try (Appender appender = log.newAppender(0)) {
            appender.append(TableMarkEncoder.SCHEMA_ID, templateId, 0, 0, 0, record, 0, length);
        }
    }

    @Override
    public void close() {
        log.close();
    }
}
