/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.Uninterrupted;
import dev.peregrine.log.InspectionReport.Defect;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The counters of one partition, in the layout of {@link CountersDescriptor}. The writer stores, any process loads. A
 * hint: what cannot be made or mapped is done without, so that a full disk stops no publisher here.
 */
final class PartitionCounters implements AutoCloseable {
    private static final int TRIES = 100;

    private final FilesFacade files;
    private final MappedByteBuffer mapping;
    private final UnsafeBuffer buffer;
    private volatile long lastDurable;

    private PartitionCounters(final FilesFacade files, final MappedByteBuffer mapping) {
        this.files = files;
        this.mapping = mapping;
        this.buffer = new UnsafeBuffer(mapping);
    }

    static Path fileIn(final Path directory) {
        return directory.resolve(CountersDescriptor.FILE);
    }

    /**
     * The writer's view. An earlier file is used again, so that those who have it mapped go on, unless its writer may
     * still run or it is superseded: then it has another one put in its place.
     *
     * @return null if there is none and none can be made.
     */
    static PartitionCounters write(final PartitionConfig config, final boolean replace) {
        final Path file = fileIn(config.directory());
        final FilesFacade files = config.files();
        try {
            PartitionCounters counters = replace || !Files.exists(file) ? null : map(files, file, true);
            if (counters != null && counters.isSuperseded()) {
                counters.close(); // by one that died before it put another in its place: its readers wait for that
                counters = null;
            }
            if (counters == null) {
                create(files, file);
                counters = map(files, file, true);
            }
            if (counters != null) {
                counters.buffer.putLongRelease(CountersDescriptor.EPOCH_OFFSET, files.fence().epoch());
            }
            return counters;
        } catch (final IOException e) {
            return null;
        }
    }

    /** Another process's view, which it can only read; null if there is no file, or none of this format. */
    static PartitionCounters read(final PartitionConfig config) {
        final Path file = fileIn(config.directory());
        try {
            return Files.exists(file) ? map(config.files(), file, false) : null;
        } catch (final IOException e) {
            return null;
        }
    }

    /** What is wrong with the file, also beside its writer; null if nothing is, or there is none. */
    static Defect defect(final FilesFacade files, final Path directory) throws IOException {
        final Path file = fileIn(directory);
        try (FileChannel channel = files.openRead(file)) {
            if (channel.size() < CountersDescriptor.FILE_LENGTH) {
                return defect(file, channel.size(), "ends there");
            }
            final PartitionCounters counters = new PartitionCounters(files,
                files.map(channel, FileChannel.MapMode.READ_ONLY, 0, CountersDescriptor.FILE_LENGTH));
            try {
                return counters.defect(file);
            } finally {
                counters.close();
            }
        } catch (final NoSuchFileException e) {
            return null;
        }
    }

    private Defect defect(final Path file) {
        if (buffer.getLong(CountersDescriptor.MAGIC_OFFSET) != CountersDescriptor.MAGIC) {
            return defect(file, CountersDescriptor.MAGIC_OFFSET, "do not begin as such a file does");
        }
        if (buffer.getInt(CountersDescriptor.FORMAT_OFFSET) != CountersDescriptor.FORMAT) {
            return defect(file, CountersDescriptor.FORMAT_OFFSET,
                "have format " + buffer.getInt(CountersDescriptor.FORMAT_OFFSET));
        }
        final long superseded = buffer.getLongVolatile(CountersDescriptor.SUPERSEDED_OFFSET);
        if (superseded != 0 && superseded != -1) {
            return defect(file, CountersDescriptor.SUPERSEDED_OFFSET, "say neither that they count nor that they do not");
        }
        lastDurable = -1;
        return durable() >= 0 ? null : defect(file, CountersDescriptor.DURABLE_OFFSET,
            "have a durable position that is not the complement of its complement");
    }

    private static Defect defect(final Path file, final long offset, final String problem) {
        return new Defect(file, offset, -1, "the counters " + problem + "; delete the file, it is made again");
    }

    /** Deletes the file, when the log is not what it was; readers that have it mapped wait for the next one. */
    static void delete(final FilesFacade files, final Path directory) throws IOException {
        final PartitionConfig config = PartitionConfig.of(directory, directory.toString()).withFiles(files);
        supersede(config);
        files.delete(fileIn(directory));
    }

