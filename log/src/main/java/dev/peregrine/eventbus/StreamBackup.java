/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.DataDirectoryLock;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.InspectionReport;
import dev.peregrine.log.LogInspector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the streams of a bus that is in use to a directory, and back into an empty one. A copy has its name only when it
 * is whole and on the disk; of one that fails nothing stays.
 */
final class StreamBackup {
    private static final Logger LOG = LoggerFactory.getLogger(StreamBackup.class);
    private static final String PARTIAL = ".partial";
    private static final String SUBSCRIPTIONS = "subscriptions";
    private static final String PARTITION = "partition-";
    private static final int ATTEMPTS = 10;
    private static final int BLOCK = 1 << 20;

    private final FilesFacade files;
    private final LongConsumer copied;

    StreamBackup(final FilesFacade files, final LongConsumer copied) {
        this.files = files;
        this.copied = copied;
    }

    /** Copies the streams; the target must not exist. */
    void backup(final Path directory, final Iterable<Stream> streams, final Path target) {
        publish(target, partial -> {
            for (final Stream stream : streams) {
                final Path home = partial.resolve(stream.name());
                copySettings(directory.resolve(stream.name()), home);
                // before the records, so that no position lies behind them
                copyPositions(directory.resolve(stream.name()).resolve(SUBSCRIPTIONS), home, stream.partitions());
                for (int i = 0; i < stream.partitions(); i++) {
                    stream.partition(i).backup(home.resolve(PARTITION + i), copied);
                }
                forceDirectories(home);
            }
        });
    }

    /**
     * Copies a backup to where a bus is to be opened, which must not exist or be empty, and reads every frame of the copy.
     *
     * @return the number of records.
     */
    long restore(final Path backup, final Path directory) {
        if (!Files.isDirectory(backup)) {
            throw new ConfigurationException("there is no backup " + backup);
        }
        final List<Path> streams = streamsOf(backup);
        try {
            if (Files.isDirectory(directory) && isEmpty(directory)) {
                files.delete(directory);
            }
        } catch (final IOException e) {
            throw new StorageException("cannot read " + directory + ": " + e.getMessage(), e);
        }
        final LongAdder records = new LongAdder();
        publish(directory, partial -> {
            for (final Path stream : streams) {
                copyTree(stream, partial.resolve(stream.getFileName()));
            }
            records.add(verify(partial, backup));
        });
        return records.sum();
    }

    /** Number of records in a copy; a defect is named as one of the original. */
    private long verify(final Path copy, final Path original) throws IOException {
        final List<Path> partitions;
        try (java.util.stream.Stream<Path> found = Files.walk(copy)) {
            partitions = found.filter(each -> Files.isDirectory(each) && LogInspector.isPartition(files, each)).toList();
        }
        long records = 0;
        for (final Path partition : partitions) {
            final InspectionReport report = LogInspector.inspect(files, partition, frame -> { });
            if (!report.defects().isEmpty()) {
                final InspectionReport.Defect defect = report.defects().get(0);
                throw new CorruptDataException(original.resolve(copy.relativize(defect.file()).toString()) + ", position "
                    + defect.position() + ": " + defect.problem() + "; the backup is damaged: verify it, take another one");
            }
            records += report.records();
        }
        return records;
    }

    /** Beside them a backup may hold only what a repair has left. */
    private static List<Path> streamsOf(final Path backup) {
        try (java.util.stream.Stream<Path> found = Files.list(backup)) {
            final List<Path> streams = found.filter(each -> !each.getFileName().toString().startsWith(".")
                && !DataDirectoryLock.isOwn(each)).sorted().toList();
            if (streams.isEmpty() || !streams.stream().allMatch(each -> Files.exists(each.resolve("stream.conf")))) {
                throw new ConfigurationException(
                    backup + " is no backup: it must hold streams, each with a stream.conf, and nothing else");
            }
            return streams;
        } catch (final IOException e) {
            throw new StorageException("cannot read " + backup + ": " + e.getMessage(), e);
        }
    }

    /** What fills a directory that has not its name yet. */
    @FunctionalInterface
    private interface Filler {
        void fill(Path partial) throws IOException;
    }

