/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.testing;

import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A file system for tests that fails, shortens or delays the n-th call of a kind. Calls are counted from when the fault
 * is set, the next one is the first. Safe for use by many threads.
 */
public final class FaultyFiles implements FilesFacade {
    /** Kinds of calls. */
    public enum Call {
        /** {@link FilesFacade#createDirectories}. */
        CREATE_DIRECTORIES,
        /** {@link FilesFacade#openRead} and {@link FilesFacade#openReadWrite}. */
        OPEN,
        /** {@link FilesFacade#allocate}. */
        ALLOCATE,
        /** {@link FilesFacade#map}. */
        MAP,
        /** {@link FilesFacade#force} of a mapping or of a channel. */
        FORCE,
        /** {@link FilesFacade#forceDirectory}. */
        FORCE_DIRECTORY,
        /** {@link FilesFacade#link}. */
        LINK,
        /** {@link FilesFacade#rename}. */
        RENAME,
        /** {@link FilesFacade#delete}. */
        DELETE,
        /** {@link FilesFacade#list}. */
        LIST,
        /** {@link FilesFacade#writeAtomically}. */
        WRITE_ATOMICALLY
    }

    private static final long WHOLE = Long.MAX_VALUE;

    private final FilesFacade files;
    private final Map<Call, Fault> faults = new EnumMap<>(Call.class);
    private final Map<Call, Integer> counts = new EnumMap<>(Call.class);
    private boolean full;

    /** What befalls one call. */
    private static final class Fault {
        private final Runnable before;
        private final IOException failure;
        private final long keptBytes;
        private int callsLeft;

        Fault(final int nth, final Runnable before, final IOException failure, final long keptBytes) {
            this.callsLeft = nth;
            this.before = before;
            this.failure = failure;
            this.keptBytes = keptBytes;
        }
    }

    /** Over the real file system. */
    public FaultyFiles() {
        this(SYSTEM);
    }

    /** Over another. */
    public FaultyFiles(final FilesFacade files) {
        this.files = files;
    }

    /** The n-th call of this kind fails before it does anything. */
    public synchronized FaultyFiles failNth(final Call call, final int nth, final String message) {
        faults.put(call, new Fault(nth, null, new IOException(message), WHOLE));
        return this;
    }

    /**
     * The n-th call of this kind does only a part of its work and reports success: {@link Call#ALLOCATE} and
     * {@link Call#WRITE_ATOMICALLY}.
     */
    public synchronized FaultyFiles shortenNth(final Call call, final int nth, final long keptBytes) {
        if (call != Call.ALLOCATE && call != Call.WRITE_ATOMICALLY) {
            throw new IllegalArgumentException(call + " has no length");
        }
        faults.put(call, new Fault(nth, null, null, keptBytes));
        return this;
    }

    /** The n-th call of this kind first runs this, for example waits for a latch. */
    public synchronized FaultyFiles delayNth(final Call call, final int nth, final Runnable before) {
        faults.put(call, new Fault(nth, before, null, WHOLE));
        return this;
    }

    /** While true nothing can be allocated or written anew, and there is no usable space. */
    public synchronized FaultyFiles diskFull(final boolean isFull) {
        full = isFull;
        return this;
    }

    /** Forgets every fault that has not struck. */
    public synchronized FaultyFiles heal() {
        faults.clear();
        full = false;
        return this;
    }

    /** Calls of this kind so far, failed ones included. */
    public synchronized int count(final Call call) {
        return counts.getOrDefault(call, 0);
    }

    /** Counts the call, fails or delays it; returns how many bytes of it are to be done. */
    private long enter(final Call call) throws IOException {
        final Fault fault;
        synchronized (this) {
            counts.merge(call, 1, Integer::sum);
            if (full && (call == Call.ALLOCATE || call == Call.WRITE_ATOMICALLY)) {
                throw new IOException("No space left on device");
            }
            final Fault set = faults.get(call);
            if (set == null || --set.callsLeft > 0) {
                return WHOLE;
            }
            faults.remove(call);
            fault = set;
        }
        if (fault.before != null) {
            fault.before.run();
        }
        if (fault.failure != null) {
            throw fault.failure;
        }
        return fault.keptBytes;
    }

    @Override
    public void createDirectories(final Path directory) throws IOException {
        enter(Call.CREATE_DIRECTORIES);
        files.createDirectories(directory);
    }

    @Override
    public FileChannel openReadWrite(final Path file) throws IOException {
        enter(Call.OPEN);
        return files.openReadWrite(file);
    }

    @Override
    public FileChannel openRead(final Path file) throws IOException {
        enter(Call.OPEN);
        return files.openRead(file);
    }

    @Override
    public void clear(final Path file, final long lengthBytes, final Runnable betweenBlocks) throws IOException {
        enter(Call.ALLOCATE);
        files.clear(file, lengthBytes, betweenBlocks);
    }

    @Override
    public void allocate(final Path file, final long lengthBytes) throws IOException {
        allocate(file, lengthBytes, () -> { });
    }

    @Override
    public void allocate(final Path file, final long lengthBytes, final Runnable betweenBlocks)
        throws IOException {
        files.allocate(file, Math.min(enter(Call.ALLOCATE), lengthBytes), betweenBlocks);
    }

    @Override
    public MappedByteBuffer map(
        final FileChannel channel, final FileChannel.MapMode mode, final long offset, final long lengthBytes)
        throws IOException {
        enter(Call.MAP);
        return files.map(channel, mode, offset, lengthBytes);
    }

    @Override
    public void unmap(final MappedByteBuffer buffer) {
        files.unmap(buffer);
    }

    @Override
    public void force(final MappedByteBuffer buffer, final int offset, final int lengthBytes) throws IOException {
        enter(Call.FORCE);
        files.force(buffer, offset, lengthBytes);
    }

    @Override
    public void force(final FileChannel channel) throws IOException {
        enter(Call.FORCE);
        files.force(channel);
    }

    @Override
    public void forceDirectory(final Path directory) throws IOException {
        enter(Call.FORCE_DIRECTORY);
        files.forceDirectory(directory);
    }

    @Override
    public void link(final Path existing, final Path link) throws IOException {
        enter(Call.LINK);
        files.link(existing, link);
    }

    @Override
    public void rename(final Path from, final Path to) throws IOException {
        enter(Call.RENAME);
        files.rename(from, to);
    }

    @Override
    public void delete(final Path file) throws IOException {
        enter(Call.DELETE);
        files.delete(file);
    }

    @Override
    public List<Path> list(final Path directory) throws IOException {
        enter(Call.LIST);
        return files.list(directory);
    }

    @Override
    public void writeAtomically(final Path file, final byte[] content) throws IOException {
        final long kept = enter(Call.WRITE_ATOMICALLY);
        if (kept < content.length) {
            Files.write(file, Arrays.copyOf(content, (int) kept));
        } else {
            files.writeAtomically(file, content);
        }
    }

    @Override
    public dev.peregrine.core.files.WriterFence fence() {
        return files.fence();
    }

    @Override
    public synchronized long usableSpace(final Path path) throws IOException {
        return full ? 0 : files.usableSpace(path);
    }
}
