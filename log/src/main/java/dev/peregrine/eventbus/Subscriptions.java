/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The subscriptions and groups of a bus: opens them, and looks after their places. */
final class Subscriptions implements AutoCloseable {
    private final EventBus bus;
    private final FilesFacade files;
    private final StreamFiles streamFiles;
    private final StreamMirror mirror;
    private final Uses uses;
    private final MonotonicClock clock;
    private final boolean readOnly;
    private final Groups groups;
    /** Of subscriptions; groups see to theirs. */
    private final Set<PositionCommits> openCommits = ConcurrentHashMap.newKeySet();

    Subscriptions(
        final EventBus bus, final FilesFacade files, final StreamFiles streamFiles,
        final StreamMirror mirror, final Uses uses, final MonotonicClock clock, final boolean readOnly) {
        this.bus = bus;
        this.files = files;
        this.streamFiles = streamFiles;
        this.mirror = mirror;
        this.uses = uses;
        this.clock = clock;
        this.readOnly = readOnly;
        this.groups = new Groups(clock);
    }

    Subscription open(final String stream, final String name) {
        final Runnable release = uses.subscription(stream, name);
        try {
            final Stream of = bus.stream(stream);
            final PositionCommits commits = commitsOf(of, name);
            try {
                final Subscription subscription = new Subscription(
                    of, name, commits, new Rejections(bus, of, name), () -> closeSubscription(commits, release));
                openCommits.add(commits);
                return subscription;
            } catch (final RuntimeException e) {
                commits.close();
                throw e;
            }
        } catch (final RuntimeException e) {
            release.run();
            throw e;
        }
    }

    private void closeSubscription(final PositionCommits commits, final Runnable release) {
        openCommits.remove(commits);
        try {
            commits.close();
        } finally {
            release.run();
        }
    }

    private PositionCommits commitsOf(final Stream stream, final String name) {
        try {
            return new PositionCommits("subscription " + name + " of stream " + stream.name(), stream, new PositionFile(
                files, streamFiles.createPositionsHome(stream.name(), name), stream.partitions()));
        } catch (final IOException e) {
            throw new StorageException("cannot create subscription " + name + ": " + e.getMessage(), e);
        }
    }

    GroupMember join(final String stream, final String group, final MemberConfig member) {
        return groups.join(stream, group, member, () -> openGroup(stream, group));
    }

    private Groups.Running openGroup(final String stream, final String name) {
        final Runnable release = uses.subscription(stream, name);
        try {
            final Stream of = bus.stream(stream);
            return new Groups.Running(
                new Group(bus, of, name, clock, commitsOf(of, name), groups::closeIfEmpty), release);
        } catch (final RuntimeException e) {
            release.run();
            throw e;
        }
    }

    List<String> groups(final String stream) {
        return groups.names(stream);
    }

    GroupDescription describeGroup(final Stream of, final String name) {
        final Group group = groups.find(of.name(), name);
        return group != null ? group.describe()
            : new GroupDescription(of.name(), name, 0, List.of(), bus.describeSubscription(of.name(), name).places());
    }

    SubscriptionDescription describe(final Stream of, final String name) {
        checkExists(of, name);
        final List<SubscriptionDescription.Place> places = new ArrayList<>();
        final Path file = streamFiles.positionsFile(of.name(), name);
        try (PositionFile positions = readOnly
            ? PositionFile.openReadOnly(files, file, of.partitions())
            : new PositionFile(files, file, of.partitions())) {
            final long[] entries = positions.snapshot();
            for (int i = 0; i < of.partitions(); i++) {
                places.add(SubscriptionDescription.Place.of(of.partition(i), entries[2 * i], entries[2 * i + 1]));
            }
        }
        return new SubscriptionDescription(
            of.name(), name, uses.isSubscribed(of.name(), name), places);
    }

    void delete(final Stream of, final String name) {
        checkExists(of, name);
        final Runnable release = uses.subscription(of.name(), name);
        try {
            streamFiles.deletePositions(of.name(), name);
            mirror.update(of.config());
        } finally {
            release.run();
        }
    }

    private void checkExists(final Stream stream, final String subscription) {
        final List<String> names = streamFiles.subscriptionNames(stream.name());
        if (!names.contains(subscription)) {
            throw new ConfigurationException("stream " + stream.name() + " has no subscription '" + subscription
                + "'; it has: " + names);
        }
    }

    /**
     * A subscription may have committed a place that a power cut then took from the log. It goes on at the log's end:
     * later, its place would lie in the middle of a new record.
     */
    void pullBack(final Stream stream) {
        for (final Path file : streamFiles.positionsFiles(stream.name())) {
            if (files.fence().isTakeOver()) {
                streamFiles.replacePositions(file);
            }
            PositionFile.pullBack(files, file, stream);
        }
    }

    /** Commits for those who wait, and expels members that are dead. */
    int doWork() {
        int work = groups.doWork();
        for (final PositionCommits commits : openCommits) {
            work += commits.doWork();
        }
        return work;
    }

    @Override
    public void close() {
        groups.close();
    }
}
