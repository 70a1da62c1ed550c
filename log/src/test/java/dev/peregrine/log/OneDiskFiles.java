/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.files.SystemFiles;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The real file system with several disks, one per directory, of which each can fail or be full. */
final class OneDiskFiles extends SystemFiles {
    private final Set<Path> broken = ConcurrentHashMap.newKeySet();
    private final Set<Path> full = ConcurrentHashMap.newKeySet();
    private final Map<FileChannel, Path> channels = Collections.synchronizedMap(new IdentityHashMap<>());
    private final Map<MappedByteBuffer, Path> mappings = Collections.synchronizedMap(new IdentityHashMap<>());

    /** From now on nothing reaches this disk. */
    void breakDisk(final Path directory) {
        broken.add(directory);
    }

    /** From now on there is no room for a segment on this disk. */
    void fill(final Path directory) {
        full.add(directory);
    }

    /** There is room again. */
    void free(final Path directory) {
        full.remove(directory);
    }

    @Override
    public long usableSpace(final Path path) throws IOException {
        return full.stream().anyMatch(path::startsWith) ? 0 : super.usableSpace(path);
    }

    private void check(final Path file) throws IOException {
        if (file != null && broken.stream().anyMatch(file::startsWith)) {
            throw new IOException("Input/output error");
        }
    }

    @Override
    public FileChannel openReadWrite(final Path file) throws IOException {
        check(file);
        final FileChannel channel = super.openReadWrite(file);
        channels.put(channel, file);
        return channel;
    }

    @Override
    public MappedByteBuffer map(
        final FileChannel channel, final FileChannel.MapMode mode, final long offset, final long lengthBytes)
        throws IOException {
        final MappedByteBuffer mapping = super.map(channel, mode, offset, lengthBytes);
        final Path file = channels.get(channel);
        if (file != null) {
            mappings.put(mapping, file);
        }
        return mapping;
    }

    @Override
    public void unmap(final MappedByteBuffer buffer) {
        mappings.remove(buffer);
        super.unmap(buffer);
    }

    @Override
    public void force(final MappedByteBuffer buffer, final int offset, final int lengthBytes) throws IOException {
        check(mappings.get(buffer));
        super.force(buffer, offset, lengthBytes);
    }

    @Override
    public void force(final FileChannel channel) throws IOException {
        check(channels.get(channel));
        super.force(channel);
    }

    @Override
    public void forceDirectory(final Path directory) throws IOException {
        check(directory);
        super.forceDirectory(directory);
    }

    @Override
    public void rename(final Path from, final Path to) throws IOException {
        check(to);
        super.rename(from, to);
    }

    @Override
    public void writeAtomically(final Path file, final byte[] content) throws IOException {
        check(file);
        super.writeAtomically(file, content);
    }

    @Override
    public void allocate(final Path file, final long lengthBytes, final Runnable betweenBlocks) throws IOException {
        check(file);
        if (full.stream().anyMatch(file::startsWith)) {
            throw new IOException("No space left on device");
        }
        super.allocate(file, lengthBytes, betweenBlocks);
    }
}
