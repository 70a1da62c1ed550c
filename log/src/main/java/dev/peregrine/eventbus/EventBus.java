/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;


import dev.peregrine.codec.schema.Schema;
import dev.peregrine.codec.schema.SchemaException;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.ReadOnlyException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.time.EngineClock;
import dev.peregrine.log.Durability;
import dev.peregrine.log.IdleReaderLimits;
import dev.peregrine.log.PartitionLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.agrona.CloseHelper;

/**
 * The streams of one data directory: provisions them, and opens publishers and subscriptions. Safe for use by many
 * threads.
 *
 * <pre>
 *  streams/NAME/stream.conf             what it was provisioned with
 *  streams/NAME/partition-N/*.seg       its partitions; *.seg.zst are compressed segments
 *  streams/NAME/subscriptions/SUB.pos   durable positions
 *  streams/NAME/schema/schema-I-vV.*    every version of its schema
 * </pre>
 */
public final class EventBus implements AutoCloseable {
    private final FilesFacade files;
    private final Path directory;
    private final boolean readOnly;
    private final StreamFiles streamFiles;
    private final StreamMirror mirror;
    private final RetentionKeeper retention;
    private final PartitionOpener opener;
    private final Uses uses = new Uses(this);

    private final Subscriptions subscriptions;
    private final Streams streams;
    private final ForcesMeanwhile meanwhile;

    private EventBus(
        final Path directory, final Path mirror, final FilesFacade files, final MonotonicClock clock,
        final boolean readOnly) {
        this.files = files;
        this.directory = directory;
        this.readOnly = readOnly;
        this.streamFiles = new StreamFiles(directory, files);
        this.mirror = new StreamMirror(directory, mirror, files);
        this.opener = new PartitionOpener(files, streamFiles, this.mirror, readOnly);
        this.subscriptions = new Subscriptions(this, files, streamFiles, this.mirror, uses, clock, readOnly);
        this.retention = new RetentionKeeper(streamFiles, files, EngineClock.INSTANCE);
        this.streams = new Streams(
            this, new StreamSchemas(files, streamFiles), streamFiles, this.mirror, opener, subscriptions, uses, clock,
            readOnly);
        this.meanwhile = new ForcesMeanwhile(streams);
    }

    /**
     * Opens every stream found in the directory.
     *
     * @param files where the directory can be taken over, those of its
     *     {@linkplain dev.peregrine.core.files.DataDirectoryLock#files lock}.
     */
    public static EventBus open(final Path directory, final FilesFacade files) {
        return open(directory, null, files, MonotonicClock.SYSTEM);
    }

    /**
     * Opens every stream found in the directory, with a second directory, on another disk, for streams with two copies.
     * What either lacks or has damaged comes from the other; whichever is lost, all that was durable is there. Records are
     * in both before they count as durable, under {@link Durability#OS} with each duty cycle; truncation, compression,
     * settings and schemas follow with each change, places of subscriptions once a second and on close. Indexes are not
     * copied. Full segments are not compared at each open: a reader that meets damage in one throws as it does without a
     * mirror, and the next open takes that segment from the mirror. The mirror can take the directory's place. When a
     * disk fails, the other goes on: see {@link #degraded}.
     *
     * @param mirror null: the one that was used last, which the directory remembers, or none.
     */
    public static EventBus open(final Path directory, final Path mirror, final FilesFacade files) {
        return open(directory, mirror, files, MonotonicClock.SYSTEM);
    }

    static EventBus open(final Path directory, final FilesFacade files, final MonotonicClock clock) {
        return open(directory, null, files, clock);
    }

    private static EventBus open(
        final Path directory, final Path mirror, final FilesFacade files, final MonotonicClock clock) {
        final EventBus bus = new EventBus(directory, mirror, files, clock, false);
        try {
            bus.mirror.restore();
            bus.streams.openAll();
            return bus;
        } catch (final IOException e) {
            bus.close();
            throw new StorageException("cannot open streams in " + directory + ": " + e.getMessage(), e);
        } catch (final RuntimeException e) {
            bus.close();
            throw e;
        }
    }

