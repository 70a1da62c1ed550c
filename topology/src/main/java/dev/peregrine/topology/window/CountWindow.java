/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.window;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.KeyView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.aggregate.Aggregator;
import dev.peregrine.topology.state.KeyedState;
import dev.peregrine.topology.state.KeyedValueState;
import java.io.Serializable;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Windows of a number of a key's events, in the order in which they come; time has no part in it. After each slide events
 * a key emits the result of its last size events, or of all it has had if they are fewer. Tumbling windows slide by their
 * size.
 *
 * <p>The inputs must be grouped by key, by the same key or one of which it is part. Results are as
 * {@link WindowResultDescriptor} has it, with the numbers of the key's first event, counted from 0, and of the one behind
 * the last in place of times, at the time and under the key hash of the event that completed the window.
 * They always count as on time. Keys stay: their number must be bounded.
 *
 * <p>Where windows overlap, as many events as divide size and slide are gathered in a slot, and the slots of a key are a
 * queue with two stacks (Tangwongsan, Hirzel, Schneider: Low-latency sliding-window aggregation in worst-case constant
 * time, DEBS 2017, section 2): a slot costs a constant number of merges on average, whatever the size.
 */
public final class CountWindow implements Stage {
    /** A key: events seen, end of the front stack, the back stack in one, the slot that is being filled. */
    private static final int SEEN = 0;
    private static final int FRONT_END = SEEN + BitUtil.SIZE_OF_LONG;
    private static final int BACK = FRONT_END + BitUtil.SIZE_OF_LONG;
    /** Key of a slot: its number modulo the number of slots, then the key. */
    private static final int SLOT_KEY = BitUtil.SIZE_OF_LONG;
    private static final int INITIAL_LENGTH = 64;

    private final KeySelector selector;
    private final long slide;
    private final long slotEvents;
    private final long slots;
    private final Aggregator aggregator;
    private final int accumulatorLength;
    private final int open;
    private final WindowResults results;
    private final KeyView key = new KeyView();
    private final UnsafeBuffer slotKey = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer total;
    private KeyedValueState keys;
    /** The front stack's slots, each with all behind it up to the stack's end, and the back stack's, each by itself. */
    private KeyedValueState queue;

    private CountWindow(final Settings settings, final Aggregator aggregator) {
        this.selector = settings.selector();
        this.slide = settings.slide();
        this.slotEvents = gcd(settings.size(), settings.slide());
        this.slots = settings.size() / slotEvents;
        this.aggregator = aggregator;
        this.accumulatorLength = aggregator.accumulatorLength();
        this.open = BACK + accumulatorLength;
        this.results = new WindowResults(aggregator);
        this.total = new UnsafeBuffer(
            BufferUtil.allocateDirectAligned(Math.max(BitUtil.SIZE_OF_LONG, accumulatorLength), BitUtil.SIZE_OF_LONG));
    }

    /** What windows are made from. */
    public record Settings(KeySelector selector, long size, long slide) implements Serializable {
        /** Checks the sizes. */
        public Settings {
            if (slide < 1 || slide > size) {
                throw new ConfigurationException("a window of " + size + " events that slides by " + slide
                    + ": the slide must be at least 1 and at most the size");
            }
        }

        /** The stage that aggregates. */
        public StageSupplier aggregate(final Aggregator aggregator) {
            final Settings settings = this;
            return () -> new CountWindow(settings, aggregator.forInstance());
        }
    }

    /** Windows of so many events of a key each, one behind the other. */
    public static Settings tumbling(final KeySelector key, final long size) {
        return new Settings(key, size, size);
    }

    /** Windows of the last events of a key, after each so many of them. */
    public static Settings sliding(final KeySelector key, final long size, final long slide) {
        return new Settings(key, size, slide);
    }

    private static long gcd(final long first, final long second) {
        return second == 0 ? first : gcd(second, first % second);
    }

    @Override
    public void open(final StageContext context) {
        keys = context.valueState("keys", KeyedState.MAX_KEY_LENGTH - SLOT_KEY, open + accumulatorLength);
        queue = slots == 1 ? null : context.valueState("slots", KeyedState.MAX_KEY_LENGTH, accumulatorLength);
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        selector.select(event, key);
        final int entry = keys.getOrCreate(key.buffer(), key.offset(), key.length());
        final MutableDirectBuffer buffer = keys.buffer();
        aggregator.add(event, buffer, entry + open);
        final long seen = buffer.getLong(entry + SEEN) + 1;
        buffer.putLong(entry + SEEN, seen);
        if (seen % slotEvents != 0) {
            return;
        }
        if (slots == 1) {
            emit(buffer, entry + open, seen, event, out);
        } else {
            push(entry, seen / slotEvents - 1);
            if (seen % slide == 0) {
                gather(entry, seen / slotEvents);
                emit(total, 0, seen, event, out);
            }
        }
        buffer.setMemory(entry + open, accumulatorLength, (byte) 0);
    }

    /** Makes the key of a slot; returns its length. */
    private int slotKey(final long number) {
        final int length = SLOT_KEY + key.length();
        if (slotKey.capacity() < length) {
            slotKey.wrap(BufferUtil.allocateDirectAligned(
                Math.max(INITIAL_LENGTH, BitUtil.findNextPositivePowerOfTwo(length)), BitUtil.CACHE_LINE_LENGTH));
        }
        slotKey.putLong(0, number % slots);
        slotKey.putBytes(SLOT_KEY, key.buffer(), key.offset(), key.length());
        return length;
    }

    private int writableSlot(final long number) {
        return queue.getOrCreate(slotKey, 0, slotKey(number));
    }

    private int readableSlot(final long number) {
        return queue.get(slotKey, 0, slotKey(number));
    }

    /** Puts the slot that is full on the back stack, in the place of one that no window has any more. */
    private void push(final int entry, final long number) {
        final int slot = writableSlot(number);
        queue.buffer().putBytes(slot, keys.buffer(), entry + open, accumulatorLength);
        aggregator.merge(queue.buffer(), slot, keys.buffer(), entry + BACK);
    }

    /** Puts the window that ends before a slot together. */
    private void gather(final int entry, final long end) {
        final MutableDirectBuffer buffer = keys.buffer();
        final long first = Math.max(0, end - slots);
        if (first >= buffer.getLong(entry + FRONT_END)) {
            turn(first, end);
            buffer.putLong(entry + FRONT_END, end);
            buffer.setMemory(entry + BACK, accumulatorLength, (byte) 0);
        }
        final int slot = readableSlot(first);
        total.putBytes(0, queue.buffer(), slot, accumulatorLength);
        aggregator.merge(buffer, entry + BACK, total, 0);
    }

    /** Makes the back stack the front stack. */
    private void turn(final long first, final long end) {
        final int last = readableSlot(end - 1);
        total.putBytes(0, queue.buffer(), last, accumulatorLength);
        for (long number = end - 2; number >= first; number--) {
            final int slot = writableSlot(number);
            aggregator.merge(total, 0, queue.buffer(), slot);
            total.putBytes(0, queue.buffer(), slot, accumulatorLength);
        }
    }

    private void emit(
        final DirectBuffer accumulators, final int accumulator, final long seen, final EventView event,
        final Emitter out) {
        results.emit(key.buffer(), key.offset(), key.length(), accumulators, accumulator,
            Math.max(0, seen - slots * slotEvents), seen, WindowResultDescriptor.ON_TIME, event.keyHash(),
            event.timestampNs(), out);
    }
}
