/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import dev.peregrine.core.error.FencedException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Tells a writer whether another process has taken its data directory over. The answer costs one load of mapped memory
 * that nobody writes, so it may be asked at every commit. Safe for use by many threads.
 *
 * <p><b>Protocol.</b> Whoever takes over raises the epoch, waits {@link DataDirectoryLock#GRACE_NS}, and only then copies
 * what the old writer may still have mapped. The old writer stores its record first and asks {@link #isRaised} after it. If
 * the answer is no, the load came before the raise, and so did the store, but for the time that it may sit in the
 * processor's store buffer, which the wait outlasts by far: the copy has the record. If the answer is yes, the record is
 * not acknowledged. A process that is stopped or loses its processor has its store buffers drained by the kernel.
 */
public final class WriterFence {
    /** Of a directory that nobody can take over. */
    public static final WriterFence NONE = new WriterFence(
        new UnsafeBuffer(ByteBuffer.allocateDirect(WriterEpochDescriptor.FILE_LENGTH)), Path.of(""), 0, false);

    private final AtomicBuffer file;
    private final Path directory;
    private final long epoch;
    private final boolean takeOver;

    WriterFence(final AtomicBuffer file, final Path directory, final long epoch, final boolean takeOver) {
        this.file = file;
        this.directory = directory;
        this.epoch = epoch;
        this.takeOver = takeOver;
    }

    /** Number of this writer; each process that opens the directory to write has a higher one than those before it. */
    public long epoch() {
        return epoch;
    }

    /** Whether a writer before this one may still run: what it has mapped must be replaced before it is used. */
    public boolean isTakeOver() {
        return takeOver;
    }

    /** Whether a later writer has opened the directory. */
    public boolean isRaised() {
        // volatile: not before the stores that come before it in the program
        return file.getLongVolatile(WriterEpochDescriptor.EPOCH_OFFSET) != epoch;
    }

    /**
     * Refuses to go on after a take-over.
     *
     * @throws FencedException naming both epochs.
     */
    public void check() {
        if (isRaised()) {
            throw fenced();
        }
    }

    /** The error of a writer that was fenced. */
    public FencedException fenced() {
        return new FencedException("data directory " + directory + " was taken over by the writer of epoch "
            + file.getLongVolatile(WriterEpochDescriptor.EPOCH_OFFSET) + "; this one has epoch " + epoch
            + ": nothing it writes counts any more, close it");
    }
}
