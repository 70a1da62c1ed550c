/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology;

import dev.peregrine.bench.rig.Payload;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Hands a stage's output to the next by a call, as fused stages have it. Used by one thread. */
public final class DirectEmitter implements Emitter, EventView {
    private static final int SCRATCH_LENGTH = 4096;

    private final Consumer<EventView> events;
    private final LongConsumer watermarks;
    private final UnsafeBuffer scratch = Payload.of(SCRATCH_LENGTH);
    private int length;
    private long keyHash;
    private long timestampNs;
    private int schemaId;
    private int templateId;

    /** Calls these for events and watermarks. */
    public DirectEmitter(final Consumer<EventView> events, final LongConsumer watermarks) {
        this.events = events;
        this.watermarks = watermarks;
    }

    @Override
    public int claim(final int lengthBytes) {
        length = lengthBytes;
        return 0;
    }

    @Override
    public MutableDirectBuffer buffer() {
        return scratch;
    }

    @Override
    public void commit(final long hash, final long timestamp, final int schema, final int template) {
        keyHash = hash;
        timestampNs = timestamp;
        schemaId = schema;
        templateId = template;
        events.accept(this);
    }

    @Override
    public void abort() {
        length = 0;
    }

    @Override
    public void forward(final EventView event, final long hash) {
        throw new UnsupportedOperationException("no stage here forwards");
    }

    @Override
    public Emitter toTask(final int task) {
        throw new UnsupportedOperationException("the next stage has one instance");
    }

    @Override
    public void watermark(final long eventTimeNs) {
        watermarks.accept(eventTimeNs);
    }

    @Override
    public int offset() {
        return 0;
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
