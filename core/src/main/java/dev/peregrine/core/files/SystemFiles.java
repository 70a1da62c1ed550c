/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.agrona.BufferUtil;

/** The real file system. Stateless; subclasses in tests override the call that is to fail. */
public class SystemFiles implements FilesFacade {
    /**
     * Bytes of one write. Linux keeps what one write brought in one folio, up to some limit, and a store through a mapping
     * makes all of its folio dirty: with 1 MiB a force of one record wrote 1 MiB.
     */
    private static final int ZEROS_LENGTH = 64 << 10;

    @Override
    public void createDirectories(final Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        final Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        try {
            Files.createDirectory(directory);
        } catch (final FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        if (parent != null) {
            forceDirectory(parent);
        }
    }

    @Override
    public FileChannel openReadWrite(final Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public FileChannel openRead(final Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    @Override
    public void allocate(final Path file, final long lengthBytes) throws IOException {
        allocate(file, lengthBytes, () -> { });
    }

    @Override
    public void allocate(final Path file, final long lengthBytes, final Runnable betweenBlocks) throws IOException {
        Files.deleteIfExists(file); // another process may still have it open
        clear(file, lengthBytes, betweenBlocks);
    }

    @Override
    public void clear(final Path file, final long lengthBytes, final Runnable betweenBlocks) throws IOException {
        try {
            Uninterrupted.run(() -> {
                writeZeros(file, lengthBytes, betweenBlocks);
                return null;
            });
        } catch (final IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private void writeZeros(final Path file, final long lengthBytes, final Runnable betweenBlocks) throws IOException {
        try (FileChannel channel = openReadWrite(file)) {
            final ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS_LENGTH, lengthBytes));
            long written = 0;
            long nextPause = ALLOCATION_BLOCK;
            while (written < lengthBytes) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), lengthBytes - written));
                written += channel.write(zeros, written);
                if (written >= nextPause) {
                    betweenBlocks.run();
                    nextPause += ALLOCATION_BLOCK;
                }
            }
        }
    }

    @Override
    public MappedByteBuffer map(
        final FileChannel channel, final FileChannel.MapMode mode, final long offset, final long lengthBytes)
        throws IOException {
        return channel.map(mode, offset, lengthBytes);
    }

    @Override
    public void unmap(final MappedByteBuffer buffer) {
        BufferUtil.free(buffer);
    }

    @Override
    public void force(final MappedByteBuffer buffer, final int offset, final int lengthBytes) throws IOException {
        try {
            buffer.force(offset, lengthBytes);
        } catch (final java.io.UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void force(final FileChannel channel) throws IOException {
        channel.force(false);
    }

    @Override
    public void forceDirectory(final Path directory) throws IOException {
        Uninterrupted.run(() -> {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
                return null;
            }
        });
    }

    @Override
    public void link(final Path existing, final Path link) throws IOException {
        Files.createLink(link, existing);
    }

    @Override
    public void rename(final Path from, final Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(final Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public List<Path> list(final Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile).sorted().collect(Collectors.toList());
        }
    }

    @Override
    public void writeAtomically(final Path file, final byte[] content) throws IOException {
        final Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            Uninterrupted.run(() -> {
                writeAndForce(temporary, content);
                return null;
            });
        } catch (final IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        rename(temporary, file);
        forceDirectory(file.toAbsolutePath().getParent());
    }

    private static void writeAndForce(final Path temporary, final byte[] content) throws IOException {
        Files.deleteIfExists(temporary); // another process may still have it open
        try (FileChannel channel = FileChannel.open(temporary,
            StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            final ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    @Override
    public WriterFence fence() {
        return WriterFence.NONE;
    }

    @Override
    public long usableSpace(final Path path) throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }
}
