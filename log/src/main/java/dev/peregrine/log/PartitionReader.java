/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.thread.IdleStrategies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.agrona.BitUtil;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

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
public final class PartitionReader implements AutoCloseable {
    /** No offset: it is negative, and no unknown one ever counts up or down to it. */
    private static final long TO_BE_LOOKED_UP = -1;

    private static final VarHandle POSITION;

    static {
        try {
            POSITION = MethodHandles.lookup().findVarHandle(PartitionReader.class, "position", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final long NONE = -1;
    private static final int SKIP = 0;
    private static final int HAND_OVER = 1;
    private static final int WAIT = 2;

    private final PartitionLog log;
    private final boolean seesControl;
    private final boolean assembles;
    private final boolean numbered;
    private final Frame frame = new Frame();
    private final FrameChecksum checksum = new FrameChecksum();
    private final long verifyBelow;
    private final long recoveredEnd;
    /** Null unless another process writes. */
    private final ReadOnlySegments foreign;

    /** Made for the first message of several fragments. */
    private MessageAssembler assembler;
    private BackwardScan backward;
    private final GapReporter gaps = new GapReporter();
    /** How housekeeping sees the reader; null for the log's own. */
    private final IdleReaders.Watch watch;
    private volatile String name = "a reader";
    private final IdleStrategy idle = IdleStrategies.forLongWaits();
    private volatile ReadIsolation isolation = ReadIsolation.VISIBLE;
    private Segment segment;
    /** Whether every frame of the segment was seen, from its first. */
    private boolean fromBase;
    private UnsafeBuffer buffer;
    private long position;
    private long offset;
    private int generation;

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
        this.log = log;
        this.seesControl = seesControl;
        this.numbered = numbered;
        this.assembles = assembles;
        this.verifyBelow = verifyBelow;
        this.recoveredEnd = log.recovery().endPosition();
        this.foreign = log.foreign();
        seek(position);
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
        final long bound = bound();
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

    /** The position as another thread sees it: some time ago, and never torn on a 64-bit machine. */
    long positionFromOutside() {
        return (long) POSITION.getOpaque(this);
    }

    private long bound() {
        return isolation == ReadIsolation.VISIBLE ? Long.MAX_VALUE : log.boundOf(isolation);
    }

    /**
     * Passes what is not to be handed over, and points the flyweight at the frame that is. The reader stays before it.
     *
     * @return position behind the frame, which a register carries past the handler; {@link #NONE} if none is there yet.
     */
    private long toNextFrame(final long bound) {
        while (true) {
            if ((segment == null || position >= segment.endPosition()) && !nextSegment()) {
                return NONE;
            }
            final long at = position;
            final int frameOffset = segment.offsetOf(at);
            // acquire: pairs with the release store of the length that commits the frame
            final int length = buffer.getIntAcquire(frameOffset + FrameDescriptor.LENGTH_OFFSET);
            if (foreign != null && !foreign.isCurrent(generation)) {
                leaveSegment(); // a taker-over puts others in the place of the files: go on in them once they are there
                continue;
            }
            if (length <= 0) {
                if (at < recoveredEnd) {
                    passDamage(at); // recovery left no gap
                    continue;
                }
                return NONE;
            }
            final long next = at + BitUtil.align(length, FrameDescriptor.ALIGNMENT);
            if (next > bound) {
                return NONE;
            }
            if (at < verifyBelow && !checksum.isIntact(segment, frameOffset, length)) {
                if (foreign != null && foreign.isTorn(segment, frameOffset)) {
                    return NONE;
                }
                passDamage(at);
                continue;
            }
            // version, flags and extension words are neighbours: one load
            final int header = buffer.getInt(frameOffset + FrameDescriptor.VERSION_OFFSET, ByteOrder.LITTLE_ENDIAN);
            final byte flags = (byte) (header >> 8);
            if (flags == 0) {
                frame.wrap(buffer, frameOffset, length, (header >>> 16) << 3, at, next, offset);
                return next;
            }
            if (flags != FrameDescriptor.FLAG_PADDING) {
                final int answer = lookAt(flags, frameOffset, length, next);
                if (answer != SKIP) {
                    return answer == HAND_OVER ? next : NONE;
                }
            }
            position = next;
        }
    }

    /** Goes on at the next intact frame of the segment, or behind it; throws unless the log has its readers do that. */
    private void passDamage(final long at) {
        if (!passesDamage()) {
            throw log.corrupt(segment, at);
        }
        final long limit = Math.min(segment.endPosition(), foreign == null ? recoveredEnd : log.appendedPosition());
        final long next = Damage.endIn(segment, checksum, at, limit);
        if (foreign != null && next >= limit && limit < segment.endPosition()) {
            throw log.corrupt(segment, at); // another process may still be writing there
        }
        passDamage(at, next);
        offset(); // looks it up
    }

    private boolean passesDamage() {
        return assembles && log.damage().isSkipped();
    }

    private void passDamage(final long from, final long to) {
        log.damage().passed(from, to);
        reportGap(Gap.Cause.DAMAGED, from, to);
        position = to;
        offset = numbered ? TO_BE_LOOKED_UP : offset;
    }

    /** What to do with a frame that is neither plain nor padding. */
    private int lookAt(final byte flags, final int frameOffset, final int length, final long next) {
        if ((flags & FrameDescriptor.FLAG_PADDING) != 0) {
            offset += (flags & FrameDescriptor.FLAG_COMPACTED) == 0 ? 0 : 1;
            return SKIP;
        }
        if ((flags & FrameDescriptor.FLAG_CONTROL) != 0) {
            if (!seesControl) {
                return SKIP;
            }
        } else if (!FrameDescriptor.countsAsRecord(flags)) {
            return SKIP; // a fragment, but not the last one
        } else if (assembles && (flags & FrameDescriptor.FLAG_BEGIN) == 0) {
            return assemble(FrameExtension.longValue(buffer, frameOffset, FrameExtension.FIRST_FRAGMENT), next);
        }
        frame.wrap(buffer, frameOffset, length, position, offset);
        return HAND_OVER;
    }

    private int assemble(final long first, final long next) {
        if (assembler == null) {
            assembler = new MessageAssembler(log);
        }
        final int length;
        try {
            length = assembler.assemble(first, position);
        } catch (final CorruptDataException e) {
            if (!passesDamage()) {
                throw e;
            }
            log.damage().passed(first, next);
            reportGap(Gap.Cause.DAMAGED, first, next);
            offset++;
            return SKIP;
        }
        if (length == MessageAssembler.NOT_YET) {
            return WAIT;
        }
        if (length == MessageAssembler.CUT) {
            reportGap(Gap.Cause.MESSAGE_CUT, first, next);
            offset++;
            return SKIP;
        }
        frame.wrap(assembler.buffer(), 0, length, position, next, offset);
        return HAND_OVER;
    }

    /** Whether the reader has passed everything of a log that was ended: it will never be handed anything again. */
    public boolean isEndOfStream() {
        return log.isEnded() && position >= log.appendedPosition();
    }

    /** Position of the next frame. */
    public long position() {
        return position;
    }

    /**
     * Number of the next record in the partition. Negative if the reader was sent behind a claim that was open then, or if
     * what lies before it cannot be read and the index has nothing behind that: no number is known there. A reader of
     * control frames counts what it hands over.
     */
    public long offset() {
        if (offset == TO_BE_LOOKED_UP) {
            try {
                offset = log.offsetOf(position);
            } catch (final PeregrineException e) {
                offset = offsetBehindDamage(); // damage elsewhere is no reason not to read on here
            }
        }
        return offset;
    }

    private long offsetBehindDamage() {
        try {
            return log.numbers().offsetBehindDamage(position);
        } catch (final PeregrineException e) {
            return Long.MIN_VALUE;
        }
    }

    /** Goes to a position at which a frame starts (or will start). */
    public void seek(final long position) {
        seek(position, numbered ? TO_BE_LOOKED_UP : 0);
        if (numbered && segment != null) {
            leaveSegment(); // the number is looked up when the segment is entered
        }
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

    /** Goes to a position whose record number is known. */
    public void seek(final long position, final long offset) {
        final long start = log.startPosition();
        if (position > 0 && position < start) {
            reportGap(Gap.Cause.TRUNCATED, position, start); // who comes from 0 wants what there is
        }
        this.position = Math.max(position, start);
        this.offset = numbered && this.position != position ? TO_BE_LOOKED_UP : offset;
        fromBase = false;
        if (segment != null && !segment.contains(this.position)) {
            leaveSegment();
        }
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

    private void reportGap(final Gap.Cause cause, final long from, final long to) {
        if (assembles) { // who reads for the log itself misses nothing by it
            log.onGap();
            gaps.report(new Gap(log.config().name(), cause, from, to));
        }
    }

    private boolean nextSegment() {
        if (foreign != null) {
            generation = foreign.generation(); // before: a change between is then seen at the first frame
        }
        Segment next = acquire();
        if (next == null) {
            final long start = log.startPosition();
            if (position >= start) {
                return false;
            }
            reportGap(Gap.Cause.TRUNCATED, position, start);
            position = start;
            offset = numbered ? TO_BE_LOOKED_UP : offset;
            next = acquire();
            if (next == null) {
                return false;
            }
        }
        if (segment != null) {
            if (fromBase) {
                log.onSegmentRead(segment); // every frame of it was committed: we read all of it
            }
            leaveSegment();
        }
        offset(); // looks it up
        segment = next;
        fromBase = position == next.basePosition();
        buffer = next.buffer();
        checksum.wrap(next.mapping());
        return true;
    }

    /** The segment of the reader's place, which moves on past compressed ones that are damaged. */
    private Segment acquire() {
        while (true) {
            try {
                return log.segments().acquire(position);
            } catch (final CorruptDataException e) {
                if (!passesDamage()) {
                    throw e;
                }
                passDamage(position, log.endOfSegment(position));
            }
        }
    }

    private void leaveSegment() {
        log.segments().release(segment);
        segment = null;
    }

    /** Gives the mapped segment back. */
    @Override
    public void close() {
        if (segment != null) {
            leaveSegment();
        }
        assembler = null;
        if (watch != null) {
            log.idleReaders().remove(watch);
        }
    }
}
