/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.Durability;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.agrona.CloseHelper;

/**
 * The streams of one data directory: provisions them, and opens publishers and subscriptions. Safe for use by many
 * threads.
 *
 * <pre>
 *  streams/NAME/stream.conf             what it was provisioned with
 *  streams/NAME/partition-N/*.seg       its partitions
 *  streams/NAME/subscriptions/SUB.pos   durable positions
 * </pre>
 */
public final class EventBus implements AutoCloseable {
    private static final String CONFIG_FILE = "stream.conf";
    private static final String POSITIONS_SUFFIX = ".pos";

    private final Path directory;
    private final FilesFacade files;
    private final ConcurrentSkipListMap<String, Stream> streams = new ConcurrentSkipListMap<>();
    /** Named publishers and subscriptions in use; guarded by this. */
    private final Set<String> inUse = new HashSet<>();

    private EventBus(final Path directory, final FilesFacade files) {
        this.directory = directory;
        this.files = files;
    }

    /** Opens every stream found in the directory. */
    public static EventBus open(final Path directory, final FilesFacade files) {
        final EventBus bus = new EventBus(directory, files);
        try {
            files.createDirectories(directory);
            try (java.util.stream.Stream<Path> found = Files.list(directory)) {
                for (final Path path : found.sorted().toList()) {
                    if (Files.exists(path.resolve(CONFIG_FILE))) {
                        bus.openStream(bus.readConfig(path));
                    }
                }
            }
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
     * Creates a stream, or returns the one of that name, which keeps the durability it was created with.
     *
     * @throws ConfigurationException if it exists with another number of partitions or another segment length.
     */
    public synchronized Stream provision(final StreamConfig config) {
        final Stream existing = streams.get(config.name());
        if (existing != null) {
            final StreamConfig has = existing.config();
            if (has.partitions() != config.partitions() || has.segmentLength() != config.segmentLength()) {
                throw new ConfigurationException("stream " + config.name() + " exists with " + has.partitions()
                    + " partition(s) and segment-length " + has.segmentLength()
                    + "; these cannot be changed to " + config.partitions() + " and " + config.segmentLength());
            }
            return existing;
        }
        writeConfig(config);
        return openStream(config);
    }

    /** A stream by its name. */
    public Stream stream(final String name) {
        final Stream stream = streams.get(name);
        if (stream == null) {
            throw new ConfigurationException("there is no stream '" + name + "'; there are: " + streams.keySet());
        }
        return stream;
    }

    /** All streams, by name. */
    public Collection<Stream> streams() {
        return streams.values();
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
        final Runnable release = reserve("publisher '" + name + "' of stream " + stream);
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
        final Runnable release = reserve("subscription '" + name + "' of stream " + stream);
        try {
            final Path subscriptions = subscriptionsOf(stream(stream));
            files.createDirectories(subscriptions);
            final Path file = subscriptions.resolve(StreamConfig.of(name).name() + POSITIONS_SUFFIX);
            return new Subscription(stream(stream), name, file, files, release);
        } catch (final IOException e) {
            release.run();
            throw new StorageException("cannot create subscription " + name + ": " + e.getMessage(), e);
        } catch (final RuntimeException e) {
            release.run();
            throw e;
        }
    }

    private synchronized Runnable reserve(final String what) {
        if (!inUse.add(what)) {
            throw new ConfigurationException(what + " is in use: close the other one first, or take another name");
        }
        return () -> {
            synchronized (this) {
                inUse.remove(what);
            }
        };
    }

    private Stream openStream(final StreamConfig config) {
        final List<PartitionLog> partitions = new ArrayList<>();
        try {
            for (int i = 0; i < config.partitions(); i++) {
                partitions.add(PartitionLog.open(new PartitionConfig(
                    directory.resolve(config.name()).resolve("partition-" + i), config.name() + "/" + i,
                    config.segmentLength(), config.durability(), config.forceIntervalMs(), files)));
            }
            final Stream stream = new Stream(config, partitions);
            pullBackSubscriptions(stream);
            streams.put(config.name(), stream);
            return stream;
        } catch (final RuntimeException e) {
            CloseHelper.quietCloseAll(partitions);
            throw e;
        }
    }

    /**
     * A subscription may have committed a place that a power cut then took from the log. It goes on at the log's end:
     * later, its place would lie in the middle of a new record.
     */
    private void pullBackSubscriptions(final Stream stream) {
        try {
            for (final Path file : files.list(subscriptionsOf(stream))) {
                if (file.getFileName().toString().endsWith(POSITIONS_SUFFIX)) {
                    pullBack(stream, file);
                }
            }
        } catch (final IOException e) {
            throw new StorageException(
                "cannot read the subscriptions of " + stream.name() + ": " + e.getMessage(), e);
        }
    }

    private void pullBack(final Stream stream, final Path file) {
        try (PositionFile positions = new PositionFile(files, file, stream.partitions())) {
            positions.limit(stream);
        } catch (final CorruptDataException damaged) {
            return; // subscribing says so; the stream itself is whole
        }
    }

    private Path subscriptionsOf(final Stream stream) {
        return directory.resolve(stream.name()).resolve("subscriptions");
    }

    private void writeConfig(final StreamConfig config) {
        final Path home = directory.resolve(config.name());
        final Config content = ConfigFactory.parseMap(Map.of(
            "partitions", config.partitions(),
            "segment-length", config.segmentLength(),
            "durability", config.durability().name().toLowerCase(Locale.ROOT),
            "force-interval-ms", config.forceIntervalMs()));
        final String text = content.root().render(ConfigRenderOptions.concise().setFormatted(true).setJson(false));
        try {
            files.createDirectories(home);
            files.writeAtomically(home.resolve(CONFIG_FILE), text.getBytes(StandardCharsets.UTF_8));
        } catch (final IOException e) {
            throw new StorageException("cannot provision stream in " + home + ": " + e.getMessage(), e);
        }
    }

    private StreamConfig readConfig(final Path home) {
        final Path file = home.resolve(CONFIG_FILE);
        try {
            final Config content = ConfigFactory.parseFile(file.toFile());
            return new StreamConfig(home.getFileName().toString(), content.getInt("partitions"),
                content.getInt("segment-length"),
                Durability.valueOf(content.getString("durability").toUpperCase(Locale.ROOT)),
                content.getLong("force-interval-ms"));
        } catch (final ConfigException | IllegalArgumentException e) {
            throw new CorruptDataException("stream description " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * One duty cycle of every partition; called by one housekeeping thread.
     *
     * @throws PeregrineException the first failure of a partition, after all have had their turn.
     */
    public int doHousekeeping() {
        int work = 0;
        RuntimeException failure = null;
        for (final Stream stream : streams.values()) {
            try {
                work += stream.doHousekeeping();
            } catch (final PeregrineException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return work;
    }

    /** Closes every partition, also when one fails; the first failure is thrown at the end. */
    @Override
    public void close() {
        final List<AutoCloseable> closing = new ArrayList<>();
        streams.values().forEach(stream -> closing.add(stream::close));
        CloseHelper.closeAll(closing);
    }
}