    /**
     * Opens the streams of a directory for reading only, while another process may be writing them; see
     * {@link PartitionLog#openReadOnly}. Takes no lock, creates and changes nothing. Streams that are created later are
     * found when they are asked for.
     *
     * <p>Readers are those of the partitions, from a place of their own:
     * {@code stream(name).partition(i).newReader(position)}. Subscriptions, publishers and all that changes something are
     * refused with {@link ReadOnlyException}.
     */
    public static EventBus openReadOnly(final Path directory, final FilesFacade files) {
        final EventBus bus = new EventBus(directory, null, files, MonotonicClock.SYSTEM, true);
        bus.streams.findNew();
        return bus;
    }

    private void checkWritable(final String what) {
        if (readOnly) {
            throw new ReadOnlyException(what
                + " needs the data directory for itself, but it is open for reading only");
        }
    }

    /**
     * Creates a stream, or returns the one of that name, which keeps the durability it was created with; but a schema that
     * is named here becomes its schema.
     *
     * @throws ConfigurationException if it exists with another number of partitions or another segment length.
     * @throws SchemaException if its schema cannot be read, or may not follow the one it has.
     */
    public synchronized Stream provision(final StreamConfig config) {
        checkWritable("creating a stream");
        return streams.provision(config);
    }

    /** The stream of that name as it is, or a new one. */
    synchronized Stream provisionIfMissing(final StreamConfig config) {
        final Stream existing = streams.find(config.name());
        return existing == null ? provision(config) : existing;
    }

    /**
     * Changes the settings of a stream, all but partitions and segment length. They change while the stream is used; only
     * for durability and copies nobody may use it meanwhile, since its partitions are opened anew.
     *
     * @throws ConfigurationException if another setting differs, or publishers or subscriptions of the stream are open.
     * @throws SchemaException if the schema cannot be read, or may not follow the one it has.
     */
    public synchronized Stream alter(final StreamConfig wanted) {
        checkWritable("altering a stream");
        return streams.alter(wanted);
    }

    /**
     * What streams with two copies lack, a line for each, for a person to read; empty while both are kept. A disk that has
     * failed is left alone until the bus is opened again, which makes its copy anew.
     */
    public List<String> degraded() {
        return mirror.problems(streams.opened());
    }

    /** Whether {@link #alter} lets the stream be used meanwhile. */
    public boolean altersWhileUsed(final StreamConfig wanted) {
        return streams.altersWhileUsed(wanted);
    }

    /** The schema that a stream is bound to; shows its records as JSON and makes records of JSON. */
    public Optional<Schema> schema(final String stream) {
        return Optional.ofNullable(stream(stream).schema());
    }

    /**
     * Deletes a stream with its records and subscriptions.
     *
     * @throws ConfigurationException if there is none, or publishers or subscriptions of it are open.
     */
    public synchronized void delete(final String name) {
        checkWritable("deleting a stream");
        streams.delete(name);
    }

    /** What a stream is and how far it has come. */
    public synchronized StreamDescription describe(final String name) {
        final Stream stream = stream(name);
        final List<StreamDescription.Partition> partitions = new ArrayList<>();
        for (int i = 0; i < stream.partitions(); i++) {
            final PartitionLog log = stream.partition(i);
            partitions.add(new StreamDescription.Partition(
                log.startPosition(), log.appendedPosition(), log.durablePosition(), log.diskBytes()));
        }
        return new StreamDescription(
            stream.config(), partitions, streamFiles.subscriptionNames(name), uses.of(name), usage(name));
    }

    /** What was published to a stream since the engine was opened, by client, beside its limits. */
    public StreamUsage usage(final String stream) {
        return stream(stream).quotas().usage();
    }

    /** A stream by its name. */
    public Stream stream(final String name) {
        return streams.get(name);
    }

    /** Says when housekeeping speaks up about readers, of any stream, that cannot get records that are there. */
    public synchronized void idleReaderLimits(final IdleReaderLimits limits) {
        opener.idleReaderLimits(limits);
        for (final Stream stream : streams.opened()) {
            for (int i = 0; i < stream.partitions(); i++) {
                stream.partition(i).idleReaders().limits(limits);
            }
        }
    }

