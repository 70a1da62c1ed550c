/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.IndexDescriptor.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * {@code start.mark}: what truncation left as the first position and the first number, which no segment can tell. It is
 * written durably before anything is deleted, so a partition without one begins at position 0 with number 0. The layout
 * is that of an index with one entry, see {@link IndexDescriptor}.
 */
final class StartMark {
    static final String FILE_NAME = "start.mark";
    /** What a partition says that was never truncated. */
    static final Entry NONE = Entry.place(0, 0);

    private StartMark() {
    }

    /**
     * What the last truncation noted.
     *
     * @return {@link #NONE} if there was none; null if the note is damaged.
     */
    static Entry read(final Path directory) {
        final Path file = directory.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            return NONE;
        }
        try {
            final byte[] bytes = Files.readAllBytes(file);
            final byte[] header = IndexDescriptor.header(0, 0);
            return bytes.length == IndexDescriptor.FIRST_ENTRY_END
                && Arrays.equals(header, Arrays.copyOf(bytes, header.length))
                ? IndexDescriptor.decode(header, 0, Arrays.copyOfRange(bytes, header.length, bytes.length)) : null;
        } catch (final IOException e) {
            throw new StorageException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Replaces the note; it is on disk when this returns. */
    static void write(final FilesFacade files, final Path directory, final Entry mark) throws IOException {
        final byte[] header = IndexDescriptor.header(0, 0);
        final byte[] bytes = Arrays.copyOf(header, IndexDescriptor.FIRST_ENTRY_END);
        System.arraycopy(
            IndexDescriptor.entry(header, 0, mark), 0, bytes, header.length, IndexDescriptor.ENTRY_LENGTH);
        files.writeAtomically(directory.resolve(FILE_NAME), bytes);
    }
}
