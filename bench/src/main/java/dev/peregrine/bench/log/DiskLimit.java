/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;

/**
 * What the disk can do at most for a publisher that waits: one payload written into blocks that are there already, and
 * one fdatasync. Each thread has a file of its own.
 */
final class DiskLimit implements Transport {
    private static final int LENGTH = 4 << 20;

    private final Path directory;
    private final AtomicInteger files = new AtomicInteger();

    DiskLimit(final Path directory) {
        this.directory = directory;
    }

    @Override
    public Sender newSender() {
        final FileChannel channel;
        try {
            channel = FileChannel.open(directory.resolve("file-" + files.getAndIncrement()),
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            channel.write(ByteBuffer.allocate(LENGTH));
            channel.force(true);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Sender() {
            private ByteBuffer view;
            private int offset;

            @Override
            public void send(final DirectBuffer payload, final int length) {
                if (view == null) {
                    view = payload.byteBuffer().duplicate();
                }
                if (offset + length > LENGTH) {
                    offset = 0;
                }
                try {
                    channel.write(view.limit(length).position(0), offset);
                    channel.force(false);
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
                offset += length;
            }

            @Override
            public void close() {
                try {
                    channel.close();
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    @Override
    public Receiver newReceiver() {
        throw new UnsupportedOperationException("only the disk's own rate is measured");
    }

    @Override
    public void close() {
        // the senders close their files
    }
}
