/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A channel that writes at most a few thousand bytes at a time, until the disk is full. */
final class FullChannel extends FileChannel {
    private static final int LONGEST_WRITE = 100_000;

    private final FileChannel channel;
    private long room;

    FullChannel(final FileChannel channel, final long room) {
        this.channel = channel;
        this.room = room;
    }

    @Override
    public int write(final ByteBuffer source, final long position) throws IOException {
        if (room == 0) {
            throw new IOException("No space left on device");
        }
        final int length = (int) Math.min(room, Math.min(LONGEST_WRITE, source.remaining()));
        final int written = channel.write(source.duplicate().limit(source.position() + length), position);
        source.position(source.position() + written);
        room -= written;
        return written;
    }

    @Override
    public int write(final ByteBuffer source) throws IOException {
        final int written = write(source, channel.position());
        channel.position(channel.position() + written);
        return written;
    }

    @Override
    public long write(final ByteBuffer[] sources, final int offset, final int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int read(final ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public long read(final ByteBuffer[] into, final int offset, final int length) throws IOException {
        return channel.read(into, offset, length);
    }

    @Override
    public int read(final ByteBuffer into, final long position) throws IOException {
        return channel.read(into, position);
    }

    @Override
    public long position() throws IOException {
        return channel.position();
    }

    @Override
    public FileChannel position(final long newPosition) throws IOException {
        channel.position(newPosition);
        return this;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public FileChannel truncate(final long size) throws IOException {
        channel.truncate(size);
        return this;
    }

    @Override
    public void force(final boolean metaData) throws IOException {
        channel.force(metaData);
    }

    @Override
    public long transferTo(final long position, final long count, final WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(final ReadableByteChannel source, final long position, final long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(final MapMode mode, final long position, final long size) throws IOException {
        return channel.map(mode, position, size);
    }

    @Override
    public FileLock lock(final long position, final long size, final boolean shared) throws IOException {
        return channel.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(final long position, final long size, final boolean shared) throws IOException {
        return channel.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        channel.close();
    }
}
