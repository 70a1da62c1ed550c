/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** An event made by a test. */
public final class TestEvent implements EventView {
    private final UnsafeBuffer buffer;
    private final long keyHash;
    private final long timestampNs;
    private final int templateId;

    /** An event of some bytes, which do not lie at the start of its buffer. */
    public TestEvent(final byte[] payload, final long keyHash, final long timestampNs, final int templateId) {
        this.buffer = new UnsafeBuffer(new byte[payload.length + Long.BYTES]);
        this.buffer.putBytes(Long.BYTES, payload);
        this.keyHash = keyHash;
        this.timestampNs = timestampNs;
        this.templateId = templateId;
    }

    @Override
    public DirectBuffer buffer() {
        return buffer;
    }

    @Override
    public int offset() {
        return Long.BYTES;
    }

    @Override
    public int length() {
        return buffer.capacity() - Long.BYTES;
    }

    @Override
    public long keyHash() {
        return keyHash;
    }

    @Override
    public long timestampNs() {
        return timestampNs;
    }

    @Override
    public int schemaId() {
        return 7;
    }

    @Override
    public int templateId() {
        return templateId;
    }
}
