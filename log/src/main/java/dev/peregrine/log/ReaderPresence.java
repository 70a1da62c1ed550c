/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

    /** By file; guarded by the class. */
    private static final Map<Path, ReaderPresence> PRESENT = new HashMap<>();

    private final Path file;
    private final FileChannel channel;
    /** Guarded by the class. */
    private int readers;

    private ReaderPresence(final Path file, final FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    private static Path fileIn(final Path directory) {
        return directory.toAbsolutePath().normalize().resolve(FILE_NAME);
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
        ReaderPresence presence = PRESENT.get(file);
        if (presence == null) {
            presence = lock(file);
            if (presence == null) {
                return null;
            }
            PRESENT.put(file, presence);
        }
        presence.readers++;
        return presence;
    }

    private static ReaderPresence lock(final Path file) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            channel.lock(0, Long.MAX_VALUE, true); // until the channel is closed; a writer holds it for a moment only
            return new ReaderPresence(file, channel);
        } catch (final NoSuchFileException e) {
            return null;
        } catch (final IOException e) {
            CloseHelper.quietClose(channel);
            throw new StorageException("cannot enter as a reader in " + file + ": " + e.getMessage()
                + "; the file system must have locks", e);
        }
    }

    /** The reader has given back all that it had open. */
    void leave() {
        synchronized (ReaderPresence.class) {
            readers--;
            if (readers == 0) {
                PRESENT.remove(file);
                CloseHelper.quietClose(channel);
            }
        }
    }

    /** Whether nobody has entered; who enters later finds only the names that are there then. */
    static synchronized boolean isNobodyIn(final Path directory) throws IOException {
        final Path file = fileIn(directory);
        if (PRESENT.containsKey(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (final NoSuchFileException e) {
            return false; // somebody took it away: nobody can enter
        }
    }
}
