/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.IndexDescriptor.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * One index file, see {@link IndexDescriptor}. Nothing of it is forced: it can be made again from the segment. Not
 * thread-safe.
 */
final class IndexFile implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final byte[] header;
    /** Of an entry; used again, since a busy log adds thousands a second. */
    private final ByteBuffer encoded =
        ByteBuffer.allocate(IndexDescriptor.ENTRY_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private long entries;

    private IndexFile(final Path file, final FileChannel channel, final byte[] header, final long entries) {
        this.file = file;
        this.channel = channel;
        this.header = header;
        this.entries = entries;
    }

    /** Makes the index of a segment anew, with its first entry. */
    static IndexFile create(
        final FilesFacade files, final Path file, final long segmentId, final Entry first) {
        final IndexFile index;
        try {
            final FileChannel channel = files.openReadWrite(file);
            index = new IndexFile(file, channel, IndexDescriptor.header(segmentId, first.position()), 1);
        } catch (final IOException e) {
            throw failed(file, e);
        }
        boolean written = false;
        try {
            index.channel.truncate(0);
            index.write(ByteBuffer.allocate(IndexDescriptor.FIRST_ENTRY_END).put(index.header)
                .put(IndexDescriptor.entry(index.header, 0, first)).flip(), 0);
            written = true;
            return index;
        } catch (final IOException e) {
            throw failed(file, e);
        } finally {
            if (!written) {
                index.close(); // the disk may be full for long, and this be tried again and again
            }
        }
    }

    /** Whether a file has a first entry, or had one: not where one is just being made. */
    static boolean isBegun(final Path file) {
        try {
            return Files.exists(file) && Files.size(file) >= IndexDescriptor.FIRST_ENTRY_END;
        } catch (final NoSuchFileException e) {
            return false;
        } catch (final IOException e) {
            throw failed(file, e);
        }
    }

    /**
     * Opens the index of a segment.
     *
     * @return null if it is missing, of another segment, or has no first entry that is intact.
     */
    static IndexFile open(
        final FilesFacade files, final Path file, final long segmentId, final long base, final boolean append) {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            final FileChannel channel = append ? files.openReadWrite(file) : files.openRead(file);
            final byte[] header = IndexDescriptor.header(segmentId, base);
            final IndexFile index = new IndexFile(file, channel, header,
                (channel.size() - IndexDescriptor.HEADER_LENGTH) / IndexDescriptor.ENTRY_LENGTH);
            final Entry first = index.readHeader() ? index.read(0) : null;
            if (first == null || first.position() != base) {
                index.close();
                return null;
            }
            return index;
        } catch (final IOException e) {
            throw failed(file, e);
        }
    }

    private boolean readHeader() {
        final byte[] found = new byte[IndexDescriptor.HEADER_LENGTH];
        return entries > 0 && readFully(found, 0) && Arrays.equals(found, header);
    }

    /** Number of whole entries. */
    long entries() {
        return entries;
    }

    /** An entry, or null if it fails its checksum. */
    Entry read(final long number) {
        final byte[] bytes = new byte[IndexDescriptor.ENTRY_LENGTH];
        return readFully(bytes, IndexDescriptor.entryAt(number))
            ? IndexDescriptor.decode(header, number, bytes) : null;
    }

    /**
     * The last entry for which a condition holds that holds for none behind the first for which it does not.
     *
     * @return null if an entry on the way fails its checksum, or the condition does not hold for the first.
     */
    Entry last(final Predicate<Entry> condition) {
        long low = 0;
        long high = entries;
        Entry found = null;
        while (low < high) {
            final long middle = (low + high) >>> 1;
            final Entry entry = read(middle);
            if (entry == null) {
                return null;
            }
            if (condition.test(entry)) {
                found = entry;
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return found;
    }

    /** The entries up to a position, in their order, the last ones if there are more; those behind a damaged one only. */
    Entry[] upTo(final long position, final int most) {
        long low = 0;
        long high = entries;
        while (low < high) {
            final long middle = (low + high) >>> 1;
            final Entry entry = read(middle);
            if (entry == null) {
                return new Entry[0];
            }
            if (entry.position() <= position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        final Entry[] found = new Entry[(int) Math.min(most, low)];
        for (int i = found.length - 1; i >= 0; i--) {
            found[i] = read(low - found.length + i);
            if (found[i] == null) {
                return Arrays.copyOfRange(found, i + 1, found.length);
            }
        }
        return found;
    }

    /** Cuts what does not pass from the end, e.g. half an entry; returns the last entry that does. */
    Entry cutToIntact() {
        Entry last = read(entries - 1);
        while (last == null) {
            entries--;
            last = read(entries - 1); // the first was intact when the file was opened
        }
        try {
            channel.truncate(IndexDescriptor.entryAt(entries));
        } catch (final IOException e) {
            throw failed(file, e);
        }
        return last;
    }

    void append(final Entry entry) {
        IndexDescriptor.encode(encoded, header, entries, entry);
        write(encoded, IndexDescriptor.entryAt(entries));
        entries++;
    }

    private void write(final ByteBuffer buffer, final long at) {
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer, at + buffer.position());
            }
        } catch (final IOException e) {
            throw failed(file, e);
        }
    }

    private boolean readFully(final byte[] bytes, final long at) {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, at + buffer.position()) < 0) {
                    return false;
                }
            }
            return true;
        } catch (final IOException e) {
            throw failed(file, e);
        }
    }

    private static StorageException failed(final Path file, final IOException cause) {
        return new StorageException("index " + file + ": " + cause.getMessage()
            + "; it can be deleted, it is made again from the log", cause);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (final IOException e) {
            throw failed(file, e);
        }
    }
}
