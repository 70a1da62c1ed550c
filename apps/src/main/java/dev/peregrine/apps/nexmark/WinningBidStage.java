/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.AuctionDecoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderEncoder;
import dev.peregrine.apps.nexmark.codec.WonAuctionEncoder;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.MutableDirectBuffer;

/**
 * Finds the winning bid of each auction, the core of queries 4 and 6: the highest of those from the auction's beginning
 * to before its end. It is handed on, if there is one, when the watermark passes the end. A bid may come before its
 * auction does: it is kept until the watermark tells that the auction, if it still comes, begins later. An auction that
 * has closed is remembered for a second, so that the many bids which come just too late are not taken for early ones.
 * Keyed by the auction.
 */
final class WinningBidStage implements Stage {
    /** An auction. */
    private static final int BEGIN = 0;
    private static final int END = BEGIN + Long.BYTES;
    private static final int SELLER = END + Long.BYTES;
    private static final int CATEGORY = SELLER + Long.BYTES;
    private static final int HIGHEST = CATEGORY + Long.BYTES;
    private static final int AUCTION_LENGTH = HIGHEST + Long.BYTES;
    private static final long CLOSED = -1;
    private static final long REMEMBERED_NS = 1_000_000_000L;

    /** The early bids of an auction: how many, and the latest one's time. */
    private static final int COUNT = 0;
    private static final int LATEST = COUNT + Long.BYTES;
    private static final int EARLY_LENGTH = LATEST + Long.BYTES;

    /** An early bid, by auction and number. */
    private static final int TIME = 0;
    private static final int PRICE = TIME + Long.BYTES;
    private static final int EARLY_BID_LENGTH = PRICE + Long.BYTES;

    private final boolean bySeller;
    private final PairKey key = new PairKey();
    private final WonAuctionEncoder result = new WonAuctionEncoder();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    /** Auctions by their end, and once more by when they are forgotten; early bids by the latest one of an auction. */
    private final DueHeap ends = new DueHeap();
    private final DueHeap earlyEnds = new DueHeap();
    private KeyedValueState auctions;
    private KeyedValueState early;
    private KeyedValueState earlyBids;
    private long watermarkNs = Long.MIN_VALUE;

    /** Hands won auctions on by their seller or by their category. */
    WinningBidStage(final boolean bySeller) {
        this.bySeller = bySeller;
    }

    @Override
    public void open(final StageContext context) {
        auctions = context.valueState("auctions", Long.BYTES, AUCTION_LENGTH);
        early = context.valueState("early", Long.BYTES, EARLY_LENGTH);
        earlyBids = context.valueState("early-bids", PairKey.LENGTH, EARLY_BID_LENGTH);
        auctions.forEach((buffer, at, length, value) -> ends.add(
            buffer.getLong(value + END) + (buffer.getLong(value + HIGHEST) == CLOSED ? REMEMBERED_NS : 0),
            buffer.getLong(at)));
        early.forEach((buffer, at, length, value) -> earlyEnds.add(buffer.getLong(value + LATEST), buffer.getLong(at)));
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        if (event.templateId() == AuctionDecoder.TEMPLATE_ID) {
            onAuction(event);
        } else {
            onBid(Fields.get(event, Fields.BID_AUCTION), Fields.get(event, Fields.BID_TIME),
                Fields.get(event, Fields.BID_PRICE));
        }
    }

    private void onBid(final long auction, final long timeNs, final long price) {
        final int at = auctions.get(auction);
        if (at != KeyedValueState.MISSING) {
            final MutableDirectBuffer buffer = auctions.buffer();
            final long highest = buffer.getLong(at + HIGHEST);
            if (price > highest && highest != CLOSED && timeNs >= buffer.getLong(at + BEGIN)
                && timeNs < buffer.getLong(at + END)) {
                setHighest(auction, price);
            }
        } else if (timeNs >= watermarkNs) {
            keepEarly(auction, timeNs, price);
        }
    }

    /** Through {@code getOrCreate}, which notes that the entry has changed. */
    private void setHighest(final long auction, final long price) {
        final int at = auctions.getOrCreate(auction);
        auctions.buffer().putLong(at + HIGHEST, price);
    }

