/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.AuctionDecoder;
import dev.peregrine.apps.nexmark.codec.BidDecoder;
import dev.peregrine.apps.nexmark.codec.HeartbeatDecoder;
import dev.peregrine.apps.nexmark.codec.PersonDecoder;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Sends on the kinds of events that a query is about, each under the hash of one of its numbers, and tells how far event
 * time has come. Anything that is no event of the benchmark is counted.
 */
final class SelectStage implements Stage {
    static final int NO = -1;
    private static final int WATERMARK_EVERY = 256;

    private final int personKey;
    private final int auctionKey;
    private final int bidKey;
    private final long maxDelayNs;
    private AtomicCounter foreign;
    private long latestNs = Long.MIN_VALUE;
    private int sinceWatermark;

    /** With the field of each kind that is its key, or {@link #NO} for kinds that are left out. */
    SelectStage(final int personKey, final int auctionKey, final int bidKey, final long maxDelayNs) {
        this.personKey = personKey;
        this.auctionKey = auctionKey;
        this.bidKey = bidKey;
        this.maxDelayNs = maxDelayNs;
    }

    @Override
    public void open(final StageContext context) {
        foreign = context.counter("foreign");
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        if (event.schemaId() != BidDecoder.SCHEMA_ID) {
            foreign.incrementOrdered();
            return;
        }
        switch (event.templateId()) {
            case BidDecoder.TEMPLATE_ID:
                select(event, Fields.BID_TIME, bidKey, out);
                break;
            case AuctionDecoder.TEMPLATE_ID:
                select(event, Fields.AUCTION_TIME, auctionKey, out);
                break;
            case PersonDecoder.TEMPLATE_ID:
                select(event, Fields.PERSON_TIME, personKey, out);
                break;
            case HeartbeatDecoder.TEMPLATE_ID:
                latestNs = Math.max(latestNs, Fields.get(event, Fields.HEARTBEAT_TIME) + maxDelayNs);
                watermark(out);
                break;
            default:
                foreign.incrementOrdered();
                break;
        }
    }

    private void select(final EventView event, final int timeField, final int keyField, final Emitter out) {
        latestNs = Math.max(latestNs, Fields.get(event, timeField));
        if (keyField != NO) {
            out.forward(event, KeyHash.of(Fields.get(event, keyField)));
        }
        sinceWatermark++;
        if (sinceWatermark >= WATERMARK_EVERY) {
            watermark(out);
        }
    }

    private void watermark(final Emitter out) {
        sinceWatermark = 0;
        out.watermark(latestNs - maxDelayNs);
    }

    @Override
    public void onEpoch(final long epoch, final Emitter out) {
        if (sinceWatermark > 0) {
            watermark(out);
        }
    }
}
