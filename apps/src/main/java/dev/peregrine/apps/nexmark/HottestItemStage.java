/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.HotItemDecoder;
import dev.peregrine.apps.nexmark.codec.HotItemEncoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderEncoder;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.collections.LongArrayList;

/**
 * Second half of query 5: of the hottest items that the instances of the first have found in a window, the hottest of
 * all. They wait until the watermark has come to the window's end.
 */
final class HottestItemStage implements Stage {
    private static final int AUCTION = Fields.HEADER + HotItemDecoder.auctionEncodingOffset();
    private static final int BIDS = Fields.HEADER + HotItemDecoder.bidsEncodingOffset();
    private static final int END = Fields.HEADER + HotItemDecoder.windowEndNsEncodingOffset();

    private final PairKey key = new PairKey();
    private final DueHeap due = new DueHeap();
    private final LongArrayList ofWindow = new LongArrayList();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final HotItemEncoder result = new HotItemEncoder();
    /** Bids by window's end and auction. */
    private KeyedValueState found;

    @Override
    public void open(final StageContext context) {
        found = context.valueState("found", PairKey.LENGTH, Long.BYTES);
        found.forEach((buffer, at, length, value) -> due.add(buffer.getLong(at), buffer.getLong(at + PairKey.SECOND)));
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final long end = Fields.get(event, END);
        final long auction = Fields.get(event, AUCTION);
        final int at = found.getOrCreate(key.of(end, auction), 0, PairKey.LENGTH);
        found.buffer().putLong(at, Fields.get(event, BIDS));
        due.add(end, auction);
    }

    @Override
    public void onWatermark(final long watermarkNs, final Emitter out) {
        while (due.isDue(watermarkNs)) {
            final long end = due.firstTime();
            ofWindow.clear();
            long most = 0;
            while (due.isDue(end)) {
                final long auction = due.remove();
                ofWindow.addLong(auction);
                most = Math.max(most, bids(end, auction));
            }
            for (int i = 0; i < ofWindow.size(); i++) {
                final long auction = ofWindow.getLong(i);
                if (bids(end, auction) == most) {
                    emit(auction, most, end, out);
                }
                found.remove(key.of(end, auction), 0, PairKey.LENGTH);
            }
        }
    }

    private long bids(final long end, final long auction) {
        return found.buffer().getLong(found.get(key.of(end, auction), 0, PairKey.LENGTH));
    }

    private void emit(final long auction, final long bids, final long end, final Emitter out) {
        final int at = out.claim(MessageHeaderEncoder.ENCODED_LENGTH + HotItemEncoder.BLOCK_LENGTH);
        result.wrapAndApplyHeader(out.buffer(), at, header).auction(auction).bids(bids).windowEndNs(end);
        out.commit(KeyHash.of(auction), end, HotItemEncoder.SCHEMA_ID, HotItemEncoder.TEMPLATE_ID);
    }
}
