/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.YieldingWaitStrategy;
import dev.peregrine.topology.EventView;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.agrona.BitUtil;
import org.agrona.concurrent.IdleStrategy;

/**
 * The edge between two instances on two threads: a Disruptor ring of preallocated slots, one producer, one consumer.
 * The sending half is used by the producer's thread, {@link #poll} by the consumer's.
 *
 * <p>A batch is what is there: the producer publishes at the end of its duty cycle or every {@link #BATCH} events, the
 * consumer takes all that is published. A full ring makes the producer wait, so that nothing is ever dropped. Events that
 * are longer than a slot are copied once too: a slot refers to them.
 */
public final class RingEdge implements Channel {
    /** Slots of a ring, and bytes of each, in a topology. */
    static final int SLOTS = 4096;
    static final int SLOT_LENGTH = 128;

    /** Events after which a producer publishes even within a duty cycle. */
    private static final int BATCH = 64;
    /** A ring starts before its first slot. */
    private static final long NOTHING = -1;

    private final RingBuffer<RingSlot> ring;
    private final Sequence consumed = new Sequence();
    private final StageInstance receiver;
    private final int input;
    private final IdleStrategy producerIdle;
    private final BooleanSupplier stopping;
    private final MutableEvent event = new MutableEvent();
    private final LargeEvents large;
    private final int slotLength;

    private long claimed = NOTHING;
    private long published = NOTHING;
    /** Both are written by the producer while it waits, and read by others. */
    private volatile long blockedNs;
    private volatile boolean waiting;
    private long waitingSinceNs;

    /** Whether the consumer has met the marker of the epoch that its thread is waiting to complete. */
    private boolean aligned;

    RingEdge(
        final StageInstance receiver, final int slots, final int slotLength, final IdleStrategy producerIdle,
        final BooleanSupplier stopping) {
        this(receiver, slots, slotLength, aligned -> producerIdle, stopping);
    }

    /** With a producer that waits as it depends on {@link #isAligned}; for where one thread does both halves' work. */
    RingEdge(
        final StageInstance receiver, final int slots, final int slotLength,
        final Function<BooleanSupplier, IdleStrategy> producerIdle, final BooleanSupplier stopping) {
        this.receiver = receiver;
        this.input = receiver.addInput();
        this.producerIdle = producerIdle.apply(this::isAligned);
        this.stopping = stopping;
        this.slotLength = slotLength;
        this.large = new LargeEvents(receiver.memory(), "room for large events to " + receiver.component());
        this.ring = RingBuffer.createSingleProducer(
            () -> new RingSlot(slotLength), slots, new YieldingWaitStrategy());
        this.ring.addGatingSequences(consumed);
    }

    /** Memory of a ring outside the heap, bytes. */
    static long bytes(final int slots, final int slotLength) {
        return (long) slots * (slotLength + BitUtil.CACHE_LINE_LENGTH);
    }

    @Override
    public void send(final EventView from) {
        final int length = from.length();
        final long largeEnd = length > slotLength ? claimLarge(length) : 0; // first: a slot once claimed is published
        final RingSlot slot = claim();
        if (length > slotLength) {
            large.memory().putBytes(large.offset(largeEnd, length), from.buffer(), from.offset(), length);
            slot.kind = RingSlot.LARGE_EVENT;
            slot.largeEnd = largeEnd;
        } else {
            slot.payload.putBytes(0, from.buffer(), from.offset(), length);
            slot.kind = RingSlot.EVENT;
        }
        slot.length = length;
        slot.keyHash = from.keyHash();
        slot.time = from.timestampNs();
        slot.schemaId = from.schemaId();
        slot.templateId = from.templateId();
        if (claimed - published >= BATCH) {
            flush();
        }
    }

    private long claimLarge(final int length) {
        long end = large.claim(length);
        if (end == LargeEvents.NO_ROOM) {
            beginWaiting();
            while ((end = large.claim(length)) == LargeEvents.NO_ROOM) {
                idle();
            }
            endWaiting();
        }
        return end;
    }

    private void idle() {
        if (stopping.getAsBoolean()) {
            throw TopologyStoppedException.INSTANCE;
        }
        producerIdle.idle();
    }

    @Override
    public void marker(final long epoch) {
        control(RingSlot.MARKER, epoch);
    }

    @Override
    public void watermark(final long eventTimeNs) {
        control(RingSlot.WATERMARK, eventTimeNs);
    }

    private void control(final int kind, final long time) {
        final RingSlot slot = claim();
        slot.kind = kind;
        slot.time = time;
        flush();
    }

    private RingSlot claim() {
        if (!ring.hasAvailableCapacity(1)) {
            awaitRoom();
        }
        claimed = ring.next();
        return ring.get(claimed);
    }

    private void awaitRoom() {
        beginWaiting();
        while (!ring.hasAvailableCapacity(1)) {
            idle();
        }
        endWaiting();
    }

    private void beginWaiting() {
        flush();
        waitingSinceNs = System.nanoTime();
        waiting = true;
        producerIdle.reset();
    }

    private void endWaiting() {
        waiting = false;
        blockedNs = waitedAndWaitingNs();
    }

    @Override
    public void flush() {
        if (claimed > published) {
            ring.publish(published + 1, claimed); // release: the slots' content is visible with the cursor
            published = claimed;
        }
    }

    /** Takes what is there, up to a limit, or up to the next marker; returns how much. */
    int poll(final int limit) {
        final long available = ring.getCursor(); // acquire
        long next = consumed.get() + 1;
        int taken = 0;
        while (next <= available && taken < limit && !aligned) {
            final RingSlot slot = ring.get(next);
            next++;
            taken++;
            if (slot.kind == RingSlot.EVENT) {
                receiver.arriving(input);
                receiver.onEvent(event.set(slot.payload, 0, slot.length, slot.keyHash, slot.time, slot.schemaId,
                    slot.templateId));
            } else if (slot.kind == RingSlot.LARGE_EVENT) {
                receiver.arriving(input);
                receiver.onEvent(event.set(large.memory(), large.offset(slot.largeEnd, slot.length), slot.length,
                    slot.keyHash, slot.time, slot.schemaId, slot.templateId));
                large.release(slot.largeEnd);
            } else if (slot.kind == RingSlot.WATERMARK) {
                receiver.onWatermark(input, slot.time);
            } else {
                aligned = true;
                receiver.onMarker(slot.time);
            }
        }
        if (taken > 0) {
            consumed.set(next - 1); // release: the slots may be used again
        }
        return taken;
    }

    boolean isAligned() {
        return aligned;
    }

    void nextEpoch() {
        aligned = false;
    }

    /** Memory for events longer than a slot, bytes; of the producer's thread. */
    int largeBytes() {
        return large.capacity();
    }

    private long waitedAndWaitingNs() {
        return blockedNs + System.nanoTime() - waitingSinceNs;
    }

    @Override
    public long waitedNs() {
        return waiting ? waitedAndWaitingNs() : blockedNs;
    }

    /** Whether the producer waits for room now. */
    boolean isHoldingUp() {
        return waiting;
    }

    StageInstance receiver() {
        return receiver;
    }

    /** Events sent and not yet done with; approximate. */
    long fill() {
        return Math.max(0, ring.getCursor() - consumed.get());
    }

    int slots() {
        return ring.getBufferSize();
    }
}
