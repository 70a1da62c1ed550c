/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.topology.internal.CommitLog;
import dev.peregrine.topology.internal.MeasuredCosts;
import dev.peregrine.topology.internal.TopologyRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The directories of topologies' logs: {@code topologies/NAME}; beside each {@code NAME.costs}, what its last run has
 * measured. A directory is replaced as a whole by way of two names that begin with a dot: the new one is complete and on
 * disk before the old one is moved away, so a crash leaves the old or the new.
 */
final class TopologyLogs {
    private static final int SEGMENT_LENGTH = 16 << 20;
    private static final String NEW = ".new";
    private static final String OLD = ".old";

    private final FilesFacade files;
    private final Path home;

    TopologyLogs(final FilesFacade files, final Path home) {
        this.files = files;
        this.home = home;
        try {
            files.createDirectories(home);
            finishReplacements();
        } catch (final IOException e) {
            throw new StorageException("cannot read " + home + ": " + e.getMessage(), e);
        }
    }

    private void finishReplacements() throws IOException {
        for (final Path path : directories(home)) {
            final String name = path.getFileName().toString();
            if (name.startsWith(".") && name.endsWith(OLD)) {
                final Path incoming = home.resolve(name.substring(0, name.length() - OLD.length()) + NEW);
                final Path place = home.resolve(name.substring(1, name.length() - OLD.length()));
                if (!exists(place)) {
                    files.rename(exists(incoming) ? incoming : path, place);
                }
            }
        }
        for (final Path path : directories(home)) {
            if (path.getFileName().toString().startsWith(".")) {
                delete(path);
            }
        }
    }

    private static boolean exists(final Path path) {
        return Files.isDirectory(path);
    }

    /** The directories in a directory, which need not be there. */
    static List<Path> directories(final Path home) throws IOException {
        if (!Files.isDirectory(home)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(home)) {
            return found.filter(Files::isDirectory).sorted().toList();
        }
    }

    private void delete(final Path directory) throws IOException {
        for (final Path file : files.list(directory)) {
            files.delete(file);
        }
        files.delete(directory);
    }

    /** The last committed epoch of each topology by its producer id. */
    Map<Long, Long> committedEpochs() {
        final Map<Long, Long> committed = new HashMap<>();
        try {
            for (final Path path : directories(home)) {
                final String name = path.getFileName().toString();
                try (PartitionLog log = open(name)) {
                    committed.put(TopologyRuntime.topologyId(name), CommitLog.lastCommittedEpoch(log));
                }
            }
        } catch (final IOException e) {
            throw new StorageException("cannot read " + home + ": " + e.getMessage(), e);
        }
        return committed;
    }

    private static Path costs(final Path home, final String name) {
        return home.resolve(name + ".costs");
    }

    /** What a topology's last run has measured; nothing if the file is not there or cannot be read: it is a hint. */
    MeasuredCosts measured(final String name) {
        return measured(home, name);
    }

    /** As {@link #measured(String)}, of a directory that need not be there. */
    static MeasuredCosts measured(final Path home, final String name) {
        try {
            final Path file = costs(home, name);
            return Files.isRegularFile(file) ? MeasuredCosts.parse(Files.readString(file)) : MeasuredCosts.NONE;
        } catch (final IOException e) {
            return MeasuredCosts.NONE;
        }
    }

    /** Keeps what a run has measured, if it has, and if it can be written. */
    void measured(final String name, final MeasuredCosts value) {
        try {
            if (!value.isEmpty()) {
                files.writeAtomically(costs(home, name), value.format().getBytes(StandardCharsets.UTF_8));
            }
        } catch (final IOException | PeregrineException e) {
            // a full disk, or another process has taken over: the next run goes by an older hint
        }
    }

    PartitionLog open(final String name) {
        return open(home.resolve(name), name);
    }

    private PartitionLog open(final Path directory, final String name) {
        return PartitionLog.open(PartitionConfig.of(directory, "topology " + name)
            .withSegmentLength(SEGMENT_LENGTH).withFiles(files));
    }

    /** Puts files into a new directory. */
    @FunctionalInterface
    interface Filler {
        void fill(Path directory) throws IOException;
    }

    /**
     * Replaces a topology's log, which must not be open. Epochs of the new one are numbered behind those of the old, since
     * tables tell what counts by them.
     *
     * @param filler puts the new log's files into an empty directory; none leaves the topology without a past.
     */
    void replace(final String name, final Filler filler) {
        final Path place = home.resolve(name);
        final Path incoming = home.resolve("." + name + NEW);
        final Path outgoing = home.resolve("." + name + OLD);
        try {
            final long floor;
            try (PartitionLog old = open(name)) {
                floor = CommitLog.lastCommittedEpoch(old);
            }
            files.createDirectories(incoming);
            filler.fill(incoming);
            try (PartitionLog log = open(incoming, name)) {
                CommitLog.lift(log, TopologyRuntime.topologyId(name), floor);
                log.force();
            }
            files.forceDirectory(incoming);
            files.rename(place, outgoing);
            files.rename(incoming, place);
            files.forceDirectory(home);
            delete(outgoing);
        } catch (final IOException e) {
            throw new StorageException("cannot replace the log of topology " + name + ": " + e.getMessage(), e);
        }
    }
}