    /** All streams, by name. */
    public Collection<Stream> streams() {
        return streams.all();
    }

    /**
     * Opens a publisher. A name is open once per stream at a time, since its sequence is its own.
     *
     * @throws ConfigurationException if the name is in use.
     */
    public Publisher publisher(final String stream, final String name) {
        return open(stream, name, null);
    }

    /**
     * Opens a publisher that spreads its records in its own way.
     *
     * @param partitioner belongs to the publisher from now on.
     * @throws ConfigurationException if the name is in use.
     */
    public Publisher publisher(final String stream, final String name, final Partitioner partitioner) {
        return open(stream, name, Objects.requireNonNull(partitioner, "partitioner"));
    }

    private Publisher open(final String stream, final String name, final Partitioner partitioner) {
        checkWritable("publishing");
        final Runnable release = uses.publisher(stream, name);
        try {
            return new Publisher(stream(stream), name, partitioner, release);
        } catch (final RuntimeException e) {
            release.run();
            throw e;
        }
    }

    /**
     * Opens a subscription, at its durable place or, if it is new, at the beginning of the stream.
     *
     * @throws ConfigurationException if it is in use.
     */
    public Subscription subscribe(final String stream, final String name) {
        checkWritable("a subscription");
        return subscriptions.open(stream, name);
    }

    /** Joins a group under a made-up name; see {@link #join(String, String, MemberConfig)}. */
    public GroupMember join(final String stream, final String group) {
        return join(stream, group, MemberConfig.DEFAULT);
    }

    /**
     * Joins a group, whose members share the partitions of a stream. Its place is kept under its name as that of a
     * subscription, at the beginning of the stream if it is new; while it has members no subscription of that name opens.
     *
     * @throws ConfigurationException if a subscription of that name is open, or the group has such a member.
     */
    public GroupMember join(final String stream, final String group, final MemberConfig member) {
        checkWritable("a group");
        return subscriptions.join(stream, group, member);
    }

    /** Names of the groups of a stream that have members now; every one's place is among {@link #subscriptions}. */
    public List<String> groups(final String stream) {
        return subscriptions.groups(stream(stream).name());
    }

    /**
     * A group with its members, their partitions and their lag; without members, its durable place.
     *
     * @throws ConfigurationException if there is none of that name.
     */
    public GroupDescription describeGroup(final String stream, final String name) {
        return subscriptions.describeGroup(stream(stream), name);
    }

    /**
     * The durable place of a subscription, which may be open.
     *
     * @throws ConfigurationException if there is none of that name.
     * @throws CorruptDataException if its file is damaged.
     */
    public synchronized SubscriptionDescription describeSubscription(final String stream, final String name) {
        return subscriptions.describe(stream(stream), name);
    }

    /** Names of a stream's durable subscriptions, open or not. */
    public List<String> subscriptions(final String stream) {
        return streamFiles.subscriptionNames(stream(stream).name());
    }

    /**
     * Forgets a subscription's place.
     *
     * @throws ConfigurationException if there is none of that name, or it is open.
     */
    public synchronized void deleteSubscription(final String stream, final String name) {
        checkWritable("deleting a subscription");
        subscriptions.delete(stream(stream), name);
    }

    /**
     * Ends a stream for good: it takes no more records, and readers are told when they have reached its end. What was
     * claimed before is not lost; what is claimed later is refused with an {@link
     * dev.peregrine.core.error.EndOfStreamException}. The stream may be in use. Idempotent; a stop in the middle can leave
     * some partitions ended and others not: end it again.
     */
    public void end(final String stream) {
        final Stream of = stream(stream);
        for (int i = 0; i < of.partitions(); i++) {
            of.partition(i).end();
        }
    }

