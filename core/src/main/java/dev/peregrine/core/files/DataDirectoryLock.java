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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Holds a data directory for this process: one writer process at a time. The system frees it if the process dies. */
public final class DataDirectoryLock implements AutoCloseable {
    /** Name of the lock file; it also tells that a directory is one of ours. */
    public static final String FILE = "peregrine.lock";

    /**
     * Directories held by this process. Asked before the file is opened again: closing a second channel on it would drop
     * the system's lock, which belongs to the whole process.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    private static final int LONGEST_PID = 32;

    private final Path home;
    private final FileChannel channel;
    /** Kept reachable: the channel itself refers to its locks weakly. */
    private final FileLock lock;

    private DataDirectoryLock(final Path home, final FileChannel channel, final FileLock lock) {
        this.home = home;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Takes the lock, creating the directory if need be.
     *
     * @throws DataDirectoryInUseException if another process, or this one, holds it.
     * @throws StorageException if the directory cannot be created or written.
     */
    public static DataDirectoryLock take(final FilesFacade files, final Path directory) {
        try {
            files.createDirectories(directory);
            final Path home = directory.toRealPath();
            if (!HELD.add(home)) {
                throw inUse(directory, Long.toString(ProcessHandle.current().pid()));
            }
            boolean taken = false;
            try {
                final DataDirectoryLock lock = lock(files, directory, home);
                taken = true;
                return lock;
            } finally {
                if (!taken) {
                    HELD.remove(home);
                }
            }
        } catch (final IOException e) {
            throw new StorageException("cannot write to data directory " + directory + ": " + describe(e)
                + "; choose another with --data-dir or peregrine.data-dir, or mend its permissions", e);
        }
    }

    private static DataDirectoryLock lock(final FilesFacade files, final Path directory, final Path home)
        throws IOException {
        final FileChannel channel = files.openReadWrite(home.resolve(FILE));
        boolean taken = false;
        try {
            final FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(directory, pidIn(channel));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(
                (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
            taken = true;
            return new DataDirectoryLock(home, channel, lock);
        } catch (final OverlappingFileLockException e) {
            throw inUse(directory, pidIn(channel)); // another class loader of this process
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    private static String describe(final IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
    }

    private static String pidIn(final FileChannel channel) {
        final ByteBuffer content = ByteBuffer.allocate(LONGEST_PID);
        try {
            channel.read(content, 0);
        } catch (final IOException e) {
            return "";
        }
        return new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII).trim();
    }

    private static DataDirectoryInUseException inUse(final Path directory, final String pid) {
        return new DataDirectoryInUseException("data directory " + directory + " is in use by process "
            + (pid.isEmpty() ? "?" : pid) + ": stop it first, or choose another directory");
    }

    /** Whether a directory has been a data directory. */
    public static boolean isDataDirectory(final Path directory) {
        return Files.exists(directory.resolve(FILE));
    }

    /** Gives the directory free. Closing again does nothing. */
    @Override
    public synchronized void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            lock.release();
            channel.close();
        } catch (final IOException e) {
            throw new StorageException("cannot release the data directory: " + e.getMessage(), e);
        } finally {
            HELD.remove(home);
        }
    }
}
