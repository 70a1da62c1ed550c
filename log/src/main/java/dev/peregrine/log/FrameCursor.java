/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.PeregrineException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The place of a {@link PartitionReader} in its partition, and the steps from one frame to the next: through segments as
 * they come and go, past padding, fragments and damage. One thread uses it; only the position is seen by others.
 *
 * <p>A base of the reader and no member of it: what each frame needs then lies in one object, and a poll has no second one
 * to go through.
 */
abstract class FrameCursor {
    /** No offset: it is negative, and no unknown one ever counts up or down to it. */
    private static final long TO_BE_LOOKED_UP = -1;

    private static final VarHandle POSITION;

    static {
        try {
            POSITION = MethodHandles.lookup().findVarHandle(FrameCursor.class, "position", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final long NONE = -1;
    private static final int SKIP = 0;
    private static final int HAND_OVER = 1;
    private static final int WAIT = 2;

    final PartitionLog log;
    private final boolean seesControl;
    private final boolean assembles;
    private final boolean numbered;
    final Frame frame = new Frame();
    private final FrameChecksum checksum = new FrameChecksum();
    private final long verifyBelow;
    private final long recoveredEnd;
    /** Null unless another process writes. */
    private final ReadOnlySegments foreign;

    /** Made for the first message of several fragments. */
    private MessageAssembler assembler;
    final GapReporter gaps = new GapReporter();
    private Segment segment;
    /** Whether every frame of the segment was seen, from its first. */
    private boolean fromBase;
    private UnsafeBuffer buffer;
    long position;
    long offset;
    private int generation;

    FrameCursor(
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
    }

    /** The position as another thread sees it: some time ago, and never torn on a 64-bit machine. */
    long positionFromOutside() {
        return (long) POSITION.getOpaque(this);
    }

    /**
     * Passes what is not to be handed over, and points the flyweight at the frame that is. The reader stays before it.
     *
     * @return position behind the frame, which a register carries past the handler; {@link #NONE} if none is there yet.
     */
    final long toNextFrame(final long bound) {
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

    /** Gives back what the cursor holds. */
    final void release() {
        if (segment != null) {
            leaveSegment();
        }
        assembler = null;
    }
}
