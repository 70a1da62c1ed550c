/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.Uninterrupted;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The durable positions of one subscription, in the layout of {@link PositionDescriptor}. Used by one thread. */
final class PositionFile implements AutoCloseable {
    private static final long FIRST_VERSION = 1;
    /** What a disk takes as a whole, however many stores it holds. */
    private static final int PAGE = 4096;

    private final FilesFacade files;
    private final int partitions;
    private final MappedByteBuffer mapping;
    private final UnsafeBuffer buffer;
    private long version;
    /** Highest version that is known to be on the disk. */
    private long forced;

    PositionFile(final FilesFacade files, final Path file, final int partitions) {
        this.files = files;
        this.partitions = partitions;
        try {
            if (!Files.exists(file)) {
                files.writeAtomically(file, initialContent());
            }
            mapping = Uninterrupted.run(() -> {
                try (FileChannel channel = files.openReadWrite(file)) {
                    return files.map(
                        channel, FileChannel.MapMode.READ_WRITE, 0, PositionDescriptor.fileLength(partitions));
                }
            });
            buffer = new UnsafeBuffer(mapping);
        } catch (final IOException e) {
            throw new StorageException("cannot open subscription file " + file + ": " + e.getMessage(), e);
        }
        checkValid(file);
    }

    private void checkValid(final Path file) {
        version = latestValid();
        if (version == 0) {
            files.unmap(mapping);
            throw damaged(file);
        }
    }

    private static CorruptDataException damaged(final Path file) {
        return new CorruptDataException("subscription file " + file
            + " is damaged: delete it to start the subscription at the beginning of the stream");
    }

    private PositionFile(
        final FilesFacade files, final Path file, final int partitions, final MappedByteBuffer mapping) {
        this.files = files;
        this.partitions = partitions;
        this.mapping = mapping;
        this.buffer = new UnsafeBuffer(mapping);
        checkValid(file);
    }

    /** To be looked at only, with {@link #snapshot}, while another process may commit. */
    static PositionFile openReadOnly(final FilesFacade files, final Path file, final int partitions) {
        try {
            return new PositionFile(files, file, partitions, Uninterrupted.run(() -> {
                try (FileChannel channel = files.openRead(file)) {
                    if (channel.size() < PositionDescriptor.fileLength(partitions)) {
                        throw damaged(file); // it cannot be mapped
                    }
                    return files.map(
                        channel, FileChannel.MapMode.READ_ONLY, 0, PositionDescriptor.fileLength(partitions));
                }
            }));
        } catch (final IOException e) {
            throw new StorageException("cannot open subscription file " + file + ": " + e.getMessage(), e);
        }
    }

    /** A file that has a valid copy from the first moment, so that a kill during the first commit leaves one. */
    private byte[] initialContent() {
        final byte[] content = new byte[PositionDescriptor.fileLength(partitions)];
        final UnsafeBuffer image = new UnsafeBuffer(content);
        image.putLong(PositionDescriptor.MAGIC_OFFSET, PositionDescriptor.MAGIC);
        image.putInt(PositionDescriptor.FORMAT_OFFSET, PositionDescriptor.FORMAT);
        image.putInt(PositionDescriptor.PARTITIONS_OFFSET, partitions);
        final int copy = PositionDescriptor.copyOffset(FIRST_VERSION, partitions);
        image.putLong(copy + PositionDescriptor.COPY_VERSION_OFFSET, FIRST_VERSION);
        image.putLong(copy + PositionDescriptor.COPY_CHECKSUM_OFFSET, checksum(image, copy, FIRST_VERSION));
        return content;
    }

    /** Version of the valid copy that counts, or 0 if there is none. */
    private long latestValid() {
        return latestValid(buffer, partitions);
    }

    /** The same of a file's bytes. */
    static long latestValid(final DirectBuffer buffer, final int partitions) {
        if (buffer.getLong(PositionDescriptor.MAGIC_OFFSET) != PositionDescriptor.MAGIC
            || buffer.getInt(PositionDescriptor.FORMAT_OFFSET) != PositionDescriptor.FORMAT
            || buffer.getInt(PositionDescriptor.PARTITIONS_OFFSET) != partitions) {
            return 0;
        }
        long latest = 0;
        for (int copy = 0; copy < 2; copy++) {
            final int offset = PositionDescriptor.copyOffset(copy, partitions);
            final long found = buffer.getLong(offset + PositionDescriptor.COPY_VERSION_OFFSET);
            if (found > latest && (found & 1) == copy
                && buffer.getLong(offset + PositionDescriptor.COPY_CHECKSUM_OFFSET)
                == checksum(buffer, offset, found, partitions)) {
                latest = found;
            }
        }
        return latest;
    }

