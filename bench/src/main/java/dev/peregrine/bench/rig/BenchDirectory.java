/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.IoUtil;

/** Fresh directories for benchmarks, under the one that system property {@value #PROPERTY} names. */
public final class BenchDirectory {
    /** Where to put data; java.io.tmpdir if it is not set. */
    public static final String PROPERTY = "peregrine.bench.dir";

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private BenchDirectory() {
    }

    /** Makes a directory that is nobody else's. */
    public static Path create(final String name) {
        return create(root(), name);
    }

    /** The same in shared memory, for what a peer keeps there; on disk where there is no shared memory. */
    public static Path createShared(final String name) {
        return create(Files.isWritable(SHARED_MEMORY) ? shared(root()) : root(), name);
    }

    /** Where {@link #createShared} puts what belongs to a directory of benchmarks. */
    public static Path shared(final Path root) {
        return SHARED_MEMORY.resolve("peregrine-" + root.getFileName());
    }

    private static Path root() {
        return Path.of(System.getProperty(PROPERTY, System.getProperty("java.io.tmpdir")));
    }

    private static Path create(final Path parent, final String name) {
        try {
            return Files.createTempDirectory(Files.createDirectories(parent), "peregrine-bench-" + name + "-");
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a directory and all that is in it. */
    public static void delete(final Path directory) {
        final File file = directory.toFile();
        if (file.exists()) {
            IoUtil.delete(file, false);
        }
    }
}
