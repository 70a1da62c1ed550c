/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
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
    private static final long ALLOCATION_PAUSE_NS = 200_000;
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
    private final LogIndex index;
    private final HoleWatch holes;
    private final ProducerHistory history = new ProducerHistory(this);
    private final SegmentMaintenance maintenance;

    private volatile long allocatedEnd;
    private volatile PeregrineException failure;
    /** Why nothing is appended any more: the failure, or the end of the stream. */
    private volatile PeregrineException refusal;
    private final StreamEnd end = new StreamEnd(this, tail, TAIL_OFFSET);
    private volatile LongSupplier committedBy;
    private final IdleReaders idleReaders = new IdleReaders(this);
    /** Segments touched in advance, kept mapped until the publishers have passed them; guarded by {@link #allocating}. */
    private final ArrayDeque<Segment> ahead = new ArrayDeque<>();
    /** Guarded by {@link #allocating}. */
    private long appendedAtLastBlock;

    private PartitionLog(final PartitionConfig config) {
        this.config = config;
        this.segments = new SegmentDirectory(config);
        this.recovery = new SegmentRecovery(config, segments).recover();
        this.tail.putLongVolatile(TAIL_OFFSET, recovery.endPosition());
        this.allocatedEnd = segments.allocatedEnd();
        this.holes = new HoleWatch(this);
        this.forcer = new LogForcer(this, recovery.endPosition());
        this.index = new LogIndex(this);
        if (StreamEnd.isBefore(segments, recovery.endPosition())) {
            end.recovered(recovery.endPosition());
        }
        this.maintenance = new SegmentMaintenance(this);
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
        return newAppender(producerId, Long.toString(producerId));
    }

    /**
     * A new appender with a name for warnings and {@link #hole}.
     *
     * @param producerId written into each frame; 0 for a publisher without a name.
     */
    public Appender newAppender(final long producerId, final String name) {
        checkWritable();
        return new Appender(this, producerId, name);
    }

    /** The first claim that is open, at which readers wait; null if there is none. Any claim shows up for a moment. */
    public Hole hole() {
        return holes.hole();
    }

    HoleWatch holes() {
        return holes;
    }

    /** A new reader of ordinary frames from a position at which a frame starts. */
    public PartitionReader newReader(final long position) {
        return new PartitionReader(this, position, false, true);
    }

    /** A new reader that also sees the engine's own control frames. */
    public PartitionReader newControlReader(final long position) {
        return new PartitionReader(this, position, true, false);
    }

    /** First position that is kept. */
    public long startPosition() {
        return segments.firstBase();
    }

    /** End of what publishers have claimed. */
    public long appendedPosition() {
        final long claimed = tail.getLongVolatile(TAIL_OFFSET);
        return claimed < StreamEnd.BEYOND ? claimed : end.awaitPosition();
    }

    /**
     * Ends the log for good: a control frame becomes its last, and nothing can be claimed behind it. What was claimed
     * before is committed as ever, and readers meet it before the end; whoever claims later gets an
     * {@link dev.peregrine.core.error.EndOfStreamException}, and nothing of his is written. Returns when the end is as safe
     * as the log's durability makes its records. Idempotent.
     */
    public void end() {
        end.end();
        if (config.durability() != Durability.OS) {
            awaitDurable(end.awaitPosition());
        }
    }

    /** Whether the log was ended. */
    public boolean isEnded() {
        return end.isReached();
    }

    /** Everything before it is on disk. Moves only with {@link #force} or by the stream's durability. */
    public long durablePosition() {
        return forcer.durablePosition();
    }

    /**
     * End of what readers with {@link ReadIsolation#COMMITTED} may see; {@link Long#MAX_VALUE} if no transactional writer
     * has taken the log.
     */
    public long committedPosition() {
        final LongSupplier committed = committedBy;
        return committed == null ? Long.MAX_VALUE : committed.getAsLong();
    }

    /**
     * Names who commits the records of this log in transactions. The engine's topologies write tables and no streams, so
     * none of them does; it is for a writer that lets several records count at once.
     *
     * @param position the position behind the last record that counts; never goes back; called by any thread, at each
     *     poll of such a reader. Null: all that is visible counts.
     */
    public void committedBy(final LongSupplier position) {
        committedBy = position;
    }

    /** Watches for readers that cannot get records that are there. */
    public IdleReaders idleReaders() {
        return idleReaders;
    }

    long boundOf(final ReadIsolation isolation) {
        return switch (isolation) {
            case VISIBLE -> Long.MAX_VALUE;
            case DURABLE -> durablePosition();
            case COMMITTED -> committedPosition();
        };
    }

    /** Number of the first record that is kept. Records are numbered from 0; control frames have no number. */
    public long startOffset() {
        return index.offsetOf(startPosition());
    }

    /** Number that the next record will get, as far as records are committed without a gap. Looks at few frames. */
    public long endOffset() {
        return index.endOffset();
    }

    /** Number of the last record, as far as records are committed without a gap; -1 if there was none yet. */
    public long lastOffset() {
        return index.endOffset() - 1;
    }

    /** How many records that are kept have this number or a higher one; all of them if it is negative, not known. */
    public long recordsFrom(final long offset) {
        return Math.max(0, index.endOffset() - Math.max(offset, startOffset()));
    }

    /** Number of the first record at or behind a position; negative while a claim before it is open. */
    public long offsetOf(final long position) {
        return index.offsetOf(position);
    }

    /** Position of a record by its number: of the first that is kept if it was truncated, the end if it is not there. */
    public long positionOfOffset(final long number) {
        return index.placeOfOffset(number).position();
    }

    /**
     * Number of the next record at a position at which a frame starts or the last one ends; negative for any other, and
     * behind a claim that is open.
     */
    public long offsetAtFrame(final long position) {
        return index.offsetAtFrame(position);
    }

    /**
     * Position of the first record, in the order of the log, that is not older than a time; the end if there is none.
     *
     * <p>Times need not rise: publishers take theirs before they claim, so two that race may stand in the log the other
     * way round, and a clock may be stepped back. What rises is the highest time so far, and the record found is the
     * first that raised it to the time asked for or beyond: every record before it is older, and behind it may follow
     * some that are older too.
     */
    public long positionOfTimestamp(final long timestampNs) {
        return index.placeOfTimestamp(timestampNs).position();
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

    /**
     * Forces what is committed now at or behind a position, and only that: for a caller who is about to give up what
     * lies before it. The durable position stays where it is.
     */
    public void forceFrom(final long position) {
        checkHealthy();
        forceRange(position, forcer.committedEnd());
    }

    /** Waits until everything before a position is on disk, forcing it if nobody else does. */
    public void awaitDurable(final long position) {
        forcer.awaitDurable(position);
    }

    /**
     * A future of the durable position once it has reached a position, which need not be appended yet. Under
     * {@link Durability#INTERVAL} the background force completes it, else it asks for a force of its own; it is
     * housekeeping that forces and completes, and runs what depends on the future and has no executor: keep that short.
     * It fails with the error that stops the log, or {@link ClosedException}. Where 65,536 futures wait already, the call
     * itself waits instead.
     */
    public CompletableFuture<Long> whenDurable(final long position) {
        return forcer.whenDurable(position);
    }

    /** Asks for a background force of what lies before a position, whatever the stream's durability. */
    void requestForce(final long position) {
        forcer.request(position);
    }

    /**
     * Deletes whole segments of which every record lies before a number. Readers that are still there go on at the first
     * record that is kept. It is durable when this returns, and finished at the next start if it is interrupted.
     *
     * @return number of the first record that is kept, at most the one given.
     */
    public long truncateBeforeOffset(final long offset) {
        truncateBefore(positionOfOffset(offset));
        return startOffset();
    }

    /**
     * Deletes the whole segments that lie before a position, as far as everything is committed there. Readers that are
     * still before it go on at the first position that is kept. A message of several frames that ends behind it, up to 32
     * MiB, is kept whole.
     */
    public void truncateBefore(final long position) {
        // what says that it was ended stays
        final long last = isEnded() ? end.awaitPosition() - 1 : appendedPosition();
        index.truncateBefore(Math.min(position, segments.baseOf(last)));
    }

    /**
     * Highest sequence that a producer has committed, or -1. Reads backwards segment by segment until it finds one of
     * its frames: meant for the first start of a publisher, since it does not see behind claims that are open now.
     */
    public long lastSequence(final long producerId) {
        return history.lastSequence(producerId);
    }

    /**
     * Highest transaction id that a producer has used in this partition, or -1; the producer 0 has none. Reads like
     * {@link #lastSequence}; what appenders that were closed in this process have used is remembered.
     */
    public long lastTransactionId(final long producerId) {
        return history.lastTransactionId(producerId);
    }

    ProducerHistory history() {
        return history;
    }

    /**
     * Reads every frame with its checksum.
     *
     * @return number of frames verified.
     * @throws CorruptDataException at the first that fails.
     */
    public long verify() {
        return PartitionReader.verify(this);
    }

    /**
     * One duty cycle: keeps segments allocated ahead of the publishers, forces in the background under
     * {@link Durability#INTERVAL}, and ends the claims of the dead. Called by one housekeeping thread.
     *
     * @return amount of work done.
     */
    public int doHousekeeping() {
        if (failure != null) {
            return 0;
        }
        idleReaders.doWork();
        index.doWork(); // first: the forcer need not walk where it has been
        int work = holes.doWork() + forcer.doWork();
        if (appendedPosition() + (long) SEGMENTS_AHEAD * config.segmentLength() > allocatedEnd
            && !isEnded() && allocating.tryLock()) {
            try {
                allocateNext();
                work++;
            } finally {
                allocating.unlock();
            }
        }
        return work;
    }

    /**
     * Copies all that is committed now into a directory, while publishers and readers go on: full segments are hard links
     * where the file system lets them be. Every frame of the copy is read with its checksum. Sealed segments are not
     * rewritten meanwhile.
     *
     * @param target emptied first, or created; a partition of the same name and settings can be opened on it.
     * @param copied takes the bytes of log that were copied, piece by piece.
     * @return position up to which it goes: everything that was acknowledged before the call lies before it.
     * @throws StorageException if it cannot be written, or a claim of a publisher stays open.
     * @throws CorruptDataException if a frame is damaged.
     */
    public long backup(final Path target, final LongConsumer copied) {
        return maintenance.whileResting(() -> new PartitionBackup(this, target, copied).run());
    }

    LogIndex index() {
        return index;
    }

    /** A reader that looks up no numbers and puts no messages together. */
    PartitionReader newUnnumberedReader(final long position) {
        return PartitionReader.ofFrames(this, position, false, recovery.endPosition());
    }

    /**
     * One bounded step of what the partition does with its sealed segments: see {@link StorageConfig}. Takes milliseconds,
     * under compaction the time to read and write a segment, so it is called by a thread of low priority that has nothing
     * else to do, which leaves pauses. Nothing waits for it but {@link #close}.
     *
     * @return amount of work done; 0 if there is nothing to do now.
     * @throws StorageException if a file cannot be written; tried again after some seconds.
     * @throws CorruptDataException if a segment is damaged; this partition's segments are left as they are until the log
     *     is opened again.
     */
    public int doMaintenance() {
        return maintenance.doWork();
    }

    long tail() {
        return tail.getLong(TAIL_OFFSET); // plain: a stale value only asks for room too early or too late by one claim
    }

    long claim(final int alignedLength) {
        return tail.getAndAddLong(TAIL_OFFSET, alignedLength);
    }

    /**
     * Position of the first record, in the order of the log, whose transaction id is not smaller; the end if there is
     * none. Records without an id are passed over. A producer's ids do not fall; between producers they may, and then
     * the rule of {@link #positionOfTimestamp} holds.
     */
    public long positionOfTransactionId(final long id) {
        return index.placeOfTransactionId(id).position();
    }

    /** Highest transaction id of all records, truncated ones too; -1 if none has one. */
    public long highestTransactionId() {
        return index.highestTransactionId();
    }

    /** End of the part that is committed without a gap. */
    long committedEnd() {
        return forcer.committedEnd();
    }

    /** Whether so much room is allocated behind the tail now. */
    boolean hasRoom(final int bytes) {
        return appendedPosition() + bytes <= allocatedEnd;
    }

    /** Claims only what is allocated; negative if that is not enough. */
    long tryClaim(final int alignedLength) {
        long position;
        do {
            position = appendedPosition();
            if (position + alignedLength > allocatedEnd) {
                return -1;
            }
        } while (!tail.compareAndSetLong(TAIL_OFFSET, position, position + alignedLength));
        return position;
    }

    SegmentDirectory segments() {
        return segments;
    }

    /** Refuses whoever wants to append to a log that has failed, is closed or was ended. */
    void checkWritable() {
        if (refusal != null) {
            checkHealthy();
            throw end.exception();
        }
    }

    /** Nothing is claimed from now on: the log was ended. */
    void refuse(final PeregrineException why) {
        refusal = why;
    }

    /** Refuses whoever needs a log that is open and has not failed. */
    void checkHealthy() {
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
        refusal = cause;
        forcer.fail(cause);
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

    /**
     * Writing zeros flat out would hold a core for as long as a segment takes, so the writer pauses between blocks, unless
     * publishers have filled more than a block meanwhile, or already wait for the segment.
     */
    private void pauseUnlessNeeded() {
        final long appended = appendedPosition();
        final boolean slow = appended - appendedAtLastBlock < FilesFacade.ALLOCATION_BLOCK;
        if (slow && appended + config.segmentLength() < allocatedEnd) {
            LockSupport.parkNanos(ALLOCATION_PAUSE_NS);
        }
        appendedAtLastBlock = appended;
    }

    private void allocateNext() {
        final Segment segment = segments.allocateNext(this::pauseUnlessNeeded);
        segment.touch(this::pauseUnlessNeeded);
        allocatedEnd = segments.allocatedEnd();
        ahead.add(segment);
        while (ahead.peek().endPosition() <= appendedPosition()) {
            segments.release(ahead.poll());
        }
    }

    /** The segment of a claimed position. Waits for room in the rare case that many claims outran the allocation. */
    Segment acquireForWrite(final long position) {
        if (position >= StreamEnd.BEYOND) {
            checkHealthy();
            throw end.exception();
        }
        while (true) {
            final Segment segment = segments.acquire(position);
            if (segment != null) {
                return segment;
            }
            checkHealthy();
            if (position < startPosition()) {
                throw new StorageException("the claim at position " + position + " of log " + config.name()
                    + " was truncated away before it was committed");
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

    IllegalArgumentException tooLong(final long payloadLength) {
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
        maintenance.close();
        try {
            if (failure == null && config.durability() != Durability.OS) {
                force();
                forcer.completeDurable();
            }
        } finally {
            if (failure == null) {
                fail(new ClosedException("log " + config.name() + " is closed"));
            }
            allocating.lock();
            try {
                ahead.forEach(segments::release);
                ahead.clear();
            } finally {
                allocating.unlock();
            }
            forcer.close();
            index.close();
            segments.close();
        }
    }

    /** Forces a range of segments; used by the forcer. */
    void forceRange(final long from, final long to) {
        long position = from;
        while (position < to) {
            position = Math.max(position, segments.firstBase()); // what lay before was truncated
            if (segments.isPacked(position)) {
                position = segments.baseOf(position) + config.segmentLength(); // is on disk
                continue;
            }
            final Segment segment = segments.acquire(position);
            if (segment == null) {
                continue; // truncated just now
            }
            try {
                final long end = Math.min(to, segment.endPosition());
                // the header too: under OS nobody has forced it when the segment was made
                final int start = position == segment.basePosition() ? 0 : segment.offsetOf(position);
                config.files().force(segment.mapping(), start, segment.offsetOf(end) - start);
                position = end;
            } catch (final IOException e) {
                throw forceFailed(segment.file(), e);
            } finally {
                segments.release(segment);
            }
        }
        if (config.durability() == Durability.OS) {
            try {
                config.files().forceDirectory(config.directory());
            } catch (final IOException e) {
                throw forceFailed(config.directory(), e);
            }
        }
    }

    private StorageException forceFailed(final Path file, final IOException cause) {
        final StorageException failed = new StorageException("force of " + file + " failed: " + cause.getMessage()
            + "; the last records may not be on disk: check the disk and start again", cause);
        fail(failed);
        return failed;
    }
}
