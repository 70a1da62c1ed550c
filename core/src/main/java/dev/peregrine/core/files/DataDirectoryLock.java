/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import dev.peregrine.core.error.DataDirectoryInUseException;
import dev.peregrine.core.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Holds a data directory for this process: one writer process at a time. The system frees it if the process dies. */
public final class DataDirectoryLock implements AutoCloseable {
    /** Name of the lock file; it also tells that a directory is one of ours. */
    public static final String FILE = "peregrine.lock";

    private final FileChannel channel;

    private DataDirectoryLock(final FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock, creating the directory if need be.
     *
     * @throws DataDirectoryInUseException if another process, or this one, holds it.
     * @throws StorageException if the directory cannot be created or written.
     */
    public static DataDirectoryLock take(final FilesFacade files, final Path directory) {
        final Path file = directory.resolve(FILE);
        FileChannel channel = null;
        try {
            files.createDirectories(directory);
            channel = files.openReadWrite(file);
            final FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(channel, directory);
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(
                (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
            return new DataDirectoryLock(channel);
        } catch (final OverlappingFileLockException e) {
            final DataDirectoryInUseException failure = inUse(channel, directory);
            throw failure;
        } catch (final IOException e) {
            throw new StorageException("cannot write to data directory " + directory + ": " + describe(e)
                + "; choose another with --data-dir or peregrine.data-dir, or mend its permissions", e);
        }
    }

    private static String describe(final IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
    }

    private static DataDirectoryInUseException inUse(final FileChannel channel, final Path directory) {
        String pid = "";
        try (channel) {
            final ByteBuffer content = ByteBuffer.allocate(32);
            channel.read(content, 0);
            pid = new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII).trim();
        } catch (final IOException e) {
            pid = "";
        }
        return new DataDirectoryInUseException("data directory " + directory + " is in use by process "
            + (pid.isEmpty() ? "?" : pid) + ": stop it first, or choose another directory");
    }

    /** Whether a directory has been a data directory. */
    public static boolean isDataDirectory(final Path directory) {
        return Files.exists(directory.resolve(FILE));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (final IOException e) {
            throw new StorageException("cannot release the data directory: " + e.getMessage(), e);
        }
    }
}
