/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.FormatException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.Uninterrupted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.BufferUtil;

/**
 * Compressed segments as readers see them: unpacked into memory outside the heap, each once however many read it, and
 * kept for the next reader while there is room. Shared by the partitions of an {@code EventBus}; safe for many threads.
 *
 * <p>The bound is on bytes of unpacked data. What readers are in at this moment is never taken from them, so with more
 * readers in different segments than the bound has room for, it is exceeded by what they hold. Of the rest, the segment
 * that was left longest ago goes first. Unpacking runs outside any lock but the segment's own.
 */
public final class UnpackedSegments {
    /** Room for four segments of the default length, bytes. */
    public static final long DEFAULT_BYTES = 4L * PartitionConfig.DEFAULT_SEGMENT_LENGTH;

    private final long maxBytes;
    /** By file, the one that was left longest ago first; guarded by this. */
    private final LinkedHashMap<Path, Entry> entries = new LinkedHashMap<>();
    /** Those that somebody is in, also where their file has been replaced; guarded by this. */
    private final Map<Segment, Entry> held = new IdentityHashMap<>();
    private long bytes;

    /**
     * An empty one.
     *
     * @param maxBytes bytes of unpacked data that are kept for readers to come.
     */
    public UnpackedSegments(final long maxBytes) {
        this.maxBytes = maxBytes;
    }

    private static final class Entry {
        private final Path file;
        /** Guarded by the outer object. */
        private int references;
        private boolean outdated;
        /** Set once, guarded by this entry. */
        private Segment segment;

        Entry(final Path file) {
            this.file = file;
        }
    }

    /** Bytes of memory in use. */
    public synchronized long bytes() {
        return bytes;
    }

    /**
     * A segment, retained for the caller.
     *
     * @throws CorruptDataException if the file is damaged.
     * @throws IOException if it cannot be read, for example because it has just been deleted.
     */
    Segment acquire(final FilesFacade files, final Path file, final long base, final int dataLength, final long bootId)
        throws IOException {
        final Entry entry;
        synchronized (this) {
            entry = entries.computeIfAbsent(file, Entry::new);
            entry.references++;
        }
        try {
            synchronized (entry) {
                if (entry.segment == null) {
                    final Segment unpacked = unpack(files, file, base, dataLength, bootId);
                    synchronized (this) {
                        held.put(unpacked, entry);
                        bytes += unpacked.mapping().capacity();
                        evict();
                    }
                    entry.segment = unpacked;
                }
                return entry.segment;
            }
        } catch (final IOException | RuntimeException | Error e) {
            synchronized (this) {
                entry.references--;
                entry.outdated = true; // who waits for it now tries for himself
                entries.remove(file, entry);
            }
            throw e;
        }
    }

    /** A segment of one's own, to be freed by the caller. */
    static Segment unpack(
        final FilesFacade files, final Path file, final long base, final int dataLength, final long bootId)
        throws IOException {
        return Uninterrupted.run(() -> unpackOnce(files, file, base, dataLength, bootId));
    }

    private static Segment unpackOnce(
        final FilesFacade files, final Path file, final long base, final int dataLength, final long bootId)
        throws IOException {
        try (PackedSegmentReader reader = new PackedSegmentReader(files, file)) {
            if (reader.basePosition() != base) {
                throw new CorruptDataException(
                    "compressed segment " + file + " is not the segment that its name says: restore it from a copy");
            }
            if (reader.dataLength() != dataLength) {
                throw new FormatException("compressed segment " + file + " has length " + reader.dataLength()
                    + ", this log is opened with length " + dataLength);
            }
            final MappedByteBuffer memory = allocate(SegmentDescriptor.HEADER_LENGTH + dataLength);
            try {
                SegmentHeader.write(memory, dataLength, base, reader.segmentId(), bootId);
                reader.unpackAll(memory.duplicate().position(SegmentDescriptor.HEADER_LENGTH));
                final Segment segment = new Segment(file, memory);
                segment.seal();
                return segment;
            } catch (final IOException | RuntimeException e) {
                BufferUtil.free(memory);
                throw e;
            }
        }
    }

    /** Direct memory is a mapping of no file to the JDK: forcing it does nothing. */
    static MappedByteBuffer allocate(final int length) {
        try {
            return (MappedByteBuffer) ByteBuffer.allocateDirect(length);
        } catch (final OutOfMemoryError e) {
            throw new StorageException("no memory outside the heap to unpack a segment of " + length
                + " bytes: raise -XX:MaxDirectMemorySize", e);
        }
    }

    /** Gives a segment back. */
    synchronized void release(final Segment segment) {
        final Entry entry = held.get(segment);
        entry.references--;
        if (entry.references == 0) {
            if (entry.outdated) {
                entries.remove(entry.file, entry);
                free(entry);
            } else {
                entries.remove(entry.file);
                entries.put(entry.file, entry); // it was left last
                evict();
            }
        }
    }

    /**
     * A file was replaced or deleted. Whoever comes while somebody is still in what was unpacked from it shares that: so
     * a reader who goes back to the beginning of a long message finds it.
     */
    synchronized void forget(final Path file) {
        final Entry entry = entries.get(file);
        if (entry != null) {
            entry.outdated = true;
            if (entry.references == 0) {
                entries.remove(file);
                free(entry);
            }
        }
    }

    /** Whether somebody is in a replaced segment of a directory that lies before a position. */
    synchronized boolean isOutdatedHeldBefore(final Path directory, final long position) {
        for (final Map.Entry<Segment, Entry> each : held.entrySet()) {
            final Entry entry = each.getValue();
            if (entry.outdated && entry.file.getParent().equals(directory) && each.getKey().basePosition() < position) {
                return true;
            }
        }
        return false;
    }

    /** Forgets every file of a directory; what readers are still in stays with them. */
    synchronized void forgetAll(final Path directory) {
        for (final Path file : entries.keySet().toArray(Path[]::new)) {
            if (file.getParent().equals(directory)) {
                forget(file);
            }
        }
    }

    private void evict() {
        final Iterator<Entry> oldest = entries.values().iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            final Entry entry = oldest.next();
            if (entry.references == 0) {
                oldest.remove();
                free(entry);
            }
        }
    }

    private void free(final Entry entry) {
        if (held.remove(entry.segment) != null) {
            bytes -= entry.segment.mapping().capacity();
            BufferUtil.free(entry.segment.mapping());
        }
    }
}
