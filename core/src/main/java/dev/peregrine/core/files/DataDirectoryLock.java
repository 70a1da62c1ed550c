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
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Holds a data directory for this process: one writer process at a time. The system frees it if the process dies.
 *
 * <p><b>Taking over.</b> A process that hangs, was stopped, or holds the lock on a disk that others share too keeps it.
 * {@link #takeOver} makes this process the writer all the same: it raises the epoch, which fails the next commit of the old
 * writer, and removes the door through which the old writer reaches its files (see {@link #files}). What opens files with
 * {@link WriterFence#isTakeOver} replaces those that the old writer may have mapped by copies, so that no later store of it
 * reaches a file that has a name. Until {@link #opened} says that this is done, the lock file says that it is not, and
 * whoever locks the directory next, should this process die meanwhile, takes it over once more.
 *
 * <p>Two processes on two machines over one disk do not share memory: there the old writer learns of the epoch when the
 * file system tells it, and until then it acknowledges records that nobody will see. Its files are out of its reach there
 * too, as far as that file system resolves paths alike on both.
 */
public final class DataDirectoryLock implements AutoCloseable {
    /** Name of the lock file; it also tells that a directory is one of ours. */
    public static final String FILE = "peregrine.lock";

    /**
     * Directories held by this process. Asked before the file is opened again: closing a second channel on it would drop
     * the system's lock, which belongs to the whole process.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    private static final int LONGEST_CONTENT = 64;
    /** Behind the process id as long as the writer before may still have files mapped that have their names. */
    private static final String TAKING_OVER = "taking over";
    /** How long a take-over waits for what the old writer had already begun. */
    static final long GRACE_NS = 50_000_000;

    private final Path home;
    private final FileChannel channel;
    /** Kept reachable: the channel itself refers to its locks weakly. */
    private final FileLock lock;
    private final FencedFiles files;

    private DataDirectoryLock(
        final Path home, final FileChannel channel, final FileLock lock, final FencedFiles files) {
        this.home = home;
        this.channel = channel;
        this.lock = lock;
        this.files = files;
    }

    /**
     * Takes the lock, creating the directory if need be.
     *
     * @throws DataDirectoryInUseException if another process, or this one, holds it.
     * @throws StorageException if the directory cannot be created or written.
     */
    public static DataDirectoryLock take(final FilesFacade files, final Path directory) {
        return take(files, directory, false);
    }

    /**
     * Takes the directory from the process that holds it, if one does. Only for a writer that cannot be stopped: it loses
     * what it has not yet acknowledged.
     *
     * @throws DataDirectoryInUseException if this process itself holds it.
     * @throws StorageException if the directory cannot be created or written.
     */
    public static DataDirectoryLock takeOver(final FilesFacade files, final Path directory) {
        return take(files, directory, true);
    }

    private static DataDirectoryLock take(final FilesFacade files, final Path directory, final boolean takeOver) {
        try {
            files.createDirectories(directory);
            final Path home = directory.toRealPath();
            if (!HELD.add(home)) {
                throw inUse(directory, Long.toString(ProcessHandle.current().pid()));
            }
            boolean taken = false;
            try {
                final DataDirectoryLock lock = takeOver
                    ? lockNew(files, directory, home) : lock(files, directory, home);
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
        final Path file = home.resolve(FILE);
        while (true) {
            final Object before = Files.exists(file) ? identity(file) : null;
            final FileChannel channel = files.openReadWrite(file);
            boolean taken = false;
            try {
                final FileLock lock = channel.tryLock();
                if (lock == null) {
                    throw inUse(directory, pidIn(channel));
                }
                if (identity(file).equals(before)) { // else it was just made, or a take-over has put another in its place
                    final boolean unfinished = contentOf(channel).contains(TAKING_OVER);
                    write(channel, unfinished);
                    final DataDirectoryLock held = hold(files, directory, home, channel, lock, unfinished);
                    taken = true;
                    return held;
                }
            } catch (final OverlappingFileLockException e) {
                throw inUse(directory, pidIn(channel)); // another class loader of this process
            } finally {
                if (!taken) {
                    channel.close();
                }
            }
        }
    }

    /** The old writer may hold the old file's lock for ever, so a new file takes its place. */
    private static DataDirectoryLock lockNew(final FilesFacade files, final Path directory, final Path home)
        throws IOException {
        final Path building = home.resolve(FILE + "." + ProcessHandle.current().pid());
        files.delete(building);
        final FileChannel channel = files.openReadWrite(building);
        boolean taken = false;
        try {
            final FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(directory, pidIn(channel));
            }
            write(channel, true);
            final Object identity = identity(building);
            files.rename(building, home.resolve(FILE));
            final DataDirectoryLock held = hold(files, directory, home, channel, lock, true);
            if (!identity(home.resolve(FILE)).equals(identity)) { // after the epoch: a later one fences this
                WriterEpoch.close(held.files);
                throw inUse(directory, "that has just taken it over too");
            }
            taken = true;
            return held;
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    private static DataDirectoryLock hold(
        final FilesFacade files, final Path directory, final Path home, final FileChannel channel,
        final FileLock lock, final boolean takeOver) throws IOException {
        final FencedFiles fenced = new WriterEpoch(files, directory, home).raise(takeOver);
        if (takeOver) {
            awaitGrace();
        }
        return new DataDirectoryLock(home, channel, lock, fenced);
    }

    /** At no moment it looks as if a take-over were done that is not. */
    private static void write(final FileChannel channel, final boolean takingOver) throws IOException {
        final String content = ProcessHandle.current().pid() + "\n" + (takingOver ? TAKING_OVER + "\n" : "");
        channel.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII)), 0);
        channel.truncate(content.length());
    }

    private static Object identity(final Path file) throws IOException {
        final Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file : key; // this system does not number its files
    }

    static void awaitGrace() {
        final long deadline = System.nanoTime() + GRACE_NS;
        while (System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(GRACE_NS);
        }
    }

    /** The files of the directory, as long as nobody takes it over: every file that is written goes through this. */
    public FilesFacade files() {
        return files;
    }

    /**
     * Everything in the directory has been opened with {@link #files}, so the writer before has nothing mapped any more
     * that this one uses.
     */
    public synchronized void opened() {
        try {
            if (files.fence().isTakeOver() && channel.isOpen() && !files.fence().isRaised()) {
                write(channel, false);
            }
        } catch (final IOException e) {
            throw new StorageException("cannot write to the lock of data directory " + home + ": " + describe(e), e);
        }
    }

    private static String describe(final IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
    }

    private static String pidIn(final FileChannel channel) {
        try {
            return contentOf(channel).lines().findFirst().orElse("");
        } catch (final IOException e) {
            return "";
        }
    }

    private static String contentOf(final FileChannel channel) throws IOException {
        final ByteBuffer content = ByteBuffer.allocate(LONGEST_CONTENT);
        channel.read(content, 0);
        return new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII).trim();
    }

    private static DataDirectoryInUseException inUse(final Path directory, final String pid) {
        return new DataDirectoryInUseException("data directory " + directory + " is in use by process "
            + (pid.isEmpty() ? "?" : pid) + ": stop it first, or choose another directory (from one that hangs,"
            + " 'peregrine run --take-over' takes it)");
    }

    /** Whether a directory has been a data directory. */
    public static boolean isDataDirectory(final Path directory) {
        return Files.exists(directory.resolve(FILE));
    }

    /**
     * Closes, and takes away what made the directory a data directory if nothing else is in it: for one that was only just
     * made, and in vain.
     *
     * @param directoryToo whether the directory goes too.
     */
    public synchronized void abandon(final boolean directoryToo) {
        try {
            if (holdsNothingElse()) {
                files.delete(home.resolve(WriterEpochDescriptor.FILE));
                files.delete(home.resolve(FILE)); // while it is locked: nobody else's is deleted
            }
            close();
            if (directoryToo && FilesFacade.SYSTEM.list(home).isEmpty()) {
                Files.deleteIfExists(home);
            }
        } catch (final IOException e) {
            throw new StorageException("cannot delete the data directory " + home + ": " + describe(e), e);
        } finally {
            close();
        }
    }

    private boolean holdsNothingElse() throws IOException {
        return files.list(home).stream().allMatch(DataDirectoryLock::isOwn);
    }

    /** Whether a file is none of what a directory holds, but there because somebody has had it for himself. */
    public static boolean isOwn(final Path file) {
        final String name = file.getFileName().toString();
        return name.equals(FILE) || name.equals(WriterEpochDescriptor.FILE)
            || name.startsWith(WriterEpochDescriptor.LINK_PREFIX);
    }

    /** Gives the directory free. Closing again does nothing. */
    @Override
    public synchronized void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            WriterEpoch.close(files);
            lock.release();
            channel.close();
        } catch (final IOException e) {
            throw new StorageException("cannot release the data directory: " + e.getMessage(), e);
        } finally {
            HELD.remove(home);
        }
    }
}