    /** Moves places that lie behind the end of their partition back to it. */
    void limit(final Stream stream) {
        boolean behind = false;
        for (int i = 0; i < partitions; i++) {
            behind |= position(i) > stream.partition(i).recovery().endPosition();
        }
        if (behind) {
            for (int i = 0; i < partitions; i++) {
                final long end = stream.partition(i).recovery().endPosition();
                if (position(i) > end) {
                    stage(i, end, stream.partition(i).offsetOf(end));
                } else {
                    stage(i, position(i), number(i));
                }
            }
            commit();
            force();
        }
    }

    /** Position and number of every partition as they were committed last, also while another thread commits. */
    long[] snapshot() {
        while (true) {
            final long latest = latestValid();
            if (latest == 0) {
                continue; // two commits overtook the look at one copy each
            }
            final byte[] copy = new byte[PositionDescriptor.copyLength(partitions)];
            buffer.getBytes(PositionDescriptor.copyOffset(latest, partitions), copy);
            final UnsafeBuffer image = new UnsafeBuffer(copy);
            if (image.getLong(PositionDescriptor.COPY_VERSION_OFFSET) == latest
                && image.getLong(PositionDescriptor.COPY_CHECKSUM_OFFSET) == checksum(image, 0, latest)) {
                final long[] entries = new long[2 * partitions];
                for (int i = 0; i < entries.length; i++) {
                    entries[i] = image.getLong(PositionDescriptor.COPY_ENTRIES_OFFSET + i * Long.BYTES);
                }
                return entries;
            }
        }
    }

    private long checksum(final DirectBuffer of, final int offset, final long copyVersion) {
        return checksum(of, offset, copyVersion, partitions);
    }

    private static long checksum(
        final DirectBuffer of, final int offset, final long copyVersion, final int partitions) {
        return KeyHash.of(of, offset + PositionDescriptor.COPY_ENTRIES_OFFSET,
            partitions * PositionDescriptor.ENTRY_LENGTH) ^ KeyHash.of(copyVersion);
    }

    private int entryOffset(final long ofVersion, final int partition) {
        return PositionDescriptor.copyOffset(ofVersion, partitions) + PositionDescriptor.COPY_ENTRIES_OFFSET
            + partition * PositionDescriptor.ENTRY_LENGTH;
    }

    long position(final int partition) {
        return buffer.getLong(entryOffset(version, partition) + PositionDescriptor.ENTRY_POSITION_OFFSET);
    }

    long number(final int partition) {
        return buffer.getLong(entryOffset(version, partition) + PositionDescriptor.ENTRY_NUMBER_OFFSET);
    }

    /**
     * Prepares a partition's entry in the copy that {@link #commit} will make valid. Where the file has several pages, a
     * power cut may leave some of them new and some old: then the other copy must be on the disk before this one changes.
     */
    void stage(final int partition, final long position, final long number) {
        if (forced < version && mapping.capacity() > PAGE) {
            force();
        }
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
        buffer.putLongRelease(offset + PositionDescriptor.COPY_CHECKSUM_OFFSET, checksum(buffer, offset, next));
        version = next;
        files.fence().check(); // after the stores: see WriterFence
    }

    void force() {
        try {
            files.force(mapping, 0, mapping.capacity());
            forced = version;
        } catch (final IOException e) {
            throw new StorageException("cannot force a subscription's positions: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        files.unmap(mapping);
    }

    /** Limits the places of a subscription that is not open to where the stream ends. */
    static void pullBack(final FilesFacade files, final Path file, final Stream stream) {
        try (PositionFile positions = new PositionFile(files, file, stream.partitions())) {
            positions.limit(stream);
        } catch (final CorruptDataException damaged) {
            return; // subscribing says so; the stream itself is whole
        }
    }
}
