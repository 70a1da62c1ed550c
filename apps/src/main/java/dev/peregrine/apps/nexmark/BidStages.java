/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.AuctionPriceEncoder;
import dev.peregrine.apps.nexmark.codec.BidDecoder;
import dev.peregrine.apps.nexmark.codec.EnrichedBidEncoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderEncoder;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import java.nio.ByteOrder;
import org.agrona.MutableDirectBuffer;

/** The queries that look at one bid at a time. */
final class BidStages {
    /** Euros for a thousand dollars. */
    static final long EUROS = 908;
    static final long DOLLARS = 1_000;
    /** Which auctions query 2 selects. */
    static final long EVERY = 123;

    private BidStages() {
    }

    /** Query 0: all fields of each bid, which is the bid itself. */
    static final class PassThrough implements Stage {
        @Override
        public void onEvent(final EventView event, final Emitter out) {
            out.forward(event, event.keyHash());
        }
    }

    /** Query 1: each bid with its price in euros. */
    static final class CurrencyConversion implements Stage {
        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final int length = event.length();
            final int at = out.claim(length);
            final MutableDirectBuffer buffer = out.buffer();
            buffer.putBytes(at, event.buffer(), event.offset(), length);
            buffer.putLong(at + Fields.BID_PRICE, Fields.get(event, Fields.BID_PRICE) * EUROS / DOLLARS,
                ByteOrder.LITTLE_ENDIAN);
            out.commit(event.keyHash(), event.timestampNs(), BidDecoder.SCHEMA_ID, BidDecoder.TEMPLATE_ID);
        }
    }

    /** Query 2: auction and price of the bids for every 123rd auction. */
    static final class Selection implements Stage {
        private final MessageHeaderEncoder header = new MessageHeaderEncoder();
        private final AuctionPriceEncoder result = new AuctionPriceEncoder();

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final long auction = Fields.get(event, Fields.BID_AUCTION);
            if (auction % EVERY == 0) {
                final int at = out.claim(MessageHeaderEncoder.ENCODED_LENGTH + AuctionPriceEncoder.BLOCK_LENGTH);
                result.wrapAndApplyHeader(out.buffer(), at, header)
                    .auction(auction)
                    .price(Fields.get(event, Fields.BID_PRICE));
                out.commit(event.keyHash(), event.timestampNs(), AuctionPriceEncoder.SCHEMA_ID,
                    AuctionPriceEncoder.TEMPLATE_ID);
            }
        }
    }

    /** Query 13: each bid with the row of the side input for its auction. */
    static final class Enrichment implements Stage {
        private final SideInput rows;
        private final MessageHeaderEncoder header = new MessageHeaderEncoder();
        private final EnrichedBidEncoder result = new EnrichedBidEncoder();

        Enrichment(final SideInput rows) {
            this.rows = rows;
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final long auction = Fields.get(event, Fields.BID_AUCTION);
            final long row = rows.find(auction % rows.size());
            if (row == SideInput.MISSING) {
                return;
            }
            final int length = SideInput.length(row);
            final int at = out.claim(MessageHeaderEncoder.ENCODED_LENGTH + EnrichedBidEncoder.BLOCK_LENGTH
                + EnrichedBidEncoder.valueHeaderLength() + length);
            result.wrapAndApplyHeader(out.buffer(), at, header)
                .auction(auction)
                .dateTimeNs(Fields.get(event, Fields.BID_TIME))
                .bidder(Fields.get(event, Fields.BID_BIDDER))
                .price(Fields.get(event, Fields.BID_PRICE))
                .putValue(rows.buffer(), SideInput.offset(row), length);
            out.commit(event.keyHash(), event.timestampNs(), EnrichedBidEncoder.SCHEMA_ID,
                EnrichedBidEncoder.TEMPLATE_ID);
        }
    }
}