    /**
     * Deletes whole segments of a partition of which every record lies before a number; readers that are still there go
     * on at the first record that is kept. The stream may be in use. Durable when this returns.
     *
     * @return number of the first record that is kept, at most the one given.
     * @throws ConfigurationException if there is no such stream or partition, or the number is negative.
     */
    public long truncate(final String stream, final int partition, final long beforeOffset) {
        final Stream of = stream(stream);
        if (partition < 0 || partition >= of.partitions() || beforeOffset < 0) {
            throw new ConfigurationException("stream " + stream + " cannot be truncated in partition " + partition
                + " before record " + beforeOffset + ": its partitions are 0 to " + (of.partitions() - 1)
                + ", and records are numbered from 0");
        }
        return of.partition(partition).truncateBeforeOffset(beforeOffset);
    }

    /**
     * One duty cycle of every partition; called by one housekeeping thread. At most once a second it also deletes what
     * the retention of the streams does not keep.
     *
     * @throws PeregrineException the first failure of a partition, after all have had their turn.
     */
    public int doHousekeeping() {
        if (readOnly) {
            return 0;
        }
        int work = subscriptions.doWork();
        RuntimeException failure = null;
        final boolean retain = retention.isDue();
        for (final Stream stream : streams.opened()) {
            try {
                work += stream.doHousekeeping(meanwhile);
                if (retain) {
                    stream.retain(retention);
                    mirror.update(stream.config());
                }
            } catch (final PeregrineException e) {
                failure = failure == null ? e : failure;
            }
        }
        final RuntimeException failedMeanwhile = meanwhile.takeFailure();
        failure = failure == null ? failedMeanwhile : failure;
        if (failure != null) {
            throw failure;
        }
        return work;
    }

    /**
     * A bounded step of what is done with sealed segments, such as compressing them, in each partition that has something
     * to do; called by a thread of low priority that has nothing else to do and leaves pauses, since a step takes some
     * milliseconds of processor and disk.
     *
     * @return amount of work done; 0 if there is nothing to do now.
     * @throws PeregrineException the first failure of a partition, after all have had their turn.
     */
    public int doMaintenance() {
        int work = 0;
        RuntimeException failure = null;
        for (final Stream stream : streams.opened()) {
            try {
                work += stream.doMaintenance();
            } catch (final PeregrineException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return work;
    }

    /**
     * Copies every stream with its settings and subscriptions to a directory that does not exist, while publishers and
     * readers go on; full segments are hard links where the file system lets them be. The copy has its name only when all
     * of it was read again with its checksums and is on the disk; before, the name ends in {@code .partial}.
     *
     * <p>Each partition is copied up to where it was committed when its turn came: everything that was acknowledged before
     * the call is there, and of what came later a beginning. A stream that is altered meanwhile waits for the copy.
     *
     * @param copied takes the bytes of log that were copied, piece by piece.
     * @throws ConfigurationException if the target exists.
     * @throws StorageException if it cannot be written, or a claim of a publisher stays open.
     * @throws CorruptDataException if a frame is damaged.
     */
    public void backup(final Path target, final LongConsumer copied) {
        new StreamBackup(files, copied).backup(directory, streams.opened(), target);
    }

    /**
     * Copies a backup to where a bus is to be opened, which must not exist or be empty; nobody may have it open. Every
     * frame of the copy is read before it has its name.
     *
     * @param copied takes the bytes that were copied, piece by piece.
     * @return the number of records.
     * @throws ConfigurationException if there is no backup, or something where it is to go.
     * @throws CorruptDataException if the backup is damaged.
     */
    public static long restore(
        final Path backup, final Path directory, final FilesFacade files, final LongConsumer copied) {
        return new StreamBackup(files, copied).restore(backup, directory);
    }

    /** Closes every partition, also when one fails; the first failure is thrown at the end. */
    @Override
    public void close() {
        final List<AutoCloseable> closing = new ArrayList<>();
        closing.add(subscriptions);
        streams.opened().forEach(stream -> closing.add(stream::close));
        if (!readOnly && !files.fence().isRaised()) {
            closing.add(() -> streams.opened().forEach(stream -> mirror.update(stream.config())));
        }
        CloseHelper.closeAll(closing);
    }
}
