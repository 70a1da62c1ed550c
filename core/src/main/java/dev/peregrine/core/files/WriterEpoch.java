/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Makes this process the writer of a data directory: raises the epoch, and changes the door to the files. */
final class WriterEpoch {
    /** Every number up to 2 to the power of 63 that {@link Long#parseLong} takes for sure, also one with a flipped bit. */
    private static final String LINK_NUMBER = "[0-9]{1,18}|[1-8][0-9]{18}";

    private final FilesFacade files;
    private final Path given;
    private final Path home;

    WriterEpoch(final FilesFacade files, final Path given, final Path home) {
        this.files = files;
        this.given = given;
        this.home = home;
    }

    /** The files as the new writer reaches them. Every writer before it has lost its door when this returns. */
    FencedFiles raise(final boolean takeOver) throws IOException {
        final UnsafeBuffer file = map();
        long epoch;
        Path door;
        do {
            epoch = next(file);
            door = createDoor(home, epoch);
        } while (door == null);
        closeBefore(home, epoch);
        return new FencedFiles(files, given, home, door, new WriterFence(file, given, epoch, takeOver));
    }

    private UnsafeBuffer map() throws IOException {
        try (FileChannel channel = files.openReadWrite(home.resolve(WriterEpochDescriptor.FILE))) {
            if (channel.size() < WriterEpochDescriptor.FILE_LENGTH) {
                // its last byte: two processes that make the file at once do not harm each other
                channel.write(ByteBuffer.allocate(1), WriterEpochDescriptor.FILE_LENGTH - 1L);
            }
            final UnsafeBuffer file = new UnsafeBuffer(files.map(
                channel, FileChannel.MapMode.READ_WRITE, 0, WriterEpochDescriptor.FILE_LENGTH)); // never unmapped
            file.putLong(WriterEpochDescriptor.MAGIC_OFFSET, WriterEpochDescriptor.MAGIC);
            return file;
        }
    }

    private long next(final UnsafeBuffer file) throws IOException {
        long floor = 0;
        for (final Path link : doors(home)) {
            floor = Math.max(floor, epochOf(link)); // if the file was lost
        }
        while (true) {
            final long now = file.getLongVolatile(WriterEpochDescriptor.EPOCH_OFFSET);
            final long next = Math.max(Math.max(now, 0), floor) + 1;
            if (file.compareAndSetLong(WriterEpochDescriptor.EPOCH_OFFSET, now, next)) {
                return next;
            }
        }
    }

    /**
     * Makes a door to a directory that has no epoch of its own, and takes those of earlier writers away. Its number may be
     * higher than the epoch: the data directory, with the numbers, may be younger than this one.
     *
     * @throws dev.peregrine.core.error.FencedException if a later writer has come; it keeps its door.
     */
    static Path openDoor(final Path directory, final WriterFence fence) throws IOException {
        long number = fence.epoch() - 1;
        Path door;
        do {
            for (final Path link : doors(directory)) {
                number = Math.max(number, epochOf(link));
            }
            door = createDoor(directory, ++number);
        } while (door == null);
        if (fence.isRaised()) { // asked when the door is there: who comes later finds and removes it
            close(door);
            throw fence.fenced();
        }
        if (closeBefore(directory, number) && fence.isTakeOver()) {
            DataDirectoryLock.awaitGrace();
        }
        return door;
    }

    private static boolean closeBefore(final Path directory, final long epoch) throws IOException {
        boolean closed = false;
        for (final Path other : doors(directory)) {
            if (epochOf(other) < epoch) {
                closed |= Files.deleteIfExists(other);
            }
        }
        return closed;
    }

    /** Null if another process has the epoch. Where there are no links the door is the directory itself. */
    private static Path createDoor(final Path home, final long epoch) throws IOException {
        final Path door = home.resolve(WriterEpochDescriptor.LINK_PREFIX + epoch);
        try {
            Files.createSymbolicLink(door, Path.of("."));
            return door;
        } catch (final FileAlreadyExistsException e) {
            return null;
        } catch (final UnsupportedOperationException | IOException e) {
            if (Files.isWritable(home)) {
                return home; // no links on this file system, or not for this user
            }
            throw e instanceof IOException ? (IOException) e : new IOException(e);
        }
    }

    private static List<Path> doors(final Path home) throws IOException {
        final List<Path> found = new ArrayList<>();
        try (var links = Files.newDirectoryStream(home, WriterEpochDescriptor.LINK_PREFIX + "*")) {
            for (final Path link : links) {
                if (epochOf(link) > 0 && Files.isSymbolicLink(link)) {
                    found.add(link);
                }
            }
        }
        return found;
    }

    private static long epochOf(final Path link) {
        final String digits = link.getFileName().toString().substring(WriterEpochDescriptor.LINK_PREFIX.length());
        return digits.matches(LINK_NUMBER) ? Long.parseLong(digits) : 0;
    }

    /** Takes this writer's own doors away. */
    static void close(final FencedFiles files) throws IOException {
        for (final Path door : files.doors()) {
            close(door);
        }
    }

    private static void close(final Path door) throws IOException {
        if (Files.exists(door, LinkOption.NOFOLLOW_LINKS) && Files.isSymbolicLink(door)) {
            Files.deleteIfExists(door);
        }
    }
}
