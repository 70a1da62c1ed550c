/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/**
 * Every file operation of the log and the store, behind one interface, so that a test can fail, shorten or reorder the
 * n-th call. All methods may be called from any thread. Nothing here is on the way of an event.
 */
public interface FilesFacade {
    /** The real file system. */
    FilesFacade SYSTEM = new SystemFiles();

    /** Bytes that {@link #allocate} writes between two pauses. */
    int ALLOCATION_BLOCK = 1 << 20;

    /** Creates a directory and its parents, and makes their names durable. */
    void createDirectories(Path directory) throws IOException;

    /** Opens for reading and writing, creating the file where it is missing. */
    FileChannel openReadWrite(Path file) throws IOException;

    /** Opens for reading. */
    FileChannel openRead(Path file) throws IOException;

    /**
     * Creates a file of zeros whose blocks are really allocated, so that a full disk is an error here and not a SIGBUS
     * at the first touch of a mapped page.
     *
     * @param betweenBlocks runs after each {@link #ALLOCATION_BLOCK}: where the caller may pause, since writing fast
     *     takes a core away from others.
     * @throws IOException if there is no room; the partial file has then been deleted.
     */
    void allocate(Path file, long lengthBytes, Runnable betweenBlocks) throws IOException;

    /**
     * Makes a file that nobody has open one of zeros of the same length, as {@link #allocate} does a new one.
     *
     * @throws IOException if it cannot; the file has then been deleted.
     */
    void clear(Path file, long lengthBytes, Runnable betweenBlocks) throws IOException;

    /** As {@link #allocate(Path, long, Runnable)} without a pause. */
    void allocate(Path file, long lengthBytes) throws IOException;

    /** Maps a range; the mapping outlives the channel. */
    MappedByteBuffer map(FileChannel channel, FileChannel.MapMode mode, long offset, long lengthBytes)
        throws IOException;

    /** Unmaps at once. Access after this is a crash of the JVM: only the owner may call it, and last. */
    void unmap(MappedByteBuffer buffer);

    /** Forces the dirty pages of a mapped range to the disk. */
    void force(MappedByteBuffer buffer, int offset, int lengthBytes) throws IOException;

    /** Forces a file's data to the disk. */
    void force(FileChannel channel) throws IOException;

    /** Makes the names in a directory durable, after a create, a rename or a delete. */
    void forceDirectory(Path directory) throws IOException;

    /** Gives a file a second name; fails where the file system has no such thing, or between two. */
    void link(Path existing, Path link) throws IOException;

    /** Replaces the target atomically. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file if it is there. */
    void delete(Path file) throws IOException;

    /** The regular files of a directory, sorted by name; empty where there is no such directory. */
    List<Path> list(Path directory) throws IOException;

    /** Writes a small file so that a reader sees either the old or the new bytes, durably. */
    void writeAtomically(Path file, byte[] content) throws IOException;

    /** Whether another process has taken the files over since they were opened. */
    WriterFence fence();

    /**
     * Lets the fence hold for another directory too, which is made if it is missing: what a writer before this one does to
     * its files from then on fails, as in the data directory. Where that cannot be done, e.g. because its disk has failed,
     * the epoch is at least asked before each call. Does nothing where nobody can take the files over.
     */
    default void guard(final Path directory) {
    }

    /** Bytes that may still be written to the disk that holds the path. */
    long usableSpace(Path path) throws IOException;
}
