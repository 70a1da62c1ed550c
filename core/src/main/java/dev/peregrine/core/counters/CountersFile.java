/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.counters;

import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The counters of one engine, in a mapped file that other processes read ({@link CountersView}). Making and freeing
 * counters is safe for many threads; each counter has one writer. Nothing on the way of an event should write here: a page
 * that the kernel is writing back can stop the thread that stores into it.
 */
public final class CountersFile implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(CountersFile.class);
    private static final int HISTOGRAMS = 64;

    private final FilesFacade files;
    /** Null where the file could not be made: the counters are then in memory. */
    private final MappedByteBuffer mapping;
    private final AtomicBuffer buffer;
    private final int capacity;
    private final CountersManager counters;
    private final BitSet histogramsTaken = new BitSet();
    private boolean warned;
    private boolean closed;

    private CountersFile(
        final FilesFacade files, final MappedByteBuffer mapping, final AtomicBuffer buffer, final int capacity) {
        this.files = files;
        this.mapping = mapping;
        this.buffer = buffer;
        this.capacity = capacity;
        writeHeader();
        this.counters = new CountersManager(
            new UnsafeBuffer(buffer, CountersFileDescriptor.METADATA_OFFSET, capacity * CountersReader.METADATA_LENGTH),
            new UnsafeBuffer(buffer, CountersFileDescriptor.valuesOffset(capacity),
                capacity * CountersReader.COUNTER_LENGTH),
            StandardCharsets.UTF_8);
    }

    /**
     * Makes the file anew, in the place of that of an earlier engine. Where it cannot be made, the counters are kept in
     * memory and one warning is logged: they are no reason not to start.
     *
     * @param capacity how many counters there is room for; each takes 640 bytes.
     */
    public static CountersFile create(final FilesFacade files, final Path directory, final int capacity) {
        final Path file = directory.resolve(CountersFileDescriptor.FILE);
        final Path building = directory.resolve(CountersFileDescriptor.FILE + ".new");
        final int length = CountersFileDescriptor.fileLength(capacity, HISTOGRAMS);
        try {
            files.allocate(building, length);
            final MappedByteBuffer mapping;
            try (FileChannel channel = files.openReadWrite(building)) {
                mapping = files.map(channel, FileChannel.MapMode.READ_WRITE, 0, length);
            }
            final CountersFile made = new CountersFile(files, mapping, new UnsafeBuffer(mapping), capacity);
            files.rename(building, file);
            return made;
        } catch (final IOException e) {
            LOGGER.warn("cannot write {}, so 'stat' and 'top' will show nothing: {}", file, e.getMessage());
            return new CountersFile(files, null, new UnsafeBuffer(
                BufferUtil.allocateDirectAligned(length, BitUtil.CACHE_LINE_LENGTH)), capacity);
        }
    }

    private void writeHeader() {
        final long nowMs = System.currentTimeMillis();
        buffer.putInt(CountersFileDescriptor.FORMAT_OFFSET, CountersFileDescriptor.FORMAT);
        buffer.putInt(CountersFileDescriptor.CAPACITY_OFFSET, capacity);
        buffer.putLong(CountersFileDescriptor.PID_OFFSET, ProcessHandle.current().pid());
        buffer.putLong(CountersFileDescriptor.STARTED_OFFSET, nowMs);
        buffer.putLong(CountersFileDescriptor.HEARTBEAT_OFFSET, nowMs);
        buffer.putInt(CountersFileDescriptor.HISTOGRAMS_OFFSET, HISTOGRAMS);
        buffer.putInt(CountersFileDescriptor.BUCKETS_OFFSET, HistogramBuckets.COUNT);
        buffer.putLongRelease(CountersFileDescriptor.MAGIC_OFFSET, CountersFileDescriptor.MAGIC);
    }

    /** Makes a counter; null, with one warning, where there is no room for it. */
    public synchronized AtomicCounter newCounter(final int typeId, final CounterLabel label) {
        return newCounter(typeId, label, 0);
    }

    private AtomicCounter newCounter(final int typeId, final CounterLabel label, final int key) {
        if (closed || counters.available() == 0) {
            warnOnce();
            return null;
        }
        final byte[] text = label.bytes();
        final UnsafeBuffer keyBytes = new UnsafeBuffer(new byte[BitUtil.SIZE_OF_INT]);
        keyBytes.putInt(0, key);
        return counters.newCounter(typeId, keyBytes, 0, keyBytes.capacity(), new UnsafeBuffer(text), 0, text.length);
    }

    private void warnOnce() {
        if (!warned && !closed) {
            warned = true;
            LOGGER.warn("all {} places for counters are taken, so 'stat' and 'top' do not show everything:"
                + " raise peregrine.counters", capacity);
        }
    }

    /**
     * Makes a histogram and a counter of that type and label which leads readers to it; null where there is no room.
     */
    public synchronized CountedHistogram newHistogram(final int typeId, final CounterLabel label) {
        final int number = histogramsTaken.nextClearBit(0);
        if (number == HISTOGRAMS) {
            warnOnce();
            return null;
        }
        final int offset = CountersFileDescriptor.histogramOffset(capacity, number);
        buffer.setMemory(offset, HistogramBuckets.COUNT * BitUtil.SIZE_OF_LONG, (byte) 0);
        final AtomicCounter counter = newCounter(typeId, label, number);
        if (counter == null) {
            return null;
        }
        histogramsTaken.set(number);
        return new CountedHistogram(buffer, offset, number, counter);
    }

    /** Gives a counter's place back. */
    public synchronized void free(final AtomicCounter counter) {
        if (!closed && !counter.isClosed()) {
            counter.close();
        }
    }

    /** Gives a histogram's place back; it must no longer be used. */
    public synchronized void free(final CountedHistogram histogram) {
        free(histogram.counter());
        histogramsTaken.clear(histogram.number());
    }

    /** A sign of life, for those who read the file. */
    public void heartbeat(final long nowMs) {
        buffer.putLongRelease(CountersFileDescriptor.HEARTBEAT_OFFSET, nowMs);
    }

    /** Says in the file that the engine is closed, and unmaps it: none of its counters may be used after this. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            buffer.putLongRelease(CountersFileDescriptor.CLOSED_OFFSET, 1);
            if (mapping != null) {
                files.unmap(mapping);
            }
        }
    }
}
