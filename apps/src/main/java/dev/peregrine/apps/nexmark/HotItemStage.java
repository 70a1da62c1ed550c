/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.HotItemEncoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderEncoder;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.LongArrayList;
import org.agrona.collections.LongLongConsumer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * First half of query 5: the auctions with most bids in the last 10 seconds, every 2 seconds, among those of this
 * instance. Bids are counted per auction and pane of 2 seconds, so a bid costs one addition in however many windows it
 * lies; a window adds five panes up. Keyed by the auction.
 */
final class HotItemStage implements Stage {
    static final long PANE_NS = 2_000_000_000L;
    static final int PANES = 5;
    private static final long NONE = 0;

    private final PairKey key = new PairKey();
    private final Long2LongHashMap sums = new Long2LongHashMap(NONE);
    private final LongArrayList outdated = new LongArrayList();
    private final KeyedValueState.EntryVisitor addUp = this::addUp;
    private final LongLongConsumer emitIfMost = this::emitIfMost;
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final HotItemEncoder result = new HotItemEncoder();
    /** Bids by pane, counted from 1970, and auction. */
    private KeyedValueState counts;
    /** One entry, once a window was handed on: the last pane of the next one. */
    private KeyedValueState progress;
    private AtomicCounter late;
    private long nextPane;
    private long most;
    private Emitter emitter;

    @Override
    public void open(final StageContext context) {
        counts = context.valueState("counts", PairKey.LENGTH, Long.BYTES);
        progress = context.valueState("progress", Long.BYTES, Long.BYTES);
        late = context.counter("late");
        nextPane = Long.MAX_VALUE;
        counts.forEach((buffer, at, length, value) -> nextPane = Math.min(nextPane, buffer.getLong(at)));
        final int at = progress.get(0);
        if (at != KeyedValueState.MISSING) {
            nextPane = progress.buffer().getLong(at);
        }
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final long pane = Fields.get(event, Fields.BID_TIME) / PANE_NS;
        if (pane < nextPane) {
            if (progress.size() == 0) {
                nextPane = pane; // nothing was handed on yet: windows begin earlier
            } else if (pane <= nextPane - PANES) {
                late.incrementOrdered();
                return;
            }
        }
        final int at = counts.getOrCreate(key.of(pane, Fields.get(event, Fields.BID_AUCTION)), 0, PairKey.LENGTH);
        final MutableDirectBuffer buffer = counts.buffer();
        buffer.putLong(at, buffer.getLong(at) + 1);
    }

    @Override
    public void onWatermark(final long watermarkNs, final Emitter out) {
        final long before = nextPane;
        final long open = watermarkNs / PANE_NS;
        if (before < open) {
            while (nextPane < open && counts.size() > 0) {
                emitWindow(out);
                nextPane++;
            }
            nextPane = open; // the windows in between, if any, are empty
            final int at = progress.getOrCreate(0);
            progress.buffer().putLong(at, nextPane);
        }
    }

    private void emitWindow(final Emitter out) {
        sums.clear();
        outdated.clear();
        most = 0;
        counts.forEach(addUp);
        emitter = out;
        sums.forEachLong(emitIfMost);
        for (int i = 0; i < outdated.size(); i += 2) {
            counts.remove(key.of(outdated.getLong(i), outdated.getLong(i + 1)), 0, PairKey.LENGTH);
        }
    }

    private void addUp(final MutableDirectBuffer buffer, final int keyAt, final int keyLength, final int value) {
        final long pane = buffer.getLong(keyAt);
        final long auction = buffer.getLong(keyAt + PairKey.SECOND);
        if (pane <= nextPane) {
            final long sum = sums.get(auction) + buffer.getLong(value);
            sums.put(auction, sum);
            most = Math.max(most, sum);
            if (pane == nextPane - PANES + 1) {
                outdated.addLong(pane);
                outdated.addLong(auction);
            }
        }
    }

    private void emitIfMost(final long auction, final long bids) {
        if (bids == most) {
            final long end = (nextPane + 1) * PANE_NS;
            final int at = emitter.claim(MessageHeaderEncoder.ENCODED_LENGTH + HotItemEncoder.BLOCK_LENGTH);
            result.wrapAndApplyHeader(emitter.buffer(), at, header).auction(auction).bids(bids).windowEndNs(end);
            emitter.commit(0, end, HotItemEncoder.SCHEMA_ID, HotItemEncoder.TEMPLATE_ID);
        }
    }
}
