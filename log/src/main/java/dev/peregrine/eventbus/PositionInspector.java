/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.InspectionReport.Defect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Looks into the files that hold the places of subscriptions, beside those who use them too, and takes damaged ones out.
 * Stateless.
 *
 * <p>Of the two copies in such a file one may fail its checksum: a kill in the middle of a commit leaves that. Then the
 * other counts, and some records come again.
 */
public final class PositionInspector {
    private static final String ENDING = ".pos";
    private static final String TAKEN_OUT = ".torn";
    private static final String PARTITION = "partition-\\d+";
    /** Commits change one copy after the other while the file is read. */
    private static final int ATTEMPTS = 100;

    private PositionInspector() {
    }

    /** The files anywhere under a directory, sorted. */
    public static List<Path> filesIn(final Path directory) throws IOException {
        try (java.util.stream.Stream<Path> found = Files.walk(directory)) {
            return found.filter(file -> file.toString().endsWith(ENDING) && Files.isRegularFile(file)).sorted().toList();
        }
    }

    /**
     * Reads a file.
     *
     * @return what is wrong with it, at which byte; null if nothing is, or it has just been deleted.
     * @throws StorageException if it cannot be read.
     */
    public static Defect inspect(final Path file) {
        try {
            Defect defect = null;
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                defect = defect(file, Files.readAllBytes(file));
                if (defect == null) {
                    return null;
                }
            }
            return defect;
        } catch (final NoSuchFileException e) {
            return null;
        } catch (final IOException e) {
            throw new StorageException("cannot read subscription file " + file + ": " + e.getMessage(), e);
        }
    }

    private static Defect defect(final Path file, final byte[] bytes) throws IOException {
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        if (bytes.length < PositionDescriptor.COPIES_OFFSET) {
            return defect(file, bytes.length, "it is shorter than a header");
        }
        if (buffer.getLong(PositionDescriptor.MAGIC_OFFSET) != PositionDescriptor.MAGIC) {
            return defect(file, PositionDescriptor.MAGIC_OFFSET, "it does not begin as such a file does");
        }
        if (buffer.getInt(PositionDescriptor.FORMAT_OFFSET) != PositionDescriptor.FORMAT) {
            return defect(file, PositionDescriptor.FORMAT_OFFSET,
                "it has format " + buffer.getInt(PositionDescriptor.FORMAT_OFFSET));
        }
        final int partitions = buffer.getInt(PositionDescriptor.PARTITIONS_OFFSET);
        final int expected = partitionsBeside(file);
        if (partitions < 1 || expected > 0 && partitions != expected
            || partitions > bytes.length / PositionDescriptor.ENTRY_LENGTH) {
            return defect(file, PositionDescriptor.PARTITIONS_OFFSET, "it is of a stream of " + partitions + " partitions"
                + (expected > 0 ? ", and not of " + expected : ""));
        }
        if (bytes.length != PositionDescriptor.fileLength(partitions)) {
            return defect(file, bytes.length, "it ends there, and not at " + PositionDescriptor.fileLength(partitions));
        }
        return PositionFile.latestValid(buffer, partitions) > 0 ? null
            : defect(file, PositionDescriptor.COPIES_OFFSET, "neither of its two copies passes its checksum");
    }

    private static Defect defect(final Path file, final long offset, final String problem) {
        return new Defect(file, offset, -1, "the places of a subscription cannot be told: " + problem
            + "; without the file it starts at the beginning of the stream");
    }

    /** Partitions of the stream that the file lies in; 0 if it lies elsewhere. */
    private static int partitionsBeside(final Path file) throws IOException {
        try (java.util.stream.Stream<Path> found = Files.list(file.toAbsolutePath().getParent().getParent())) {
            return (int) found.filter(each -> each.getFileName().toString().matches(PARTITION)).count();
        }
    }

    /**
     * Renames a damaged file, so that its subscription starts at the beginning of the stream. Nobody may have it open.
     *
     * @return what was done, in one line; null if the file is whole.
     * @throws StorageException if it cannot be read or renamed.
     */
    public static String repair(final FilesFacade files, final Path file) {
        if (inspect(file) == null) {
            return null;
        }
        Path taken = file.resolveSibling(file.getFileName() + TAKEN_OUT);
        for (int i = 2; Files.exists(taken); i++) {
            taken = file.resolveSibling(file.getFileName() + "-" + i + TAKEN_OUT);
        }
        try {
            files.rename(file, taken);
            files.forceDirectory(file.toAbsolutePath().getParent());
        } catch (final IOException e) {
            throw new StorageException("cannot rename subscription file " + file + ": " + e.getMessage(), e);
        }
        return file + " is " + taken.getFileName() + " now: the subscription starts at the beginning of the stream";
    }
}
