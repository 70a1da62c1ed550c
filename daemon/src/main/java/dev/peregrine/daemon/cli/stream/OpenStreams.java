/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.files.DataDirectoryLock;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.jvm.JvmFlags;
import dev.peregrine.eventbus.EventBus;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.CloseHelper;

/** The streams of a data directory, and its lock, without tables and topologies: a command has no use for them. */
final class OpenStreams implements AutoCloseable {
    /** Null if the streams are only read. */
    private final DataDirectoryLock lock;
    private final EventBus bus;

    private OpenStreams(final DataDirectoryLock lock, final EventBus bus) {
        this.lock = lock;
        this.bus = bus;
    }

    private OpenStreams(final Path directory) {
        JvmFlags.check();
        lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory);
        try {
            bus = EventBus.open(directory.resolve("streams"), lock.files());
        } catch (final RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Opens a data directory, making it if there is none. */
    static OpenStreams create(final Path directory) {
        return new OpenStreams(directory);
    }

    /** Opens a data directory that is there: a mistyped one must not be made. */
    static OpenStreams existing(final Path directory) {
        checkThere(directory);
        return new OpenStreams(directory);
    }

    /** Opens a data directory that is there to look at it, also while a daemon has it. */
    static OpenStreams reading(final Path directory) {
        checkThere(directory);
        JvmFlags.check();
        return new OpenStreams(null, EventBus.openReadOnly(directory.resolve("streams"), FilesFacade.SYSTEM));
    }

    private static void checkThere(final Path directory) {
        if (!DataDirectoryLock.isDataDirectory(directory)) {
            throw new ConfigurationException(Files.isDirectory(directory)
                ? directory + " is no data directory; of a backup 'log restore' makes one"
                : "there is no data directory " + directory + "; 'stream create' and 'run' make one");
        }
    }

    EventBus bus() {
        return bus;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(bus, lock);
    }
}
