/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.files.SystemFiles;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** The real file system, which counts forces and fails the calls it is told to. Safe for use by many threads. */
final class FaultyFiles extends SystemFiles {
    private final AtomicInteger forces = new AtomicInteger();
    private final AtomicInteger allocations = new AtomicInteger();
    private volatile int failAllocationFrom = Integer.MAX_VALUE;
    private volatile int failAllocationTo = Integer.MAX_VALUE;
    private volatile boolean forceFails;
    private volatile boolean full;

    /** Forces of mapped ranges so far. */
    int forces() {
        return forces.get();
    }

    int allocations() {
        return allocations.get();
    }

    void forceFails(final boolean value) {
        forceFails = value;
    }

    /** No allocation succeeds until this is taken back. */
    void full(final boolean value) {
        full = value;
    }

    /** Fails the n-th allocation, counted from 1, and those after it before the other number. */
    void failAllocations(final int from, final int to) {
        failAllocationFrom = from;
        failAllocationTo = to;
    }

    @Override
    public void force(final MappedByteBuffer buffer, final int offset, final int lengthBytes) throws IOException {
        forces.incrementAndGet();
        if (forceFails) {
            throw new IOException("Input/output error");
        }
        super.force(buffer, offset, lengthBytes);
    }

    @Override
    public void force(final FileChannel channel) {
        // the tests that count need no disk
    }

    @Override
    public void allocate(final Path file, final long lengthBytes, final Runnable betweenBlocks)
        throws IOException {
        final int call = allocations.incrementAndGet();
        if (full || (call >= failAllocationFrom && call < failAllocationTo)) {
            throw new IOException("No space left on device");
        }
        super.allocate(file, lengthBytes, betweenBlocks);
    }

    @Override
    public long usableSpace(final Path path) throws IOException {
        return full ? 0 : super.usableSpace(path);
    }
}