    private void keepEarly(final long auction, final long timeNs, final long price) {
        final int at = early.getOrCreate(auction);
        final MutableDirectBuffer buffer = early.buffer();
        final long number = buffer.getLong(at + COUNT);
        buffer.putLong(at + COUNT, number + 1);
        buffer.putLong(at + LATEST, Math.max(timeNs, buffer.getLong(at + LATEST)));
        if (number == 0) {
            earlyEnds.add(timeNs, auction);
        }
        final int bid = earlyBids.getOrCreate(key.of(auction, number), 0, PairKey.LENGTH);
        earlyBids.buffer().putLong(bid + TIME, timeNs);
        earlyBids.buffer().putLong(bid + PRICE, price);
    }

    private void onAuction(final EventView event) {
        final long end = Fields.get(event, Fields.AUCTION_EXPIRES);
        if (end <= watermarkNs) {
            return; // too late: it has closed already
        }
        final long auction = Fields.get(event, Fields.AUCTION_ID);
        final long begin = Fields.get(event, Fields.AUCTION_TIME);
        final int at = auctions.getOrCreate(auction);
        final MutableDirectBuffer buffer = auctions.buffer();
        buffer.putLong(at + BEGIN, begin);
        buffer.putLong(at + END, end);
        buffer.putLong(at + SELLER, Fields.get(event, Fields.AUCTION_SELLER));
        buffer.putLong(at + CATEGORY, Fields.get(event, Fields.AUCTION_CATEGORY));
        ends.add(end, auction);
        final int found = early.get(auction);
        if (found != KeyedValueState.MISSING) {
            final long count = early.buffer().getLong(found + COUNT);
            for (long number = 0; number < count; number++) {
                final int bid = earlyBids.get(key.of(auction, number), 0, PairKey.LENGTH);
                final long timeNs = earlyBids.buffer().getLong(bid + TIME);
                final long price = earlyBids.buffer().getLong(bid + PRICE);
                if (timeNs >= begin && timeNs < end && price > buffer.getLong(at + HIGHEST)) {
                    buffer.putLong(at + HIGHEST, price);
                }
            }
            forgetEarly(auction, count);
        }
    }

    private void forgetEarly(final long auction, final long count) {
        for (long number = 0; number < count; number++) {
            earlyBids.remove(key.of(auction, number), 0, PairKey.LENGTH);
        }
        early.remove(key.of(auction), 0, Long.BYTES);
    }

    @Override
    public void onWatermark(final long eventTimeNs, final Emitter out) {
        watermarkNs = eventTimeNs;
        while (ends.isDue(eventTimeNs)) {
            close(ends.remove(), out);
        }
        while (earlyEnds.isDue(eventTimeNs - 1)) { // an auction may still begin at the watermark itself
            final long auction = earlyEnds.remove();
            final int at = early.get(auction);
            if (at == KeyedValueState.MISSING) {
                continue; // the auction came
            }
            final long latest = early.buffer().getLong(at + LATEST);
            if (latest < eventTimeNs) {
                forgetEarly(auction, early.buffer().getLong(at + COUNT));
            } else {
                earlyEnds.add(latest, auction);
            }
        }
    }

    private void close(final long auction, final Emitter out) {
        final int at = auctions.get(auction);
        final MutableDirectBuffer buffer = auctions.buffer();
        final long highest = buffer.getLong(at + HIGHEST);
        if (highest == CLOSED) {
            auctions.remove(key.of(auction), 0, Long.BYTES);
            return;
        }
        final long end = buffer.getLong(at + END);
        if (highest > 0) {
            final long seller = buffer.getLong(at + SELLER);
            final long category = buffer.getLong(at + CATEGORY);
            final int target = out.claim(MessageHeaderEncoder.ENCODED_LENGTH + WonAuctionEncoder.BLOCK_LENGTH);
            result.wrapAndApplyHeader(out.buffer(), target, header)
                .auction(auction).expiresNs(end).seller(seller).category(category).price(highest);
            out.commit(KeyHash.of(bySeller ? seller : category), end, WonAuctionEncoder.SCHEMA_ID,
                WonAuctionEncoder.TEMPLATE_ID);
        }
        setHighest(auction, CLOSED);
        ends.add(end + REMEMBERED_NS, auction);
    }
}
