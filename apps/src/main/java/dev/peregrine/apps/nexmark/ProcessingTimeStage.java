/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.BidderCountEncoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderEncoder;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.EpochNanoClock;

/**
 * Query 12: bids of a user in each 10 seconds of processing time. Whatever comes next after a window's end, bid or
 * watermark, hands it on. Keyed by the bidder.
 */
final class ProcessingTimeStage implements Stage {
    static final long WINDOW_NS = 10_000_000_000L;

    private final EpochNanoClock clock;
    private final PairKey key = new PairKey();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final BidderCountEncoder result = new BidderCountEncoder();
    private final LongArrayList ended = new LongArrayList();
    private final KeyedValueState.EntryVisitor endWindow = this::endWindow;
    /** Bids by window and bidder; all of one window. */
    private KeyedValueState counts;
    private long window = Long.MIN_VALUE;
    private Emitter emitter;

    ProcessingTimeStage(final EpochNanoClock clock) {
        this.clock = clock;
    }

    @Override
    public void open(final StageContext context) {
        counts = context.valueState("counts", PairKey.LENGTH, Long.BYTES);
        counts.forEach((buffer, at, length, value) -> window = Math.max(window, buffer.getLong(at)));
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        advance(out);
        final int at = counts.getOrCreate(
            key.of(window, Fields.get(event, Fields.BID_BIDDER)), 0, PairKey.LENGTH);
        final MutableDirectBuffer buffer = counts.buffer();
        buffer.putLong(at, buffer.getLong(at) + 1);
    }

    @Override
    public void onWatermark(final long watermarkNs, final Emitter out) {
        advance(out);
    }

    private void advance(final Emitter out) {
        final long nowNs = clock.nanoTime();
        if (nowNs < window + WINDOW_NS) {
            return; // also where the clock was set back
        }
        emitter = out;
        window = nowNs - nowNs % WINDOW_NS;
        ended.clear();
        counts.forEach(endWindow);
        for (int i = 0; i < ended.size(); i += 2) {
            counts.remove(key.of(ended.getLong(i), ended.getLong(i + 1)), 0, PairKey.LENGTH);
        }
    }

    private void endWindow(final MutableDirectBuffer buffer, final int keyAt, final int keyLength, final int value) {
        final long start = buffer.getLong(keyAt);
        final long bidder = buffer.getLong(keyAt + PairKey.SECOND);
        ended.addLong(start);
        ended.addLong(bidder);
        final int at = emitter.claim(MessageHeaderEncoder.ENCODED_LENGTH + BidderCountEncoder.BLOCK_LENGTH);
        result.wrapAndApplyHeader(emitter.buffer(), at, header)
            .bidder(bidder)
            .bids(buffer.getLong(value))
            .startNs(start)
            .endNs(start + WINDOW_NS);
        emitter.commit(KeyHash.of(bidder), start + WINDOW_NS, BidderCountEncoder.SCHEMA_ID,
            BidderCountEncoder.TEMPLATE_ID);
    }
}
