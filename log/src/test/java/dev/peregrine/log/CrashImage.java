/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/** Copies the files of a log as they are at this moment: what the death of its process would leave. */
final class CrashImage {
    private CrashImage() {
    }

    /** Copies the segment files; those that are still being made are left out or copied half done. */
    static void copy(final Path from, final Path to) {
        try (Stream<Path> files = Files.list(from)) {
            Files.createDirectories(to);
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.toString().endsWith(SegmentDescriptor.NEW_SUFFIX)) {
                    Files.write(to.resolve(file.getFileName()), Files.readAllBytes(file));
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives every segment that has a header the boot id of another run of the machine. */
    static void restartMachine(final Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            for (final Path file : files.filter(f -> f.toString().endsWith(SegmentDescriptor.SUFFIX)).toList()) {
                try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                    final ByteBuffer magic = ByteBuffer.allocate(Long.BYTES);
                    channel.read(magic, SegmentDescriptor.MAGIC_OFFSET);
                    if (magic.getLong(0) != 0) {
                        channel.write(ByteBuffer.allocate(Long.BYTES).putLong(0, 0x0102030405060708L),
                            SegmentDescriptor.BOOT_ID_OFFSET);
                    }
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
