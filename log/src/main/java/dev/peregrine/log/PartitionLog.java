/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One partition: an append-only sequence of frames in memory-mapped segments, the only unbounded buffer of the engine.
 *
 * <p>Any number of {@link Appender}s and {@link PartitionReader}s work on it at once, each used by one thread. Three
 * positions are public: {@link #appendedPosition} (claimed), {@link #durablePosition} (on disk) and each reader's own
 * (processed). All other methods may be called from any thread. One process has the partition open at a time; the data
 * directory's lock holds that.
 */
public final class PartitionLog implements AutoCloseable {
    private static final int SEGMENTS_AHEAD = 2;
    private static final long WAIT_NS = 20_000;
    /** The tail stands alone on its cache lines: every publisher writes it. */
    private static final int TAIL_OFFSET = 128;
    private static final int TAIL_BUFFER_LENGTH = 256;

    private final PartitionConfig config;
    private final SegmentDirectory segments;
    private final RecoveryReport recovery;
    private final AtomicBuffer tail = new UnsafeBuffer(
        org.agrona.BufferUtil.allocateDirectAligned(TAIL_BUFFER_LENGTH, 64));
    private final ReentrantLock allocating = new ReentrantLock();
    private final LogForcer forcer;

    private volatile long allocatedEnd;
    private volatile PeregrineException failure;
    private Segment newest;

    private PartitionLog(final PartitionConfig config) {
        this.config = config;
        this.segments = new SegmentDirectory(config);
        this.recovery = new SegmentRecovery(config, segments).recover();
        this.tail.putLongVolatile(TAIL_OFFSET, recovery.endPosition());
        this.allocatedEnd = segments.allocatedEnd();
        this.forcer = new LogForcer(this, recovery.endPosition());
    }

    /**
     * Opens a partition, creating it where there is none, and recovers its tail.
     *
     * @throws CorruptDataException if it is damaged; the message names file and position.
     * @throws StorageException if its files cannot be opened.
     */
    public static PartitionLog open(final PartitionConfig config) {
        return new PartitionLog(config);
    }

    /** How the partition is kept. */
    public PartitionConfig config() {
        return config;
    }

    /** What opening it found. */
    public RecoveryReport recovery() {
        return recovery;
    }

    /**
     * A new appender.
     *
     * @param producerId written into each frame; 0 for a publisher without a name.
     */
    public Appender newAppender(final long producerId) {
        checkWritable();
        return new Appender(this, producerId);
    }

    /** A new reader of ordinary frames from a position at which a frame starts. */
    public PartitionReader newReader(final long position) {
        return new PartitionReader(this, position, false, recovery.endPosition());
    }

    /** A new reader that also sees the engine's own control frames. */
    public PartitionReader newControlReader(final long position) {
        return new PartitionReader(this, position, true, recovery.endPosition());
    }

    /** First position that is kept. */
    public long startPosition() {
        return segments.firstBase();
    }

    /** End of what publishers have claimed. */
    public long appendedPosition() {
        return tail.getLongVolatile(TAIL_OFFSET);
    }

    /** Everything before it is on disk. Moves only with {@link #force} or by the stream's durability. */
    public long durablePosition() {
        return forcer.durablePosition();
    }

    /** Bytes of files the partition takes, allocated-ahead segments included. */
    public long diskBytes() {
        return segments.diskBytes();
    }

    /**
     * Forces everything that is committed now; returns when it is on disk. Callers that wait together share a force.
     */
    public void force() {
        forcer.awaitDurable(forcer.committedEnd());
    }

    /** Waits until everything before a position is on disk, forcing it if nobody else does. */
    public void awaitDurable(final long position) {
        forcer.awaitDurable(position);
    }

    /** Deletes the whole segments that lie before a position. */
    public void truncateBefore(final long position) {
        segments.deleteBefore(Math.min(position, segments.baseOf(appendedPosition())));
    }

    /**
     * Highest sequence that a producer has committed, or -1. Reads backwards segment by segment until it finds one of
     * its frames: meant for the start of a publisher.
     */
    public long lastSequence(final long producerId) {
        final long[] last = {-1};
        final FrameHandler handler = frame -> {
            if (frame.producerId() == producerId) {
                last[0] = Math.max(last[0], frame.sequence());
            }
        };
        long base = segments.baseOf(appendedPosition());
        while (last[0] < 0 && base >= startPosition()) {
            try (PartitionReader reader = newReader(base)) {
                while (reader.position() < base + config.segmentLength() && reader.poll(handler, 1) > 0) {
                    // the handler does the work; one frame at a time, to stop at the segment's end
                }
            }
            base -= config.segmentLength();
        }
        return last[0];
    }

    /**
     * Reads every frame with its checksum.
     *
     * @return number of frames verified.
     * @throws CorruptDataException at the first that fails.
     */
    public long verify() {
        long frames = 0;
        try (PartitionReader reader = new PartitionReader(this, startPosition(), true, Long.MAX_VALUE)) {
            int polled;
            while ((polled = reader.poll(frame -> { }, Integer.MAX_VALUE)) > 0) {
                frames += polled;
            }
            if (reader.position() < recovery.endPosition()) {
                throw corrupt(null, reader.position());
            }
        }
        return frames;
    }

    /**
     * One duty cycle: keeps segments allocated ahead of the publishers, and forces in the background under
     * {@link Durability#INTERVAL}. Called by one housekeeping thread.
     *
     * @return amount of work done.
     */
    public int doHousekeeping() {
        int work = 0;
        if (failure == null && appendedPosition() + (long) SEGMENTS_AHEAD * config.segmentLength() > allocatedEnd
            && allocating.tryLock()) {
            try {
                allocateNext();
                work++;
            } finally {
                allocating.unlock();
            }
        }
        return work + forcer.doWork();
    }

    PartitionReader newControlReaderForForce(final long position) {
        return new PartitionReader(this, position, true, 0);
    }

    long tail() {
        return tail.getLong(TAIL_OFFSET); // plain: a stale value only asks for room too early or too late by one claim
    }

    long claim(final int alignedLength) {
        return tail.getAndAddLong(TAIL_OFFSET, alignedLength);
    }

    SegmentDirectory segments() {
        return segments;
    }

    void checkWritable() {
        final PeregrineException failed = failure;
        if (failed != null) {
            throw failed instanceof ClosedException
                ? new ClosedException(failed.getMessage())
                : new StorageException(failed.getMessage(), failed);
        }
    }

    /** A failed force proves that bytes may be lost: nothing more is appended until the log is opened anew. */
    void fail(final PeregrineException cause) {
        failure = cause;
    }

    /** Returns the end of the allocated space once there is at least so much behind the tail. */
    long awaitAllocated(final int needed) {
        while (appendedPosition() + needed > allocatedEnd) {
            allocating.lock();
            try {
                if (appendedPosition() + needed > allocatedEnd) {
                    allocateNext();
                }
            } finally {
                allocating.unlock();
            }
        }
        return allocatedEnd;
    }

    private void allocateNext() {
        final Segment segment = segments.allocateNext();
        segment.touch();
        if (newest != null) {
            segments.release(newest); // the one before last is held by those who write to it
        }
        newest = segment;
        allocatedEnd = segments.allocatedEnd();
    }

    /** The segment of a claimed position. Waits for room in the rare case that many claims outran the allocation. */
    Segment acquireForWrite(final long position) {
        while (true) {
            final Segment segment = segments.acquire(position);
            if (segment != null) {
                return segment;
            }
            try {
                awaitAllocated(0);
            } catch (final StorageException e) {
                LockSupport.parkNanos(WAIT_NS); // the claim stands: it must be filled once there is room again
            }
        }
    }

    /** A reader has passed the end of a segment: recovery need not read it again. */
    void onSegmentRead(final Segment segment) {
        if (!segment.isSealed()
            && (config.durability() == Durability.OS || durablePosition() >= segment.endPosition())) {
            segment.seal();
        }
    }

    IllegalArgumentException tooLong(final int payloadLength) {
        return new IllegalArgumentException("a record of " + payloadLength + " bytes does not fit into log "
            + config.name() + ": the longest is " + config.maxPayloadLength()
            + " bytes (an eighth of segment-length); raise segment-length");
    }

    CorruptDataException corrupt(final Segment segment, final long position) {
        return new CorruptDataException("log " + config.name() + " is damaged at position " + position
            + (segment == null ? "" : " (" + segment.file() + ")")
            + ": a frame fails its checksum; restore the file from a copy");
    }

    /** Closes the partition. Its appenders and readers must not be used afterwards. */
    @Override
    public void close() {
        if (failure == null) {
            if (config.durability() != Durability.OS) {
                force();
            }
            fail(new ClosedException("log " + config.name() + " is closed"));
        }
        allocating.lock();
        try {
            if (newest != null) {
                segments.release(newest);
                newest = null;
            }
        } finally {
            allocating.unlock();
        }
        segments.close();
    }

    /** Forces a range of segments; used by the forcer. */
    void forceRange(final long from, final long to) {
        long position = from;
        while (position < to) {
            final Segment segment = segments.acquire(position);
            if (segment == null) {
                return; // truncated meanwhile
            }
            try {
                final long end = Math.min(to, segment.endPosition());
                config.files().force(segment.mapping(), segment.offsetOf(position), (int) (end - position));
                position = end;
            } catch (final IOException e) {
                final StorageException failed = new StorageException("force of " + segment.file() + " failed: "
                    + e.getMessage() + "; the last records may not be on disk: check the disk and start again", e);
                fail(failed);
                throw failed;
            } finally {
                segments.release(segment);
            }
        }
    }
}
