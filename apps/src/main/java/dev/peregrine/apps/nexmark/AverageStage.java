/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.CategoryAverageEncoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderEncoder;
import dev.peregrine.apps.nexmark.codec.SellerAverageEncoder;
import dev.peregrine.apps.nexmark.codec.WonAuctionDecoder;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.MutableDirectBuffer;

/**
 * Average price of won auctions: of a category, all of them (query 4); of a seller, the last ten (query 6). Auctions
 * count in the order in which they closed, whichever instance they come from: they wait for the watermark. Each hands
 * its group's new average on.
 */
final class AverageStage implements Stage {
    private static final int LAST = 10;
    private static final int SELLER = Fields.HEADER + WonAuctionDecoder.sellerEncodingOffset();
    private static final int CATEGORY = Fields.HEADER + WonAuctionDecoder.categoryEncodingOffset();
    private static final int AUCTION = Fields.HEADER + WonAuctionDecoder.auctionEncodingOffset();
    private static final int EXPIRES = Fields.HEADER + WonAuctionDecoder.expiresNsEncodingOffset();
    private static final int PRICE_FIELD = Fields.HEADER + WonAuctionDecoder.priceEncodingOffset();

    /** An auction that waits. */
    private static final int END = 0;
    private static final int GROUP = END + Long.BYTES;
    private static final int PRICE = GROUP + Long.BYTES;
    private static final int WAITING_LENGTH = PRICE + Long.BYTES;

    /** A group: sum and number of its prices, and of a seller the last ten, in turn. */
    private static final int SUM = 0;
    private static final int COUNT = SUM + Long.BYTES;
    private static final int PRICES = COUNT + Long.BYTES;

    private final boolean bySeller;
    private final PairKey key = new PairKey();
    private final DueHeap due = new DueHeap();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final CategoryAverageEncoder ofCategory = new CategoryAverageEncoder();
    private final SellerAverageEncoder ofSeller = new SellerAverageEncoder();
    private KeyedValueState waiting;
    private KeyedValueState groups;

    AverageStage(final boolean bySeller) {
        this.bySeller = bySeller;
    }

    @Override
    public void open(final StageContext context) {
        waiting = context.valueState("waiting", Long.BYTES, WAITING_LENGTH);
        groups = context.valueState("groups", Long.BYTES, bySeller ? PRICES + LAST * Long.BYTES : PRICES);
        waiting.forEach((buffer, at, length, value) -> due.add(buffer.getLong(value + END), buffer.getLong(at)));
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final long auction = Fields.get(event, AUCTION);
        final long end = Fields.get(event, EXPIRES);
        final int at = waiting.getOrCreate(auction);
        final MutableDirectBuffer buffer = waiting.buffer();
        buffer.putLong(at + END, end);
        buffer.putLong(at + GROUP, Fields.get(event, bySeller ? SELLER : CATEGORY));
        buffer.putLong(at + PRICE, Fields.get(event, PRICE_FIELD));
        due.add(end, auction);
    }

    @Override
    public void onWatermark(final long watermarkNs, final Emitter out) {
        while (due.isDue(watermarkNs)) {
            final long end = due.firstTime();
            final long auction = due.remove();
            final int at = waiting.get(auction);
            final long group = waiting.buffer().getLong(at + GROUP);
            final long price = waiting.buffer().getLong(at + PRICE);
            waiting.remove(key.of(auction), 0, Long.BYTES);
            emit(group, add(group, price), end, out);
        }
    }

    private long add(final long group, final long price) {
        final int at = groups.getOrCreate(group);
        final MutableDirectBuffer buffer = groups.buffer();
        final long count = buffer.getLong(at + COUNT);
        long sum = buffer.getLong(at + SUM) + price;
        long averaged = count + 1;
        if (bySeller) {
            final int place = at + PRICES + (int) (count % LAST) * Long.BYTES;
            sum -= buffer.getLong(place); // 0 until there are ten
            buffer.putLong(place, price);
            averaged = Math.min(averaged, LAST);
        }
        buffer.putLong(at + SUM, sum);
        buffer.putLong(at + COUNT, count + 1);
        return sum / averaged;
    }

    private void emit(final long group, final long average, final long timeNs, final Emitter out) {
        if (bySeller) {
            final int at = out.claim(MessageHeaderEncoder.ENCODED_LENGTH + SellerAverageEncoder.BLOCK_LENGTH);
            ofSeller.wrapAndApplyHeader(out.buffer(), at, header).seller(group).average(average);
            out.commit(KeyHash.of(group), timeNs, SellerAverageEncoder.SCHEMA_ID,
                SellerAverageEncoder.TEMPLATE_ID);
        } else {
            final int at = out.claim(MessageHeaderEncoder.ENCODED_LENGTH + CategoryAverageEncoder.BLOCK_LENGTH);
            ofCategory.wrapAndApplyHeader(out.buffer(), at, header).category(group).average(average);
            out.commit(KeyHash.of(group), timeNs, CategoryAverageEncoder.SCHEMA_ID,
                CategoryAverageEncoder.TEMPLATE_ID);
        }
    }
}
