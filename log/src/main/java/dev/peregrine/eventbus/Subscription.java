/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.Durability;
import dev.peregrine.log.FrameHandler;
import dev.peregrine.log.PartitionReader;
import java.nio.file.Path;

/**
 * A named reader of all partitions of a stream whose place survives a restart. Used by one thread.
 *
 * <p>Records of one partition arrive in order; partitions take turns. What was polled after the last {@link #commit} is
 * delivered again after a crash.
 */
public final class Subscription implements AutoCloseable {
    private final Stream stream;
    private final String name;
    private final PartitionReader[] readers;
    private final PositionFile positions;
    private final Runnable onClose;
    private int next;
    private boolean closed;

    Subscription(
        final Stream stream, final String name, final Path file, final FilesFacade files, final Runnable onClose) {
        this.stream = stream;
        this.name = name;
        this.onClose = onClose;
        this.positions = new PositionFile(files, file, stream.partitions());
        this.readers = new PartitionReader[stream.partitions()];
        for (int i = 0; i < readers.length; i++) {
            readers[i] = stream.partition(i).newReader(positions.position(i));
            readers[i].seek(positions.position(i), positions.number(i));
        }
    }

    /** Name of the subscription. */
    public String name() {
        return name;
    }

    /** The stream it reads. */
    public Stream stream() {
        return stream;
    }

    /** Hands records to the handler, up to a limit over all partitions; returns how many. */
    public int poll(final FrameHandler handler, final int limit) {
        int handled = 0;
        for (int i = 0; i < readers.length && handled < limit; i++) {
            handled += readers[next].poll(handler, limit - handled);
            next = next + 1 == readers.length ? 0 : next + 1;
        }
        return handled;
    }

    /**
     * Makes the present place of every partition the one to start from next time.
     *
     * @throws ClosedException if the subscription is closed.
     */
    public void commit() {
        if (closed) {
            throw new ClosedException("subscription " + name + " is closed");
        }
        for (int i = 0; i < readers.length; i++) {
            positions.stage(i, readers[i].position(), readers[i].offset());
        }
        positions.commit();
        if (stream.config().durability() == Durability.SYNC) {
            positions.force();
        }
    }

    /** Position of the next record of a partition. */
    public long position(final int partition) {
        return readers[partition].position();
    }

    /** Number of the next record of a partition. */
    public long offset(final int partition) {
        return readers[partition].offset();
    }

    /** Goes back to the first record that is kept. Takes effect durably with the next {@link #commit}. */
    public void rewind() {
        for (int i = 0; i < readers.length; i++) {
            readers[i].seek(stream.partition(i).startPosition());
        }
    }

    /** Bytes that were published and not yet polled, over all partitions. */
    public long lagBytes() {
        long lag = 0;
        for (int i = 0; i < readers.length; i++) {
            lag += stream.partition(i).appendedPosition() - readers[i].position();
        }
        return lag;
    }

    /** Gives the name free; the durable place is that of the last commit. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (final PartitionReader reader : readers) {
            reader.close();
        }
        positions.close();
        onClose.run();
    }
}
