/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/** The durable positions of one subscription, in the layout of {@link PositionDescriptor}. Used by one thread. */
final class PositionFile implements AutoCloseable {
    private final FilesFacade files;
    private final int partitions;
    private final MappedByteBuffer mapping;
    private final UnsafeBuffer buffer;
    private long version;

    PositionFile(final FilesFacade files, final Path file, final int partitions) {
        this.files = files;
        this.partitions = partitions;
        try {
            final boolean isNew = !Files.exists(file) || Files.size(file) == 0;
            if (isNew) {
                files.allocate(file, PositionDescriptor.fileLength(partitions));
            }
            try (FileChannel channel = files.openReadWrite(file)) {
                mapping = files.map(
                    channel, FileChannel.MapMode.READ_WRITE, 0, PositionDescriptor.fileLength(partitions));
            }
            buffer = new UnsafeBuffer(mapping);
            if (isNew) {
                buffer.putInt(PositionDescriptor.FORMAT_OFFSET, PositionDescriptor.FORMAT);
                buffer.putInt(PositionDescriptor.PARTITIONS_OFFSET, partitions);
                buffer.putLong(PositionDescriptor.MAGIC_OFFSET, PositionDescriptor.MAGIC);
            }
        } catch (final IOException e) {
            throw new StorageException("cannot open subscription file " + file + ": " + e.getMessage(), e);
        }
        version = latestValid(file);
    }

    private long latestValid(final Path file) {
        final boolean ours = buffer.getLong(PositionDescriptor.MAGIC_OFFSET) == PositionDescriptor.MAGIC
            && buffer.getInt(PositionDescriptor.PARTITIONS_OFFSET) == partitions;
        long latest = ours ? 0 : -1;
        boolean anyWritten = !ours;
        for (int copy = 0; ours && copy < 2; copy++) {
            final int offset = PositionDescriptor.copyOffset(copy, partitions);
            final long found = buffer.getLong(offset + PositionDescriptor.COPY_VERSION_OFFSET);
            anyWritten |= found != 0;
            if (found > latest && buffer.getLong(offset + PositionDescriptor.COPY_CHECKSUM_OFFSET)
                == checksum(offset, found)) {
                latest = found;
            }
        }
        if (latest < 0 || (latest == 0 && anyWritten)) {
            throw new CorruptDataException("subscription file " + file
                + " is damaged: delete it to start the subscription at the beginning of the stream");
        }
        return latest;
    }

    private long checksum(final int offset, final long copyVersion) {
        return KeyHash.of(buffer, offset + PositionDescriptor.COPY_ENTRIES_OFFSET,
            partitions * PositionDescriptor.ENTRY_LENGTH) ^ KeyHash.of(copyVersion);
    }

    private int entryOffset(final long ofVersion, final int partition) {
        return PositionDescriptor.copyOffset(ofVersion, partitions) + PositionDescriptor.COPY_ENTRIES_OFFSET
            + partition * PositionDescriptor.ENTRY_LENGTH;
    }

    long position(final int partition) {
        return version == 0
            ? 0 : buffer.getLong(entryOffset(version, partition) + PositionDescriptor.ENTRY_POSITION_OFFSET);
    }

    long number(final int partition) {
        return version == 0
            ? 0 : buffer.getLong(entryOffset(version, partition) + PositionDescriptor.ENTRY_NUMBER_OFFSET);
    }

    /** Prepares a partition's entry in the copy that {@link #commit} will make valid. */
    void stage(final int partition, final long position, final long number) {
        final int entry = entryOffset(version + 1, partition);
        buffer.putLong(entry + PositionDescriptor.ENTRY_POSITION_OFFSET, position);
        buffer.putLong(entry + PositionDescriptor.ENTRY_NUMBER_OFFSET, number);
    }

    /** Every partition must have been staged. */
    void commit() {
        final long next = version + 1;
        final int offset = PositionDescriptor.copyOffset(next, partitions);
        buffer.putLongRelease(offset + PositionDescriptor.COPY_VERSION_OFFSET, next);
        // release: the checksum is the last to be written, so that a kill leaves this copy or the other one valid
        buffer.putLongRelease(offset + PositionDescriptor.COPY_CHECKSUM_OFFSET, checksum(offset, next));
        version = next;
    }

    void force() {
        try {
            files.force(mapping, 0, mapping.capacity());
        } catch (final IOException e) {
            throw new StorageException("cannot force a subscription's positions: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        files.unmap(mapping);
    }
}
