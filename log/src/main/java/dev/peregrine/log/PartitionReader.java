/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.thread.IdleStrategies;
import org.agrona.concurrent.IdleStrategy;

/**
 * Reads the frames of a partition in order, for one thread, straight from the mapped segments. Allocates nothing in
 * steady state.
 *
 * <p>A message that its publisher had to split into several frames is handed over as one, at the place of its last
 * frame, in a buffer of the reader that grows as needed up to {@link FrameDescriptor#MAX_MESSAGE_LENGTH}. One whose
 * publisher died before that is never seen; of one whose beginning was truncated the gap is reported, and its number is
 * used up.
 *
 * <p>Frames that an earlier process wrote are verified against their checksums as they are read; frames that were
 * committed in this process are not read back from disk and need no second look. A reader that
 * {@link PartitionLog#truncateBefore} has overtaken goes on at the first position that is kept, and reports the gap; so
 * does one that is sent to a position, other than 0, that is kept no more.
 *
 * <p>A reader far behind disturbs those at the end little: it maps one old segment at a time, touches no page in advance,
 * and gives the mapping back at the segment's end, while the pages at the end of the log stay mapped by their publishers
 * and readers. Reading ahead, and which cached pages are given up first, is the kernel's business: Java has no call for
 * a hint about a mapping.
 */
public final class PartitionReader extends FrameCursor implements AutoCloseable {
    private BackwardScan backward;
    /** How housekeeping sees the reader; null for the log's own. */
    private final IdleReaders.Watch watch;
    private volatile String name = "a reader";
    private final IdleStrategy idle = IdleStrategies.forLongWaits();
    private volatile ReadIsolation isolation = ReadIsolation.VISIBLE;

    /** A reader of plain frames and of the last fragments of messages, as they stand in the log: for the log itself. */
    static PartitionReader ofFrames(
        final PartitionLog log, final long position, final boolean seesControl, final long verifyBelow) {
        return new PartitionReader(log, position, seesControl, false, false, verifyBelow);
    }

    /** Reads every frame of a log with its checksum; returns how many. */
    static long verify(final PartitionLog log) {
        long frames = 0;
        try (PartitionReader reader = ofFrames(log, log.startPosition(), true, Long.MAX_VALUE)) {
            int polled;
            while ((polled = reader.poll(frame -> { }, Integer.MAX_VALUE)) > 0) {
                frames += polled;
            }
            if (reader.position() < log.recovery().endPosition()) {
                throw log.corrupt(null, reader.position());
            }
        }
        return frames;
    }

    PartitionReader(
        final PartitionLog log, final long position, final boolean seesControl, final boolean numbered) {
        this(log, position, seesControl, numbered, true, log.verifyBelow());
    }

    private PartitionReader(
        final PartitionLog log, final long position, final boolean seesControl, final boolean numbered,
        final boolean assembles, final long verifyBelow) {
        super(log, position, seesControl, numbered, assembles, verifyBelow);
        this.watch = assembles ? log.idleReaders().add(this) : null; // last: housekeeping sees it from here on
    }

    /**
     * Hands the frames that are there to the handler, in order, up to a limit. If the handler throws, the reader
     * stays at the frame that it threw on.
     *
     * @return number of frames handed over; 0 if nothing is there yet.
     * @throws CorruptDataException naming the partition and the position, if a frame fails its checksum; but see
     *     {@link PartitionLog#skipDamage}.
     */
    public int poll(final FrameHandler handler, final int limit) {
        return pollWithin(bound(), handler, limit);
    }

    /**
     * As {@link #poll(FrameHandler, int)}, but hands over no frame that ends behind a position.
     *
     * @param endPosition bytes; where the reader stands there, nothing is handed over.
     */
    public int pollUpTo(final long endPosition, final FrameHandler handler, final int limit) {
        return pollWithin(Math.min(endPosition, bound()), handler, limit);
    }

    private int pollWithin(final long bound, final FrameHandler handler, final int limit) {
        int handled = 0;
        while (handled < limit) {
            final long next = toNextFrame(bound);
            if (next < 0) {
                break;
            }
            handler.onFrame(frame);
            position = next;
            offset++;
            handled++;
        }
        return handled;
    }

    /**
     * As {@link #poll(FrameHandler, int)}, with a handler that says after each frame whether to go on.
     *
     * @return number of frames that the reader has passed; an aborted one is not among them.
     */
    public int controlledPoll(final ControlledFrameHandler handler, final int limit) {
        final long bound = bound();
        int handled = 0;
        while (handled < limit) {
            final long next = toNextFrame(bound);
            if (next < 0) {
                break;
            }
            final ControlledFrameHandler.Action action = handler.onFrame(frame);
            if (action == ControlledFrameHandler.Action.ABORT) {
                break;
            }
            position = next;
            offset++;
            handled++;
            if (action == ControlledFrameHandler.Action.BREAK) {
                break;
            }
        }
        return handled;
    }

