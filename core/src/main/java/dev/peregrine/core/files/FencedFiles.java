/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import dev.peregrine.core.error.FencedException;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The files of a data directory, and of others that belong to it, as the writer of one epoch sees them: through a symbolic
 * link of its own in each, which whoever takes over removes. From that moment the system itself refuses every create,
 * open, rename and delete of the old writer, also one that it had decided on before it was stopped, since the path is
 * resolved when the call is made. Whoever calls gets and gives the plain paths.
 *
 * <p>A call that the kernel had already begun when the link went is finished; the wait of the taker-over covers that.
 * Where the file system has no symbolic links, the epoch is asked before each call instead, and a process that is stopped
 * between the two and goes on later is not held back.
 */
final class FencedFiles implements FilesFacade {
    private final FilesFacade files;
    /** The data directory, and what else is guarded. */
    private final List<Home> homes = new CopyOnWriteArrayList<>();
    private final WriterFence fence;

    /** With the directory as it was given, as it really is, and its door. */
    FencedFiles(
        final FilesFacade files, final Path given, final Path home, final Path door, final WriterFence fence) {
        this.files = files;
        this.homes.add(new Home(given.toAbsolutePath().normalize(), home, door));
        this.fence = fence;
    }

    private record Home(Path given, Path real, Path door) {
        boolean holds(final Path absolute) {
            return absolute.startsWith(given) || absolute.startsWith(real);
        }

        Path through(final Path absolute) {
            return door.resolve((absolute.startsWith(given) ? given : real).relativize(absolute));
        }
    }

    @FunctionalInterface
    private interface Call<T> {
        T run() throws IOException;
    }

    @FunctionalInterface
    private interface VoidCall {
        void run() throws IOException;
    }

    private Path through(final Path path) {
        final Path absolute = path.toAbsolutePath().normalize();
        final Home home = homeOf(absolute);
        return home == null ? path : home.through(absolute);
    }

    /** Null for what is not guarded. */
    private Home homeOf(final Path absolute) {
        for (final Home home : homes) {
            if (home.holds(absolute)) {
                return home;
            }
        }
        return null;
    }

    private <T> T fenced(final Call<T> call) throws IOException {
        fence.check();
        try {
            return call.run();
        } catch (final IOException e) {
            if (fence.isRaised()) {
                throw new FencedException(fence.fenced().getMessage(), e);
            }
            throw e;
        }
    }

    private void fencedVoid(final VoidCall call) throws IOException {
        fenced(() -> {
            call.run();
            return null;
        });
    }

    /** Of the data directory, and of what else is guarded. */
    List<Path> doors() {
        return homes.stream().map(Home::door).toList();
    }

    @Override
    public synchronized void guard(final Path directory) {
        final Path absolute = directory.toAbsolutePath().normalize();
        if (homeOf(absolute) != null) {
            return;
        }
        fence.check();
        try {
            files.createDirectories(absolute);
            final Path real = absolute.toRealPath();
            homes.add(new Home(absolute, real, WriterEpoch.openDoor(real, fence)));
        } catch (final IOException e) {
            homes.add(new Home(absolute, absolute, absolute)); // whoever needs it meets the error
        }
    }

    @Override
    public WriterFence fence() {
        return fence;
    }

    @Override
    public void createDirectories(final Path directory) throws IOException {
        final Path absolute = directory.toAbsolutePath().normalize();
        final Home home = homeOf(absolute);
        if (home == null) {
            files.createDirectories(directory);
            return;
        }
        fencedVoid(() -> {
            Path at = home.door();
            for (final Path name : home.door().relativize(home.through(absolute))) {
                final Path parent = at;
                at = parent.resolve(name);
                createDirectory(parent, at);
            }
        });
    }

    /** Never the door itself: a directory in its place would be a world of our own. */
    private void createDirectory(final Path parent, final Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.createDirectory(directory);
        } catch (final FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        files.forceDirectory(parent);
    }

    @Override
    public FileChannel openReadWrite(final Path file) throws IOException {
        return fenced(() -> files.openReadWrite(through(file)));
    }

    @Override
    public FileChannel openRead(final Path file) throws IOException {
        return files.openRead(file);
    }

    @Override
    public void allocate(final Path file, final long lengthBytes, final Runnable betweenBlocks) throws IOException {
        fencedVoid(() -> files.allocate(through(file), lengthBytes, betweenBlocks));
    }

    @Override
    public void clear(final Path file, final long lengthBytes, final Runnable betweenBlocks) throws IOException {
        fencedVoid(() -> files.clear(through(file), lengthBytes, betweenBlocks));
    }

    @Override
    public void allocate(final Path file, final long lengthBytes) throws IOException {
        fencedVoid(() -> files.allocate(through(file), lengthBytes));
    }

    @Override
    public MappedByteBuffer map(
        final FileChannel channel, final FileChannel.MapMode mode, final long offset, final long lengthBytes)
        throws IOException {
        return files.map(channel, mode, offset, lengthBytes);
    }

    @Override
    public void unmap(final MappedByteBuffer buffer) {
        files.unmap(buffer);
    }

    @Override
    public void force(final MappedByteBuffer buffer, final int offset, final int lengthBytes) throws IOException {
        files.force(buffer, offset, lengthBytes);
    }

    @Override
    public void force(final FileChannel channel) throws IOException {
        files.force(channel);
    }

    @Override
    public void forceDirectory(final Path directory) throws IOException {
        fencedVoid(() -> files.forceDirectory(through(directory)));
    }

    @Override
    public void link(final Path existing, final Path link) throws IOException {
        fencedVoid(() -> files.link(through(existing), through(link)));
    }

    @Override
    public void rename(final Path from, final Path to) throws IOException {
        fencedVoid(() -> files.rename(through(from), through(to)));
    }

    @Override
    public void delete(final Path file) throws IOException {
        fencedVoid(() -> files.delete(through(file)));
        fence.check(); // a file that cannot be reached looks as one that is gone already
    }

    @Override
    public List<Path> list(final Path directory) throws IOException {
        return files.list(directory);
    }

    @Override
    public void writeAtomically(final Path file, final byte[] content) throws IOException {
        fencedVoid(() -> files.writeAtomically(through(file), content));
    }

    @Override
    public long usableSpace(final Path path) throws IOException {
        return files.usableSpace(path);
    }
}
