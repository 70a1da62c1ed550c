/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.EventView;
import org.agrona.DirectBuffer;

/** The runtime's own event flyweight. Used by one thread. */
final class MutableEvent implements EventView {
    private DirectBuffer buffer;
    private int offset;
    private int length;
    private long keyHash;
    private long timestampNs;
    private int schemaId;
    private int templateId;

    MutableEvent set(
        final DirectBuffer buffer, final int offset, final int length, final long keyHash, final long timestampNs,
        final int schemaId, final int templateId) {
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
        this.keyHash = keyHash;
        this.timestampNs = timestampNs;
        this.schemaId = schemaId;
        this.templateId = templateId;
        return this;
    }

    void timestampNs(final long value) {
        timestampNs = value;
    }

    @Override
    public DirectBuffer buffer() {
        return buffer;
    }

    @Override
    public int offset() {
        return offset;
    }

    @Override
    public int length() {
        return length;
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
        return schemaId;
    }

    @Override
    public int templateId() {
        return templateId;
    }
}
