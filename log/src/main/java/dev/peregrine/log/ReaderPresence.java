/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.Uninterrupted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import org.agrona.CloseHelper;

/**
 * Tells the writer of a partition whether others read its files without its knowledge: each who opens it for reading only
 * holds a shared lock on the file {@value #FILE_NAME}, which the writer has made. The lock goes with its process.
 *
 * <p>The operating system gives a lock up when a process closes any channel of the file, and the JVM refuses a second
 * lock, so all channels of a JVM are kept here. Thread-safe.
 */
final class ReaderPresence {
    static final String FILE_NAME = "readers.lock";

    /** By the file's identity, which all its names share, and a file that was made anew does not; guarded by the class. */
    private static final Map<Object, ReaderPresence> PRESENT = new HashMap<>();

    private final Object identity;
    private final FileChannel channel;
    /** Guarded by the class. */
    private int readers;

    private ReaderPresence(final Object identity, final FileChannel channel) {
        this.identity = identity;
        this.channel = channel;
    }

    private static Path fileIn(final Path directory) {
        return directory.toAbsolutePath().normalize().resolve(FILE_NAME);
    }

    private static Object identity(final Path file) throws IOException {
        final Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file.toRealPath() : key; // this system does not number its files
    }

    /** Makes the file, before the writer makes anything that it may use again. */
    static void prepare(final FilesFacade files, final Path directory) throws IOException {
        final Path file = fileIn(directory);
        if (!Files.exists(file)) {
            files.openReadWrite(file).close();
        }
    }

    /**
     * Enters a reader, before it opens any segment.
     *
     * @return what is to be left again; null where no writer has made the file: then none uses segments again.
     */
    static synchronized ReaderPresence enter(final Path directory) {
        final Path file = fileIn(directory);
        try {
            while (true) {
                final Object identity = identity(file);
                ReaderPresence presence = PRESENT.get(identity);
                if (presence == null) {
                    presence = Uninterrupted.run(() -> lock(file, identity));
                    if (presence == null) {
                        continue; // the directory was made anew meanwhile
                    }
                    PRESENT.put(identity, presence);
                }
                presence.readers++;
                return presence;
            }
        } catch (final NoSuchFileException e) {
            return null;
        } catch (final IOException e) {
            throw new StorageException("cannot enter as a reader in " + file + ": " + e.getMessage()
                + "; the file system must have locks", e);
        }
    }

    /** Null if the file is no longer the one of that identity. */
    private static ReaderPresence lock(final Path file, final Object identity) throws IOException {
        final FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        boolean entered = false;
        try {
            channel.lock(0, Long.MAX_VALUE, true); // until the channel is closed; a writer holds it for a moment only
            entered = identity(file).equals(identity);
            return entered ? new ReaderPresence(identity, channel) : null;
        } finally {
            if (!entered) {
                CloseHelper.quietClose(channel);
            }
        }
    }

    /** The reader has given back all that it had open. */
    void leave() {
        synchronized (ReaderPresence.class) {
            readers--;
            if (readers == 0) {
                PRESENT.remove(identity);
                CloseHelper.quietClose(channel);
            }
        }
    }

    /** Whether nobody has entered; who enters later finds only the names that are there then. */
    static synchronized boolean isNobodyIn(final Path directory) throws IOException {
        final Path file = fileIn(directory);
        try {
            return !PRESENT.containsKey(identity(file)) && isFree(file);
        } catch (final NoSuchFileException e) {
            return false; // somebody took it away: nobody can enter
        }
    }

    private static boolean isFree(final Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock()) {
            return lock != null;
        }
    }
}
