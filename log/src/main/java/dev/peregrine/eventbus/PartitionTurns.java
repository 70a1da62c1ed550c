/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.log.ControlledFrameHandler;
import dev.peregrine.log.ControlledFrameHandler.Action;
import dev.peregrine.log.Frame;
import dev.peregrine.log.FrameHandler;
import dev.peregrine.log.GapHandler;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.log.ReadIsolation;

/**
 * The readers of several partitions of a stream, which take turns, and what stands between them and a user's handler:
 * rejected records, and the answers of a controlled poll. Used by one thread. A partition without a reader is passed over.
 */
final class PartitionTurns {
    /** Whose readers they are. */
    interface Owner {
        /** Whether records of a partition, which has a reader, may be handed over now. */
        boolean mayRead(int partition);

        /** A record is about to be handed over; an exception keeps it from it. */
        void beforeRecord();

        /** A record was handed over, and the reader goes on behind it. */
        void afterRecord(int partition);

        /** The handler wants a place to be the committed one of its partition. */
        void commit(int partition, long position, long number);
    }

    private final Stream stream;
    private final Owner owner;
    private final Rejections rejections;
    private final PartitionReader[] readers;
    private final ControlledFrameHandler plain = this::handOver;
    private final ControlledFrameHandler controlled = this::handOverControlled;
    private FrameHandler handler;
    private ControlledFrameHandler controlledHandler;
    private ReadIsolation isolation = ReadIsolation.VISIBLE;
    private GapHandler gapHandler;
    /** Of readers that were given back. */
    private long gapsBefore;
    private boolean stopped;
    private int next;
    private int polled;

    PartitionTurns(final Stream stream, final Owner owner, final Rejections rejections) {
        this.stream = stream;
        this.owner = owner;
        this.rejections = rejections;
        this.readers = new PartitionReader[stream.partitions()];
    }

    /** Takes the reader of a partition; {@link #settle} follows. */
    void take(final int partition, final PartitionReader reader) {
        readers[partition] = reader;
    }

    /** Has a new reader do as the others; the gap handler may be told of a gap. */
    void settle(final int partition) {
        readers[partition].isolation(isolation);
        if (gapHandler != null) {
            readers[partition].onGap(gapHandler);
        }
    }

    /** The reader of a partition, or null. */
    PartitionReader reader(final int partition) {
        return readers[partition];
    }

    int partitions() {
        return readers.length;
    }

    /** Closes the reader of a partition, if there is one. */
    void close(final int partition) {
        final PartitionReader reader = readers[partition];
        if (reader != null) {
            readers[partition] = null;
            gapsBefore += reader.gaps();
            reader.close();
        }
    }

    /** Partition of the record that the handler is being handed, or was last. */
    int partition() {
        return polled;
    }

    /** Whether a handler is being handed a record. */
    boolean isHandingOver() {
        return handler != null || controlledHandler != null;
    }

    /** Hands records over, up to a limit; returns how many readers have passed. */
    int poll(final FrameHandler to, final int limit) {
        final FrameHandler outer = handler;
        handler = to;
        try {
            return takeTurns(plain, limit);
        } finally {
            handler = outer;
        }
    }

    /** As {@link #poll}, with a handler that says after each record whether to go on. */
    int controlledPoll(final ControlledFrameHandler to, final int limit) {
        final ControlledFrameHandler outer = controlledHandler;
        controlledHandler = to;
        try {
            return takeTurns(controlled, limit);
        } finally {
            controlledHandler = outer;
        }
    }

    private int takeTurns(final ControlledFrameHandler to, final int limit) {
        int handled = 0;
        stopped = false;
        for (int i = 0; i < readers.length && handled < limit && !stopped; i++) {
            polled = next;
            final PartitionReader reader = readers[next];
            if (reader != null && owner.mayRead(next)) {
                handled += reader.controlledPoll(to, limit - handled);
            }
            next = next + 1 == readers.length ? 0 : next + 1;
        }
        return handled;
    }

    private Action handOver(final Frame frame) {
        owner.beforeRecord();
        rejections.begin(frame);
        try {
            handler.onFrame(frame);
        } finally {
            rejections.end();
        }
        if (rejections.isRejected() && !rejections.isSettled(polled, frame)) {
            return Action.ABORT; // the other partitions go on
        }
        owner.afterRecord(polled);
        return Action.CONTINUE;
    }

    private Action handOverControlled(final Frame frame) {
        owner.beforeRecord();
        rejections.begin(frame);
        final Action answer;
        try {
            answer = controlledHandler.onFrame(frame);
        } finally {
            rejections.end();
        }
        if (rejections.isRejected() && !rejections.isSettled(polled, frame)) {
            return Action.ABORT; // the other partitions go on
        }
        // what has become a dead letter is passed, whatever the handler says
        final Action action = answer == Action.ABORT && rejections.isRejected() ? Action.BREAK : answer;
        stopped = action == Action.ABORT || action == Action.BREAK;
        if (action != Action.ABORT) {
            owner.afterRecord(polled);
        }
        if (action == Action.COMMIT) {
            owner.commit(polled, frame.endPosition(), frame.offset() + 1);
        }
        return action;
    }

    void reject(final Frame frame, final String cause) {
        rejections.reject(frame, cause);
    }

    void isolation(final ReadIsolation value) {
        isolation = value;
        for (final PartitionReader reader : readers) {
            if (reader != null) {
                reader.isolation(value);
            }
        }
    }

    void onGap(final GapHandler value) {
        gapHandler = value;
        for (final PartitionReader reader : readers) {
            if (reader != null) {
                reader.onGap(value);
            }
        }
    }

    long gaps() {
        long gaps = gapsBefore;
        for (final PartitionReader reader : readers) {
            gaps += reader == null ? 0 : reader.gaps();
        }
        return gaps;
    }

    long lagBytes() {
        long lag = 0;
        for (int i = 0; i < readers.length; i++) {
            lag += readers[i] == null ? 0 : stream.partition(i).appendedPosition() - readers[i].position();
        }
        return lag;
    }

    long lagRecords() {
        long lag = 0;
        for (int i = 0; i < readers.length; i++) {
            lag += readers[i] == null ? 0 : stream.partition(i).recordsFrom(readers[i].offset());
        }
        return lag;
    }
}
