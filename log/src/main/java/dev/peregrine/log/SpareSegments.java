/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/**
 * Files of truncated segments that become the next ones. Their blocks are allocated and their pages lie in memory, so that
 * making a segment of one costs a fraction of making a new file: the system need not find, clear and later free its memory.
 *
 * <p>Who was in a truncated segment may stay in it, so a file is used again only when nobody can be: no publisher or reader
 * of this log has it mapped (the caller has seen to that), no reader without the writer's knowledge is there
 * ({@link ReaderPresence}), no backup has linked it, and it was made by this writer and not by one that was fenced since.
 * All that is asked after the file has lost its name, when nobody can find it any more.
 *
 * <p>Not thread-safe.
 */
final class SpareSegments {
    /** As many as are allocated ahead: each truncated segment makes room for one. */
    private static final int MOST = 2;

    private final PartitionConfig config;
    private final ArrayDeque<Path> spares = new ArrayDeque<>();
    /** Base positions of the segments that this process has made. */
    private final Set<Long> made = new HashSet<>();

    SpareSegments(final PartitionConfig config) {
        this.config = config;
    }

    /** A segment was made. */
    void made(final long base) {
        made.add(base);
    }

    /** A segment is gone, and its file is not to be used again. */
    void forget(final long base) {
        made.remove(base);
    }

    /** Deletes the file of a truncated segment that nobody of this log has mapped, or keeps it. */
    void keepOrDelete(final long base, final Path file) throws IOException {
        if (!made.remove(base) || spares.size() >= MOST || config.mirror() != null) {
            config.files().delete(file);
            return;
        }
        final Path spare = file.resolveSibling(file.getFileName() + SegmentDescriptor.SPARE_ENDING);
        config.files().rename(file, spare);
        if (ReaderPresence.isNobodyIn(config.directory()) && hasOneName(spare)) {
            spares.add(spare);
        } else {
            config.files().delete(spare);
        }
    }

    private static boolean hasOneName(final Path file) throws IOException {
        try {
            return Integer.valueOf(1).equals(Files.getAttribute(file, "unix:nlink"));
        } catch (final UnsupportedOperationException | IllegalArgumentException e) {
            return false; // this file system does not tell
        }
    }

    /** A file that the next segment can be made of, which is no longer kept here; null if there is none. */
    Path take() {
        return spares.poll();
    }

    /** Deletes all of them. */
    void deleteAll() throws IOException {
        for (Path spare = spares.poll(); spare != null; spare = spares.poll()) {
            config.files().delete(spare);
        }
    }
}
