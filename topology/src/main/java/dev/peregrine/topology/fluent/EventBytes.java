/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.EventView;
import org.agrona.DirectBuffer;

/** An event as this package shows it to others: bytes of its own choice under the name of another event. One thread. */
final class EventBytes implements EventView {
    private DirectBuffer buffer;
    private int offset;
    private int length;
    private long keyHash;
    private long timestampNs;
    private int schemaId;
    private int templateId;

    EventBytes set(final DirectBuffer memory, final int at, final int bytes) {
        buffer = memory;
        offset = at;
        length = bytes;
        return this;
    }

    EventBytes like(final EventView event) {
        keyHash = event.keyHash();
        timestampNs = event.timestampNs();
        return schema(event.schemaId(), event.templateId());
    }

    EventBytes schema(final int schema, final int template) {
        schemaId = schema;
        templateId = template;
        return this;
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
