/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.WriterFence;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files that need not outlive the test: nothing is forced to the disk, and a segment takes room only where something was
 * written. Safe for use by many threads.
 */
final class ScratchFiles implements FilesFacade {
    private static final int BLOCK = 64 << 10;

    @Override
    public void createDirectories(final Path directory) throws IOException {
        Files.createDirectories(directory);
    }

    @Override
    public FileChannel openReadWrite(final Path file) throws IOException {
        return SYSTEM.openReadWrite(file);
    }

    @Override
    public FileChannel openRead(final Path file) throws IOException {
        return SYSTEM.openRead(file);
    }

    @Override
    public void allocate(final Path file, final long lengthBytes, final Runnable betweenBlocks) throws IOException {
        Files.deleteIfExists(file);
        clear(file, lengthBytes, betweenBlocks);
    }

    @Override
    public void clear(final Path file, final long lengthBytes, final Runnable betweenBlocks) throws IOException {
        try (FileChannel channel = openReadWrite(file)) {
            channel.truncate(0);
            channel.write(java.nio.ByteBuffer.allocate(1), lengthBytes - 1);
        }
    }

    @Override
    public void allocate(final Path file, final long lengthBytes) throws IOException {
        allocate(file, lengthBytes, () -> { });
    }

    @Override
    public MappedByteBuffer map(
        final FileChannel channel, final FileChannel.MapMode mode, final long offset, final long lengthBytes)
        throws IOException {
        return SYSTEM.map(channel, mode, offset, lengthBytes);
    }

    @Override
    public void unmap(final MappedByteBuffer buffer) {
        SYSTEM.unmap(buffer);
    }

    @Override
    public void force(final MappedByteBuffer buffer, final int offset, final int lengthBytes) {
        // no power cut in a test
    }

    @Override
    public void force(final FileChannel channel) {
        // no power cut in a test
    }

    @Override
    public void forceDirectory(final Path directory) {
        // no power cut in a test
    }

    @Override
    public void link(final Path existing, final Path link) throws IOException {
        SYSTEM.link(existing, link);
    }

    @Override
    public void rename(final Path from, final Path to) throws IOException {
        SYSTEM.rename(from, to);
    }

    @Override
    public void delete(final Path file) throws IOException {
        SYSTEM.delete(file);
    }

    @Override
    public List<Path> list(final Path directory) throws IOException {
        return SYSTEM.list(directory);
    }

    @Override
    public void writeAtomically(final Path file, final byte[] content) throws IOException {
        final Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(temporary, content);
        rename(temporary, file);
    }

    @Override
    public WriterFence fence() {
        return WriterFence.NONE;
    }

    @Override
    public long usableSpace(final Path path) throws IOException {
        return SYSTEM.usableSpace(path);
    }

    /** Copies files as they are at this moment, holes left as holes: what the death of the process would leave. */
    static void copy(final Path from, final Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (final Path each : tree.toList()) {
                final Path target = to.resolve(from.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(target);
                } else {
                    copyFile(each, target);
                }
            }
        }
    }

    private static void copyFile(final Path from, final Path to) throws IOException {
        final java.nio.ByteBuffer block = java.nio.ByteBuffer.allocate(BLOCK);
        final java.nio.ByteBuffer zeros = java.nio.ByteBuffer.allocate(BLOCK);
        try (FileChannel source = SYSTEM.openRead(from); FileChannel target = SYSTEM.openReadWrite(to)) {
            final long length = source.size();
            long at = 0;
            while (at < length) {
                final int read = source.read(block.clear(), at);
                block.flip();
                zeros.clear().limit(read);
                if (block.mismatch(zeros) >= 0 || at + read == length) {
                    target.write(block, at);
                }
                at += read;
            }
        }
    }

    /** Deletes a tree of files. */
    static void deleteTree(final Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (final Path each : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
