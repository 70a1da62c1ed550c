/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * {@code copy.mark} in both directories of a partition with two copies: a number that the one which is left raises, durably
 * and before anything counts without the other, when the other fails. Where they are equal the copies belong together; else
 * the higher one holds all that was acknowledged, and the other is made anew from it.
 */
final class CopyMark {
    static final String FILE_NAME = "copy.mark";
    /** Where there is no mark: nothing that was acknowledged need be there. */
    static final long NONE = -1;
    /** Where a mark fails its checksum. */
    static final long DAMAGED = -2;
    private static final int LENGTH = 2 * Long.BYTES;

    private CopyMark() {
    }

    static long read(final Path directory) throws IOException {
        final Path file = directory.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            return NONE;
        }
        final ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        return bytes.capacity() == LENGTH && bytes.getLong(0) >= 0 && bytes.getLong(Long.BYTES) == crc(bytes)
            ? bytes.getLong(0) : DAMAGED;
    }

    static void write(final FilesFacade files, final Path directory, final long mark) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(LENGTH).putLong(0, mark);
        bytes.putLong(Long.BYTES, crc(bytes));
        files.writeAtomically(directory.resolve(FILE_NAME), bytes.array());
    }

    /** The log is opened without its second copy, which is out of date from now on. */
    static void raiseIfThere(final FilesFacade files, final Path directory) throws IOException {
        if (Files.exists(directory.resolve(FILE_NAME))) {
            write(files, directory, Math.max(0, read(directory)) + 1);
        }
    }

    private static long crc(final ByteBuffer bytes) {
        final CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, Long.BYTES);
        return crc.getValue();
    }
}
