/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.codec.schema.Schema;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.log.Durability;
import dev.peregrine.log.PartitionLog;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.agrona.CloseHelper;

/**
 * The streams of a bus by their names: opens, creates, alters and deletes them. Any thread looks one up; whoever changes
 * something holds the lock.
 */
final class Streams {
    private final Object lock;
    private final StreamSchemas schemas;
    private final StreamFiles streamFiles;
    private final StreamMirror mirror;
    private final PartitionOpener opener;
    private final Subscriptions subscriptions;
    private final Uses uses;
    private final MonotonicClock clock;
    private final boolean readOnly;
    private final ConcurrentSkipListMap<String, Stream> byName = new ConcurrentSkipListMap<>();

    Streams(
        final Object lock, final StreamSchemas schemas, final StreamFiles streamFiles, final StreamMirror mirror,
        final PartitionOpener opener, final Subscriptions subscriptions, final Uses uses, final MonotonicClock clock,
        final boolean readOnly) {
        this.lock = lock;
        this.schemas = schemas;
        this.streamFiles = streamFiles;
        this.mirror = mirror;
        this.opener = opener;
        this.subscriptions = subscriptions;
        this.uses = uses;
        this.clock = clock;
        this.readOnly = readOnly;
    }

    /** Opens every stream found in the directory. */
    void openAll() throws IOException {
        for (final StreamConfig config : streamFiles.openAll()) {
            open(config);
        }
    }

    /** Opens what has been created since, of a directory that another process writes. */
    void findNew() {
        synchronized (lock) {
            try {
                for (final StreamConfig config : streamFiles.findAll()) {
                    if (!byName.containsKey(config.name())) {
                        final Stream stream = new Stream(config, opener.open(config), clock);
                        stream.bind(schemas.load(config));
                        byName.put(config.name(), stream);
                    }
                }
            } catch (final IOException e) {
                throw new StorageException("cannot read streams: " + e.getMessage(), e);
            }
        }
    }

    private Stream open(final StreamConfig config) {
        final List<PartitionLog> partitions = opener.open(config);
        try {
            final Stream stream = new Stream(config, partitions, clock);
            stream.bind(schemas.load(config));
            subscriptions.pullBack(stream);
            byName.put(config.name(), stream);
            mirror.update(config);
            return stream;
        } catch (final RuntimeException e) {
            CloseHelper.quietCloseAll(partitions);
            throw e;
        }
    }

    /** A stream by its name; refuses one that is not there. */
    Stream get(final String name) {
        Stream stream = byName.get(name);
        if (stream == null && readOnly) {
            findNew();
            stream = byName.get(name);
        }
        if (stream == null) {
            throw new ConfigurationException("there is no stream '" + name + "'; there are: " + byName.keySet());
        }
        return stream;
    }

    /** A stream that is open; null if there is none of that name. */
    Stream find(final String name) {
        return byName.get(name);
    }

    /** All streams, by name, those too that were created since. */
    Collection<Stream> all() {
        if (readOnly) {
            findNew();
        }
        return byName.values();
    }

    /** Those that are open now, by name. */
    Collection<Stream> opened() {
        return byName.values();
    }

    /** See {@link EventBus#provision}. */
    Stream provision(final StreamConfig config) {
        final Stream existing = byName.get(config.name());
        if (existing != null) {
            checkFixed(existing.config(), config);
            if (!config.schema().isEmpty()) {
                alter(existing.config().withSchema(config.schema()));
            }
            return existing;
        }
        mirror.check(config);
        final StreamConfig kept = schemas.keep(config, "");
        streamFiles.createPartitions(kept);
        streamFiles.writeConfig(kept);
        return open(kept);
    }

    /** See {@link EventBus#alter}. */
    Stream alter(final StreamConfig wanted) {
        final Stream stream = get(wanted.name());
        checkFixed(stream.config(), wanted);
        mirror.check(wanted);
        final StreamConfig has = stream.config();
        final boolean live = altersWhileUsed(wanted);
        if (!live) {
            uses.checkUnused(stream.name(), "altered");
        }
        final StreamConfig config = schemas.keep(wanted, has.schema());
        if (config.equals(has)) {
            return stream;
        }
        final Schema schema = schemas.load(config);
        if (live) {
            streamFiles.writeConfig(config);
            stream.adjust(config, opener.storageOf(config));
        } else {
            stream.reopen(config, () -> prepareAlter(has, config), () -> opener.open(config),
                () -> byName.remove(stream.name()));
        }
        stream.bind(schema);
        mirror.altered(config);
        return stream;
    }

    /** Whether the stream may be used while it is altered so. */
    boolean altersWhileUsed(final StreamConfig wanted) {
        final StreamConfig has = get(wanted.name()).config();
        return wanted.equals(wanted.withDurability(has.durability(), has.forceIntervalMs()).withCopies(has.copies()));
    }

    /** What the stream may be told to have on disk after the change must be there before. */
    private void prepareAlter(final StreamConfig from, final StreamConfig to) {
        if (from.durability() == Durability.OS) {
            streamFiles.forceSegments(from);
        }
        streamFiles.writeConfig(to);
    }

    private static void checkFixed(final StreamConfig has, final StreamConfig wanted) {
        if (has.partitions() != wanted.partitions() || has.segmentLength() != wanted.segmentLength()) {
            throw new ConfigurationException("stream " + has.name() + " exists with " + has.partitions()
                + " partition(s) and segment-length " + has.segmentLength()
                + "; these cannot be changed to " + wanted.partitions() + " and " + wanted.segmentLength());
        }
    }

    /** See {@link EventBus#delete}. */
    void delete(final String name) {
        final Stream stream = get(name);
        uses.checkUnused(stream.name(), "deleted");
        mirror.delete(name);
        byName.remove(name);
        stream.close();
        streamFiles.delete(name);
    }
}