    /** Tells the readers of an earlier file that it is no longer the one. */
    static void supersede(final PartitionConfig config) throws IOException {
        final Path file = fileIn(config.directory());
        if (Files.exists(file)) {
            final PartitionCounters old = map(config.files(), file, true);
            if (old != null) {
                old.buffer.putLongVolatile(CountersDescriptor.SUPERSEDED_OFFSET, -1);
                old.close();
            }
        }
    }

    private static void create(final FilesFacade files, final Path file) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(CountersDescriptor.FILE_LENGTH);
        final UnsafeBuffer content = new UnsafeBuffer(bytes);
        content.putLong(CountersDescriptor.MAGIC_OFFSET, CountersDescriptor.MAGIC);
        content.putInt(CountersDescriptor.FORMAT_OFFSET, CountersDescriptor.FORMAT);
        content.putLong(CountersDescriptor.DURABLE_COMPLEMENT_OFFSET, ~0L);
        final Path building = file.resolveSibling(file.getFileName() + ".new");
        files.delete(building);
        try (FileChannel channel = files.openReadWrite(building)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        files.rename(building, file);
    }

    private static PartitionCounters map(final FilesFacade files, final Path file, final boolean writable)
        throws IOException {
        return Uninterrupted.run(() -> mapOnce(files, file, writable));
    }

    private static PartitionCounters mapOnce(final FilesFacade files, final Path file, final boolean writable)
        throws IOException {
        try (FileChannel channel = writable ? files.openReadWrite(file) : files.openRead(file)) {
            if (channel.size() < CountersDescriptor.FILE_LENGTH) {
                return null;
            }
            final PartitionCounters counters = new PartitionCounters(files, files.map(channel,
                writable ? FileChannel.MapMode.READ_WRITE : FileChannel.MapMode.READ_ONLY,
                0, CountersDescriptor.FILE_LENGTH));
            if (counters.buffer.getLong(CountersDescriptor.MAGIC_OFFSET) == CountersDescriptor.MAGIC
                && counters.buffer.getInt(CountersDescriptor.FORMAT_OFFSET) == CountersDescriptor.FORMAT) {
                return counters;
            }
            counters.close();
            return null;
        }
    }

    long epoch() {
        return buffer.getLongAcquire(CountersDescriptor.EPOCH_OFFSET);
    }

    /** Asked after a frame was seen: then volatile order says that the frame came before the take-over. */
    boolean isSuperseded() {
        return Long.bitCount(buffer.getLongVolatile(CountersDescriptor.SUPERSEDED_OFFSET)) > Long.SIZE / 2;
    }

    /** What the writer said last; 0, or what it said before, where its bits were harmed or it died while it said it. */
    long durable() {
        for (int tries = 0; tries < TRIES; tries++) {
            final long durable = buffer.getLongAcquire(CountersDescriptor.DURABLE_OFFSET);
            if (buffer.getLongAcquire(CountersDescriptor.DURABLE_COMPLEMENT_OFFSET) == ~durable) {
                lastDurable = durable;
                return durable;
            }
            Thread.onSpinWait(); // the writer is between its two stores
        }
        return lastDurable;
    }

    long appended() {
        return buffer.getLongAcquire(CountersDescriptor.APPENDED_OFFSET);
    }

    /** Stores what has changed only: the line stays shared while nothing happens. */
    void publish(final long durable, final long appended) {
        if (buffer.getLong(CountersDescriptor.DURABLE_OFFSET) != durable
            || buffer.getLong(CountersDescriptor.DURABLE_COMPLEMENT_OFFSET) != ~durable) {
            buffer.putLongRelease(CountersDescriptor.DURABLE_OFFSET, durable);
            buffer.putLongRelease(CountersDescriptor.DURABLE_COMPLEMENT_OFFSET, ~durable);
        }
        if (buffer.getLong(CountersDescriptor.APPENDED_OFFSET) != appended) {
            buffer.putLongRelease(CountersDescriptor.APPENDED_OFFSET, appended);
        }
    }

    @Override
    public void close() {
        files.unmap(mapping);
    }
}
