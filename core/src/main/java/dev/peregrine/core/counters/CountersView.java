/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.counters;

import dev.peregrine.core.error.FormatException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * The counters of an engine, as another process sees them. The file is only read; what it says is checked against its
 * length before it is believed. Used by one thread.
 */
public final class CountersView implements AutoCloseable {
    private final FilesFacade files;
    private final MappedByteBuffer mapping;
    private final UnsafeBuffer buffer;
    private final int capacity;
    private final int histograms;
    private final CountersReader counters;

    private CountersView(final FilesFacade files, final MappedByteBuffer mapping) {
        this.files = files;
        this.mapping = mapping;
        this.buffer = new UnsafeBuffer(mapping);
        this.capacity = buffer.getInt(CountersFileDescriptor.CAPACITY_OFFSET);
        this.histograms = buffer.getInt(CountersFileDescriptor.HISTOGRAMS_OFFSET);
        this.counters = new CountersReader(
            new UnsafeBuffer(buffer, CountersFileDescriptor.METADATA_OFFSET, capacity * CountersReader.METADATA_LENGTH),
            new UnsafeBuffer(buffer, CountersFileDescriptor.valuesOffset(capacity),
                capacity * CountersReader.COUNTER_LENGTH),
            StandardCharsets.UTF_8);
    }

    /** Called for each counter, in the order in which they were made. */
    @FunctionalInterface
    public interface Visitor {
        /** A counter, and the number of its histogram if its type has one. */
        void onCounter(int typeId, CounterLabel label, long value, int histogram);
    }

    /**
     * Opens the counters of the engine that has, or had, a data directory; empty if it has none.
     *
     * @throws FormatException if the file is none of this version.
     */
    public static Optional<CountersView> open(final FilesFacade files, final Path directory) {
        final Path file = directory.resolve(CountersFileDescriptor.FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = files.openRead(file)) {
            final long length = channel.size();
            final MappedByteBuffer mapping = files.map(channel, FileChannel.MapMode.READ_ONLY, 0, length);
            if (!isValid(new UnsafeBuffer(mapping), length)) {
                files.unmap(mapping);
                throw new FormatException(file + " is no counters file of this version; the engine makes it anew at its"
                    + " start");
            }
            return Optional.of(new CountersView(files, mapping));
        } catch (final IOException e) {
            throw new StorageException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static boolean isValid(final UnsafeBuffer header, final long length) {
        if (length < CountersFileDescriptor.METADATA_OFFSET
            || header.getLongAcquire(CountersFileDescriptor.MAGIC_OFFSET) != CountersFileDescriptor.MAGIC
            || header.getInt(CountersFileDescriptor.FORMAT_OFFSET) != CountersFileDescriptor.FORMAT
            || header.getInt(CountersFileDescriptor.BUCKETS_OFFSET) != HistogramBuckets.COUNT) {
            return false;
        }
        final long counters = header.getInt(CountersFileDescriptor.CAPACITY_OFFSET);
        final long histograms = header.getInt(CountersFileDescriptor.HISTOGRAMS_OFFSET);
        final long needed = CountersFileDescriptor.METADATA_OFFSET
            + counters * (CountersReader.METADATA_LENGTH + CountersReader.COUNTER_LENGTH)
            + histograms * HistogramBuckets.COUNT * BitUtil.SIZE_OF_LONG;
        return counters > 0 && histograms >= 0 && needed == length;
    }

    /** Process that wrote, or writes, the file. */
    public long pid() {
        return buffer.getLong(CountersFileDescriptor.PID_OFFSET);
    }

    /** When the engine started, ms since 1970. */
    public long startedMs() {
        return buffer.getLong(CountersFileDescriptor.STARTED_OFFSET);
    }

    /** Its last sign of life, ms since 1970; a running engine gives several a second. */
    public long heartbeatMs() {
        return buffer.getLongAcquire(CountersFileDescriptor.HEARTBEAT_OFFSET);
    }

    /** Whether the engine has closed. */
    public boolean isClosed() {
        return buffer.getLongAcquire(CountersFileDescriptor.CLOSED_OFFSET) != 0;
    }

    /** Whether the engine seems to run: it has not closed and its process is there. */
    public boolean isAlive() {
        return !isClosed() && ProcessHandle.of(pid()).map(ProcessHandle::isAlive).orElse(false);
    }

    /**
     * Visits all counters.
     *
     * @throws FormatException if one is damaged.
     */
    public void forEach(final Visitor visitor) {
        for (int id = 0; id <= counters.maxCounterId(); id++) {
            final int state = counters.getCounterState(id);
            if (state == CountersReader.RECORD_UNUSED) {
                return;
            }
            if (state == CountersReader.RECORD_ALLOCATED) {
                final int key = counters.metaDataBuffer()
                    .getInt(CountersReader.metaDataOffset(id) + CountersReader.KEY_OFFSET);
                visitor.onCounter(counters.getCounterTypeId(id), label(id), counters.getCounterValue(id), key);
            }
        }
    }

    private CounterLabel label(final int id) {
        final int length = counters.metaDataBuffer()
            .getInt(CountersReader.metaDataOffset(id) + CountersReader.LABEL_OFFSET);
        if (length < 0 || length > CountersReader.MAX_LABEL_LENGTH) {
            throw new FormatException("the label of counter " + id + " is damaged in the counters file; the engine makes it"
                + " anew at its start");
        }
        return CounterLabel.read(counters.getCounterLabel(id));
    }

    /** Adds the counts of a histogram to those given; does nothing where there is none of that number. */
    public void addHistogram(final int number, final long[] counts) {
        if (number >= 0 && number < histograms) {
            new CountedHistogram(buffer, CountersFileDescriptor.histogramOffset(capacity, number), number, null)
                .addTo(counts);
        }
    }

    @Override
    public void close() {
        files.unmap(mapping);
    }
}