    /**
     * As {@link #poll(FrameHandler, int)}, but waits while nothing is there: spinning shortly, then parking.
     *
     * @param timeoutNs how long to wait; with 0 or less it does not.
     * @return number of frames handed over; 0 after the time-out, or if the thread is interrupted, whose status stays set.
     */
    public int poll(final FrameHandler handler, final int limit, final long timeoutNs) {
        int handled = poll(handler, limit);
        if (handled == 0 && timeoutNs > 0) {
            final long startNs = System.nanoTime();
            idle.reset();
            while (handled == 0 && System.nanoTime() - startNs < timeoutNs && !Thread.currentThread().isInterrupted()) {
                idle.idle();
                handled = poll(handler, limit);
            }
        }
        return handled;
    }

    /**
     * Hands over the last records before the reader's place, newest first, and goes to the last of them, so that the next
     * call goes on there. To begin at the end, {@link #seekToEnd} first. Frames can only be passed forward: a stretch of
     * about 64 KiB is scanned at a time. If the handler throws, the reader stays behind the record that it threw on.
     *
     * @param limit how many records at most.
     * @return number of records handed over; 0 at the start of what is kept.
     * @throws CorruptDataException as {@link #poll(FrameHandler, int)}.
     */
    public int readBackwards(final FrameHandler handler, final int limit) {
        if (backward == null) {
            backward = new BackwardScan(log);
        }
        final long bound = bound();
        int handled = 0;
        long behind = position;
        long behindOffset = offset();
        long scanned = position;
        try {
            while (handled < limit && scanned > log.startPosition()) {
                int index = backward.scanBefore(scanned);
                while (handled < limit && --index >= 0) {
                    seek(backward.position(index), backward.number(index));
                    // what compaction took, or the truncated beginning of a message, is passed: this is another record then
                    if (toNextFrame(bound) >= 0 && frame.position() == backward.position(index)) {
                        handler.onFrame(frame);
                        handled++;
                        behind = position;
                        behindOffset = offset;
                    }
                }
                scanned = backward.startPosition();
            }
        } finally {
            seek(behind, behindOffset);
        }
        return handled;
    }

    /** Goes behind the last record that the reader may see now, or before the first claim that is open. */
    public void seekToEnd() {
        final long bound = bound();
        seekToOffset(Long.MAX_VALUE);
        if (position > bound) {
            seek(Math.max(bound, log.startPosition()));
        }
    }

    /** Says how far the reader may go from its next poll on; at first {@link ReadIsolation#VISIBLE}. */
    public void isolation(final ReadIsolation value) {
        isolation = value;
    }

    /** How far the reader may go. */
    public ReadIsolation isolation() {
        return isolation;
    }

    /** Why the last poll handed nothing over, or what the next one would wait for. */
    public WaitReason waitingFor() {
        return WaitReason.at(log, position, isolation, watch == null ? 0 : watch.ageNs());
    }

    /** Gives the reader a name, under which warnings speak of it. */
    public void name(final String value) {
        name = value;
    }

    /** Its name: "a reader" if it was given none. */
    public String name() {
        return name;
    }

    private long bound() {
        return isolation == ReadIsolation.VISIBLE ? Long.MAX_VALUE : log.boundOf(isolation);
    }

    /**
     * Whether the reader will never be handed anything again: the log was ended, and nothing but what no poll hands over
     * lies before its end, which the reader passes. By the thread that polls.
     *
     * @throws CorruptDataException as {@link #poll(FrameHandler, int)}.
     */
    public boolean isEndOfStream() {
        return log.isEnded() && toNextFrame(bound()) < 0 && position >= log.appendedPosition();
    }

    /** Goes to a record by its number; to the first that is kept if it was truncated, to the end if it is not there. */
    public void seekToOffset(final long number) {
        final IndexDescriptor.Entry place = log.numbers().placeOfOffset(number);
        seek(place.position(), place.offset());
    }

    /** Goes to the first record, in the order of the log, that is not older than a time, or to the end. */
    public void seekToTimestamp(final long timestampNs) {
        final IndexDescriptor.Entry place = log.numbers().placeOfTimestamp(timestampNs);
        seek(place.position(), place.offset());
    }

    /** Goes to the first record whose transaction id is not smaller, see {@link PartitionLog#positionOfTransactionId}. */
    public void seekToTransactionId(final long id) {
        final IndexDescriptor.Entry place = log.numbers().placeOfTransactionId(id);
        seek(place.position(), place.offset());
    }

    /**
     * Has a handler told of every gap; the last that nobody was told of it is handed at once. Without one gaps are logged,
     * at most every ten seconds.
     */
    public void onGap(final GapHandler handler) {
        gaps.handler(handler);
    }

    /** How many gaps the reader has met: ranges of records that it will not get. */
    public long gaps() {
        return gaps.count();
    }

    /** The last gap; null if there was none. */
    public Gap lastGap() {
        return gaps.last();
    }

    /** Gives the mapped segment back. */
    @Override
    public void close() {
        release();
        if (watch != null) {
            log.idleReaders().remove(watch);
        }
    }
}