    private void publish(final Path target, final Filler filler) {
        if (Files.exists(target)) {
            throw new ConfigurationException(target + " exists: name a directory that does not, or remove it");
        }
        final Path partial = target.resolveSibling(target.getFileName() + PARTIAL);
        boolean whole = false;
        try {
            deleteTree(partial); // of a backup that was killed
            files.createDirectories(partial);
            filler.fill(partial);
            files.forceDirectory(partial);
            files.rename(partial, target);
            whole = true;
            files.forceDirectory(target.toAbsolutePath().getParent());
        } catch (final IOException e) {
            throw new StorageException("cannot copy to " + target + ": " + e.getMessage(), e);
        } finally {
            if (!whole) {
                discard(partial);
            }
        }
    }

    private void discard(final Path partial) {
        try {
            deleteTree(partial);
        } catch (final IOException e) {
            LOG.warn("what was copied is still in {}: {}", partial, e.getMessage()); // the next copy deletes it
        }
    }

    private static boolean isEmpty(final Path directory) throws IOException {
        try (java.util.stream.Stream<Path> found = Files.list(directory)) {
            return found.findAny().isEmpty();
        }
    }

    /** Everything of a stream but its partitions and subscriptions. */
    private void copySettings(final Path from, final Path home) throws IOException {
        files.createDirectories(home);
        try (java.util.stream.Stream<Path> found = Files.list(from)) {
            for (final Path each : found.sorted().toList()) {
                final String name = each.getFileName().toString();
                if (Files.isDirectory(each) && !name.equals(SUBSCRIPTIONS) && !name.startsWith(PARTITION)) {
                    copyTree(each, home.resolve(name));
                } else if (Files.isRegularFile(each)) {
                    copy(each, home.resolve(name));
                }
            }
        }
    }

    /** The files are mapped by whoever commits positions: a copy taken in the middle of two commits is taken again. */
    private void copyPositions(final Path from, final Path home, final int partitions) throws IOException {
        for (final Path file : files.list(from)) {
            final Path to = home.resolve(SUBSCRIPTIONS).resolve(file.getFileName());
            files.createDirectories(to.getParent());
            CorruptDataException torn = null;
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                copy(file, to);
                torn = damage(to, partitions);
                if (torn == null) {
                    break;
                }
            }
            if (torn != null) {
                throw torn;
            }
        }
    }

    private CorruptDataException damage(final Path file, final int partitions) {
        if (!file.toString().endsWith(".pos")) {
            return null;
        }
        try (PositionFile read = new PositionFile(files, file, partitions)) {
            return read.snapshot().length > 0 ? null : new CorruptDataException(file + " is empty");
        } catch (final CorruptDataException e) {
            return e;
        }
    }

    private void copyTree(final Path from, final Path to) throws IOException {
        final List<Path> found;
        try (java.util.stream.Stream<Path> walk = Files.walk(from)) {
            found = walk.sorted().toList();
        }
        for (final Path each : found) {
            final Path copy = to.resolve(from.relativize(each).toString());
            if (Files.isDirectory(each)) {
                files.createDirectories(copy);
            } else {
                copy(each, copy);
                copied.accept(Files.size(copy));
            }
        }
        forceDirectories(to);
    }

    private void forceDirectories(final Path root) throws IOException {
        try (java.util.stream.Stream<Path> found = Files.walk(root)) {
            for (final Path each : found.filter(Files::isDirectory).toList()) {
                files.forceDirectory(each);
            }
        }
    }

    private void copy(final Path from, final Path to) throws IOException {
        files.delete(to);
        try (FileChannel source = files.openRead(from); FileChannel copy = files.openReadWrite(to)) {
            final ByteBuffer block = ByteBuffer.allocate((int) Math.min(BLOCK, Math.max(1, source.size())));
            while (source.read(block) >= 0) {
                block.flip();
                while (block.hasRemaining()) {
                    copy.write(block);
                }
                block.clear();
            }
            files.force(copy);
        }
    }

    private void deleteTree(final Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (java.util.stream.Stream<Path> found = Files.walk(root)) {
            for (final Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                files.delete(path);
            }
        }
    }
}
