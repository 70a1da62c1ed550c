/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.FencedException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.ReadOnlyException;
import dev.peregrine.core.error.StorageException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One partition: an append-only sequence of frames in memory-mapped segments, the only unbounded buffer of the engine.
 *
 * <p>Any number of {@link Appender}s and {@link PartitionReader}s work on it at once, each used by one thread. Three
 * positions are public: {@link #appendedPosition} (claimed), {@link #durablePosition} (on disk) and each reader's own
 * (processed). All other methods may be called from any thread. One process has the partition open to write at a time;
 * the data directory's lock holds that. Where the configuration's files come from that lock, a writer that another one has
 * taken over from gets a {@link FencedException} from whatever would acknowledge or change something.
 */
public final class PartitionLog extends ReadableLog implements AutoCloseable {
    /** The tail stands alone on its cache lines: every publisher writes it. */
    private static final int TAIL_OFFSET = 128;
    private static final int TAIL_BUFFER_LENGTH = 256;

    private final PartitionConfig config;
    private final Segments segments;
    /** The segments as their writer has them; null if the log is open for reading only. */
    private final SegmentDirectory directory;
    /** The segments of another process's log; null if the log is this process's own. */
    private final ReadOnlySegments foreign;
    private final RecoveryReport recovery;
    private final AtomicBuffer tail = new UnsafeBuffer(
        org.agrona.BufferUtil.allocateDirectAligned(TAIL_BUFFER_LENGTH, 64));
    private final LogForcer forcer;
    private final LogIndex index;
    private final HoleWatch holes;
    private final Numbering numbers;
    private final SegmentAllocator allocator;
    private final CountersWriter counters;
    private final ProducerHistory history = new ProducerHistory(this);
    private final SegmentMaintenance maintenance;

    private final LogState state;
    private final StreamEnd end = new StreamEnd(this, tail, TAIL_OFFSET);
    private final IdleReaders idleReaders = new IdleReaders(this);

    private PartitionLog(final PartitionConfig config) {
        super(config.name());
        this.config = config;
        this.state = new LogState(config);
        this.directory = new SegmentDirectory(config);
        this.segments = directory;
        this.foreign = null;
        final RecoveryReport recovered = new SegmentRecovery(config, directory).recover();
        directory.startMirror();
        this.recovery = recovered.withFilesRestored(directory.filesRestored());
        this.tail.putLongVolatile(TAIL_OFFSET, recovery.endPosition());
        this.allocator = new SegmentAllocator(this);
        this.holes = new HoleWatch(this);
        this.forcer = new LogForcer(this, recovery.endPosition());
        this.index = new LogIndex(this);
        this.numbers = index;
        if (StreamEnd.isBefore(directory, recovery.endPosition())) {
            end.recovered(recovery.endPosition());
        }
        this.maintenance = new SegmentMaintenance(this);
        this.counters = new CountersWriter(config);
        counters.publish(forcer.durablePosition(), appendedPosition());
    }

    private PartitionLog(final PartitionConfig config, final ReadOnlySegments foreign) {
        super(config.name());
        this.config = config;
        this.state = new LogState(config);
        this.directory = null;
        this.segments = foreign;
        this.foreign = foreign;
        this.recovery = new RecoveryReport(0, 0, 0, -1, 0, 0, 0);
        this.forcer = null;
        this.index = null;
        this.maintenance = null;
        this.allocator = null;
        this.counters = null;
        this.numbers = new ReadOnlyIndex(this);
        this.holes = null;
        state.readOnly();
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

    /**
     * Opens a partition for readers only, while another process may be writing it, recovering it or have died. Takes no
     * lock; creates, changes and deletes nothing.
     *
     * <p>Readers verify every frame, stop before one that is not committed, follow segments as they are added, and go on at
     * the first position that is kept when they are overtaken by a truncation or told to by a gap. A tail that a power cut
     * has torn is the end, until a writer has recovered it: see {@link #tornPosition}. {@link #durablePosition} is what the
     * writer last said, at most a duty cycle of its housekeeping ago. What would write fails with
     * {@link ReadOnlyException}. After a take-over readers go on in the new writer's files, without a gap or a repetition.
     */
    public static PartitionLog openReadOnly(final PartitionConfig config) {
        return new PartitionLog(config, new ReadOnlySegments(config));
    }

    /** Whether the log is open for reading only. */
    public boolean isReadOnly() {
        return foreign != null;
    }

    /** Of a log that is open for reading only: where a reader last met a tail torn by a power cut, or -1. */
    public long tornPosition() {
        return foreign == null ? -1 : foreign.tornPosition();
    }

    /** How the partition is kept. */
    public PartitionConfig config() {
        return config;
    }

    /** What opening it found. */
    public RecoveryReport recovery() {
        return recovery;
    }

    /** A new appender with its producer id for a name; see {@link #newAppender(long, String)}. */
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
        counters.open();
        allocator.use();
        return new Appender(this, producerId, name);
    }

    /** The first claim that is open, at which readers wait; null if there is none. Any claim shows up for a moment. */
    public Hole hole() {
        return foreign == null ? holes.hole() : null;
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

    /** Frames before it come from another process, and are verified as they are read. */
    long verifyBelow() {
        return foreign == null ? recovery.endPosition() : Long.MAX_VALUE;
    }

    /** First position that is kept. */
    @Override
    public long startPosition() {
        return segments.firstBase();
    }

    /**
     * End of what publishers have claimed. Of a log that is open for reading only, end of what is committed without a gap;
     * it is looked for in the last segment.
     */
    public long appendedPosition() {
        if (foreign != null) {
            return ((ReadOnlyIndex) numbers).committedEnd();
        }
        final long claimed = tail.getLongVolatile(TAIL_OFFSET);
        return claimed < StreamEnd.BEYOND ? claimed : end.awaitPosition();
    }

    /**
     * Ends the log for good: a control frame becomes its last, and nothing can be claimed behind it. What was claimed
     * before is committed as ever, and readers meet it before the end; whoever claims later gets an
     * {@link dev.peregrine.core.error.EndOfStreamException}, and nothing of his is written. Returns when the end is as safe
     * as the log's durability makes its records. Idempotent.
     *
     * @throws StorageException if a publisher keeps a claim open for twice the hole timeout (not under os); the log has
     *     ended all the same.
     */
    public void end() {
        checkHealthy();
        end.end();
        checkFence();
        if (config.durability() != Durability.OS) {
            holes.awaitCommitted(end.awaitPosition(), "what lies before the end cannot be forced yet");
            awaitDurable(end.awaitPosition());
        }
    }

    /** Whether the log was ended. */
    public boolean isEnded() {
        return foreign == null ? end.isReached() : StreamEnd.isBefore(segments, appendedPosition());
    }

    /** Everything before it is on disk. Moves only with {@link #force} or by the stream's durability. */
    @Override
    public long durablePosition() {
        return foreign == null ? forcer.durablePosition() : foreign.durablePosition();
    }

    /** Watches for readers that cannot get records that are there. */
    public IdleReaders idleReaders() {
        return idleReaders;
    }

    /** End of the segment that a position lies in. */
    long endOfSegment(final long position) {
        return (position & -(long) config.segmentLength()) + config.segmentLength();
    }

    /** Bytes of files the partition takes, allocated-ahead segments included. */
    public long diskBytes() {
        return segments.diskBytes();
    }

    /**
     * Forces everything that is committed now; returns when it is on disk. Callers that wait together share a force.
     */
    public void force() {
        checkHealthy();
        forcer.awaitDurable(forcer.committedEnd());
        checkFence();
    }

    /**
     * Forces what is committed now at or behind a position, and only that: for a caller who is about to give up what
     * lies before it. The durable position stays where it is.
     */
    public void forceFrom(final long position) {
        checkHealthy();
        forcer.forceRange(position, forcer.committedEnd());
        checkFence();
    }

    /**
     * Waits until everything before a position is on disk, forcing it if nobody else does; while a claim before it is open
     * that takes as long as the claim. An interrupt does not end the wait, its status stays set.
     *
     * @throws IllegalArgumentException if nobody has claimed room up to there, e.g. because it is a position of another
     *     partition; {@link #whenDurable} takes such.
     */
    public void awaitDurable(final long position) {
        if (foreign != null) {
            checkHealthy();
        }
        if (position > appendedPosition()) {
            throw new IllegalArgumentException("position " + position + " of log " + config.name()
                + " cannot be waited for: it ends at " + appendedPosition() + "; is it a position of another partition?");
        }
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
        if (foreign != null) {
            checkHealthy();
        }
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
        checkHealthy();
        checkFence();
        // what says that it was ended stays
        final long last = isEnded() ? end.awaitPosition() - 1 : appendedPosition();
        index.truncateBefore(Math.min(position, directory.baseOf(last)));
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
        return doHousekeeping(() -> { });
    }

    /** The same; while it makes a segment, which can take long, it runs something after each MiB, and {@link #doForces}. */
    public int doHousekeeping(final Runnable meanwhile) {
        if (!state.isHealthy()) {
            return 0;
        }
        checkFence();
        idleReaders.doWork();
        final int work = holes.doWork() + doForces() + forcer.completeDurable();
        return work + allocator.doWork(meanwhile);
    }

    /** Forces what is due, but completes no futures: these may publish, and need the segment that the thread is making. */
    public int doForces() {
        if (!state.isHealthy()) {
            return 0;
        }
        checkFence();
        index.doWork(); // first: the forcer need not walk where it has been
        final int work = forcer.doWork();
        counters.publish(forcer.durablePosition(), appendedPosition());
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
        checkHealthy();
        return maintenance.whileResting(() -> new PartitionBackup(this, target, copied).run());
    }

    LogIndex index() {
        return index;
    }

    /** A reader that looks up no numbers and puts no messages together. */
    PartitionReader newUnnumberedReader(final long position) {
        return PartitionReader.ofFrames(this, position, false, verifyBelow());
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
        return foreign == null ? maintenance.doWork() : 0;
    }

    /**
     * Changes {@link PartitionConfig#holeTimeoutMs} and what is done with sealed segments from now on, while the log is
     * used; what was done stays. Waits for a step of {@link #doMaintenance} or a backup that is under way.
     *
     * @param storage with the same place for unpacked segments as {@link #config} has, which does not change.
     */
    public void adjust(final long holeTimeoutMs, final StorageConfig storage) {
        holes.timeout(holeTimeoutMs);
        maintenance.storage(storage);
    }

    long tail() {
        return tail.getLong(TAIL_OFFSET); // plain: a stale value only asks for room too early or too late by one claim
    }

    long claim(final int alignedLength) {
        return tail.getAndAddLong(TAIL_OFFSET, alignedLength);
    }

    /** End of the part that is committed without a gap. */
    long committedEnd() {
        return foreign == null ? forcer.committedEnd() : appendedPosition();
    }

    /** Whether so much room is allocated behind the tail now. */
    boolean hasRoom(final int bytes) {
        return appendedPosition() + bytes <= allocator.allocatedEnd();
    }

    /** Claims only what is allocated; negative if that is not enough. */
    long tryClaim(final int alignedLength) {
        long position;
        do {
            position = appendedPosition();
            if (position + alignedLength > allocator.allocatedEnd()) {
                return -1;
            }
        } while (!tail.compareAndSetLong(TAIL_OFFSET, position, position + alignedLength));
        return position;
    }

    Segments segments() {
        return segments;
    }

    SegmentDirectory directory() {
        return directory;
    }

    @Override
    Numbering numbers() {
        return numbers;
    }

    void forceRange(final long from, final long to) {
        forcer.forceRange(from, to);
    }

    CountersWriter counters() {
        return counters;
    }

    /** The segments of another process's log; null if the log is this process's own. */
    ReadOnlySegments foreign() {
        return foreign;
    }

    /** Refuses whoever wants to append to a log that has failed, is closed or was ended. */
    void checkWritable() {
        if (!state.isWritable()) {
            checkHealthy();
            throw end.exception();
        }
    }

    LogState state() {
        return state;
    }

    /** Refuses whoever needs a log that is open and has not failed. */
    void checkHealthy() {
        state.checkHealthy();
    }

    /** Ends this log: another writer has taken over. */
    FencedException fenced() {
        final FencedException error = config.files().fence().fenced();
        if (state.isHealthy()) {
            fail(error);
        }
        return error;
    }

    /** Refuses what would acknowledge or change something after another writer has taken over. */
    void checkFence() {
        if (config.files().fence().isRaised()) {
            throw fenced();
        }
    }

    /** A failed force proves that bytes may be lost: nothing more is appended until the log is opened anew. */
    void fail(final PeregrineException cause) {
        state.fail(cause);
        forcer.fail(cause);
    }

    /** Returns the end of the allocated space once there is at least so much behind the tail. */
    long awaitAllocated(final int needed) {
        return allocator.await(needed);
    }

    /** The segment of a claimed position. Waits for room in the rare case that many claims outran the allocation. */
    Segment acquireForWrite(final long position) {
        if (position >= StreamEnd.BEYOND) {
            checkHealthy();
            throw end.exception();
        }
        return allocator.acquireForWrite(position);
    }

    /** A reader has passed the end of a segment: recovery need not read it again. */
    void onSegmentRead(final Segment segment) {
        if (foreign == null && !segment.isSealed()
            && (config.durability() == Durability.OS || durablePosition() >= segment.endPosition())) {
            segment.seal();
        }
    }

    IllegalArgumentException tooLong(final long payloadLength) {
        return new IllegalArgumentException("a record of " + payloadLength + " bytes does not fit into log "
            + config.name() + ": the longest is " + config.maxPayloadLength()
            + " bytes (an eighth of segment-length); raise segment-length");
    }

    /** What one of two copies has failed with, for a person to read; null while all is kept as it should be. */
    public String degraded() {
        return foreign != null || directory.mirror() == null ? null : directory.mirror().problem();
    }

    CorruptDataException corrupt(final Segment segment, final long position) {
        if (segment != null && foreign == null) {
            directory.suspect(segment.basePosition());
        }
        return new CorruptDataException("log " + config.name() + " is damaged at position " + position
            + (segment == null ? "" : " (" + segment.file() + ")")
            + ": a frame fails its checksum; restore the file from a copy, or see 'peregrine log repair'");
    }

    /** Closes the partition. Its appenders and readers must not be used afterwards. */
    @Override
    public void close() {
        if (foreign == null) {
            maintenance.close();
        }
        final boolean healthy = state.isHealthy();
        try {
            if (healthy && config.durability() != Durability.OS) {
                force();
                forcer.completeDurable();
            }
        } finally {
            if (state.isHealthy()) {
                fail(new ClosedException("log " + config.name() + " is closed"));
            }
            if (foreign == null) {
                allocator.close();
                forcer.close(healthy);
                index.close();
                counters.publish(forcer.durablePosition(), appendedPosition());
            }
            segments.close();
        }
    }
}
