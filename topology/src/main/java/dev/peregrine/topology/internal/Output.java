/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.TaskHook;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The emitter of one instance: writes into its own scratch memory and sends along every route. Used by one thread. */
final class Output implements Emitter {
    static final int INITIAL_LENGTH = 4096;

    private final UnsafeBuffer scratch =
        new UnsafeBuffer(BufferUtil.allocateDirectAligned(INITIAL_LENGTH, BitUtil.CACHE_LINE_LENGTH));
    private final MutableEvent event = new MutableEvent();
    private final String name;
    private Route[] routes = {};
    private TaskHook[] hooks = {};
    /** Where every event goes and nothing else is to be done; null otherwise. What is fused is one call less deep then. */
    private FusedChannel only;
    private int claimedLength = -1;
    private long watermark = Long.MIN_VALUE;
    private long emitted;

    Output(final String name) {
        this.name = name;
    }

    /** Name of the output; empty is the default one. */
    String name() {
        return name;
    }

    void routes(final Route[] value) {
        routes = value;
        only = onlyFused();
    }

    void hooks(final TaskHook[] value) {
        hooks = value;
        only = onlyFused();
    }

    private FusedChannel onlyFused() {
        return hooks.length == 0 && routes.length == 1 ? routes[0].onlyFused() : null;
    }

    @Override
    public int claim(final int lengthBytes) {
        if (lengthBytes > scratch.capacity()) {
            scratch.wrap(BufferUtil.allocateDirectAligned(
                BitUtil.findNextPositivePowerOfTwo(lengthBytes), BitUtil.CACHE_LINE_LENGTH));
        }
        claimedLength = lengthBytes;
        return 0;
    }

    @Override
    public MutableDirectBuffer buffer() {
        return scratch;
    }

    @Override
    public void commit(final long keyHash, final long timestampNs, final int schemaId, final int templateId) {
        if (claimedLength < 0) {
            throw new IllegalStateException("commit without a claim");
        }
        final int length = claimedLength;
        claimedLength = -1;
        send(event.set(scratch, 0, length, keyHash, timestampNs, schemaId, templateId));
    }

    @Override
    public void abort() {
        claimedLength = -1;
    }

    @Override
    public void forward(final EventView from, final long keyHash) {
        send(event.set(from.buffer(), from.offset(), from.length(), keyHash, from.timestampNs(), from.schemaId(),
            from.templateId()));
    }

    void send(final EventView outgoing) {
        emitted++;
        final FusedChannel only = this.only;
        if (only == null) {
            sendByRoutes(outgoing);
        } else {
            only.send(outgoing);
        }
    }

    private void sendByRoutes(final EventView outgoing) {
        final TaskHook[] hooks = this.hooks;
        for (int i = 0; i < hooks.length; i++) {
            hooks[i].onEmit(outgoing);
        }
        final Route[] routes = this.routes;
        for (int i = 0; i < routes.length; i++) {
            routes[i].send(outgoing);
        }
    }

    @Override
    public Emitter toTask(final int task) {
        for (int i = 0; i < routes.length; i++) {
            routes[i].toTask(task);
        }
        return this;
    }

    @Override
    public void watermark(final long eventTimeNs) {
        if (eventTimeNs > watermark) {
            watermark = eventTimeNs;
            for (int i = 0; i < routes.length; i++) {
                routes[i].watermark(eventTimeNs);
            }
        }
    }

    void marker(final long epoch) {
        for (int i = 0; i < routes.length; i++) {
            routes[i].marker(epoch);
        }
    }

    void flush() {
        for (int i = 0; i < routes.length; i++) {
            routes[i].flush();
        }
    }

    /** The last one sent, as {@link Long#MIN_VALUE} none; approximate from other threads, as those below. */
    long watermark() {
        return watermark;
    }

    long emitted() {
        return emitted;
    }

    long waitedNs() {
        long sum = 0;
        final Route[] routes = this.routes;
        for (int i = 0; i < routes.length; i++) {
            sum += routes[i].waitedNs();
        }
        return sum;
    }
}
