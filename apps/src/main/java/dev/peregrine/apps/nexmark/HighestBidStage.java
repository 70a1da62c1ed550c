/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.BidDecoder;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Query 7: the highest bids of each 10 seconds, all of those with the same price. Hands bids on as they are, so that one
 * instance behind several of the same finds the highest of all.
 */
final class HighestBidStage implements Stage {
    static final long WINDOW_NS = 10_000_000_000L;

    /** A window: its highest price, how many bids have it, and how many are stored. */
    private static final int PRICE = 0;
    private static final int COUNT = PRICE + Long.BYTES;
    private static final int STORED = COUNT + Long.BYTES;
    private static final int WINDOW_LENGTH = STORED + Long.BYTES;

    /** A bid, by window and number. */
    private static final int BID_LENGTH = 0;
    private static final int BID = BID_LENGTH + Integer.BYTES;
    private static final int MAX_BID = 508;

    private final PairKey key = new PairKey();
    private final DueHeap due = new DueHeap();
    private KeyedValueState windows;
    private KeyedValueState bids;
    private AtomicCounter late;
    private long watermarkNs = Long.MIN_VALUE;
    /** The window of the last bid and its highest price: most bids are lower and need no look-up. */
    private long currentWindow = Long.MIN_VALUE;
    private long currentPrice;

    @Override
    public void open(final StageContext context) {
        windows = context.valueState("windows", Long.BYTES, WINDOW_LENGTH);
        bids = context.valueState("bids", PairKey.LENGTH, BID + MAX_BID);
        late = context.counter("late");
        windows.forEach((buffer, at, length, value) -> due.add(buffer.getLong(at) + WINDOW_NS, buffer.getLong(at)));
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final long timeNs = Fields.get(event, Fields.BID_TIME);
        final long window = timeNs - timeNs % WINDOW_NS;
        final long price = Fields.get(event, Fields.BID_PRICE);
        if (window == currentWindow && price < currentPrice) {
            return;
        }
        if (window + WINDOW_NS <= watermarkNs) {
            late.incrementOrdered();
            return;
        }
        final int at = windows.getOrCreate(window);
        final MutableDirectBuffer buffer = windows.buffer();
        final long highest = buffer.getLong(at + PRICE);
        long count = buffer.getLong(at + COUNT);
        if (highest == 0 && count == 0) {
            due.add(window + WINDOW_NS, window);
        }
        currentWindow = window;
        currentPrice = Math.max(highest, price);
        if (price >= highest) {
            count = price > highest ? 1 : count + 1;
            buffer.putLong(at + PRICE, price);
            buffer.putLong(at + COUNT, count);
            buffer.putLong(at + STORED, Math.max(count, buffer.getLong(at + STORED)));
            store(window, count - 1, event);
        }
    }

    private void store(final long window, final long number, final EventView event) {
        if (event.length() > MAX_BID) {
            throw new IllegalArgumentException("a bid of " + event.length() + " bytes is longer than " + MAX_BID);
        }
        final int at = bids.getOrCreate(key.of(window, number), 0, PairKey.LENGTH);
        bids.buffer().putInt(at + BID_LENGTH, event.length());
        bids.buffer().putBytes(at + BID, event.buffer(), event.offset(), event.length());
    }

    @Override
    public void onWatermark(final long eventTimeNs, final Emitter out) {
        watermarkNs = eventTimeNs;
        while (due.isDue(eventTimeNs)) {
            final long window = due.remove();
            final int at = windows.get(window);
            final long count = windows.buffer().getLong(at + COUNT);
            final long stored = windows.buffer().getLong(at + STORED);
            for (long number = 0; number < stored; number++) {
                if (number < count) {
                    emit(window, number, out);
                }
                bids.remove(key.of(window, number), 0, PairKey.LENGTH);
            }
            windows.remove(key.of(window), 0, Long.BYTES);
        }
    }

    private void emit(final long window, final long number, final Emitter out) {
        final int at = bids.get(key.of(window, number), 0, PairKey.LENGTH);
        final int length = bids.buffer().getInt(at + BID_LENGTH);
        final int target = out.claim(length);
        out.buffer().putBytes(target, bids.buffer(), at + BID, length);
        // still within the window: a receiver of its own kind must not find it late
        out.commit(KeyHash.of(window), window + WINDOW_NS - 1, BidDecoder.SCHEMA_ID, BidDecoder.TEMPLATE_ID);
    }
}
