/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.AuctionPriceDecoder;
import dev.peregrine.apps.nexmark.codec.BidDecoder;
import dev.peregrine.apps.nexmark.codec.BidderCountDecoder;
import dev.peregrine.apps.nexmark.codec.CategoryAverageDecoder;
import dev.peregrine.apps.nexmark.codec.EnrichedBidDecoder;
import dev.peregrine.apps.nexmark.codec.HotItemDecoder;
import dev.peregrine.apps.nexmark.codec.LocalItemDecoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderDecoder;
import dev.peregrine.apps.nexmark.codec.NewSellerDecoder;
import dev.peregrine.apps.nexmark.codec.SellerAverageDecoder;
import dev.peregrine.topology.EventView;
import org.agrona.DirectBuffer;

/** Results of queries as lines of text. */
final class ResultLines {
    private ResultLines() {
    }

    static String bid(final long auction, final long timeNs, final long bidder, final long price, final String extra) {
        return "bid auction=" + auction + " time=" + timeNs + " bidder=" + bidder + " price=" + price + " " + extra;
    }

    static String auctionPrice(final long auction, final long price) {
        return "auction=" + auction + " price=" + price;
    }

    static String localItem(final long auction, final String state, final String name, final String city) {
        return "item=" + auction + " state=" + state + " name=" + name + " city=" + city;
    }

    static String categoryAverage(final long category, final long average) {
        return "category=" + category + " average=" + average;
    }

    static String hotItem(final long auction, final long bids, final long endNs) {
        return "hot=" + auction + " bids=" + bids + " end=" + endNs;
    }

    static String sellerAverage(final long seller, final long average) {
        return "seller=" + seller + " average=" + average;
    }

    static String newSeller(final long person, final long startNs, final String name) {
        return "new=" + person + " start=" + startNs + " name=" + name;
    }

    static String bidderCount(final long bidder, final long bids, final long startNs, final long endNs) {
        return "bidder=" + bidder + " bids=" + bids + " start=" + startNs + " end=" + endNs;
    }

    static String enrichedBid(
        final long auction, final long timeNs, final long bidder, final long price, final String value) {
        return "enriched auction=" + auction + " time=" + timeNs + " bidder=" + bidder + " price=" + price + " " + value;
    }

    /** A result event as a line. */
    static String of(final EventView event) {
        final MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(event.buffer(), event.offset());
        if (header.templateId() != event.templateId() || header.schemaId() != event.schemaId()) {
            throw new IllegalStateException("frame says template " + event.templateId() + " of schema "
                + event.schemaId() + ", header says " + header.templateId() + " of " + header.schemaId());
        }
        final DirectBuffer buffer = event.buffer();
        final int at = event.offset();
        return switch (event.templateId()) {
            case BidDecoder.TEMPLATE_ID -> {
                final BidDecoder bid = new BidDecoder().wrapAndApplyHeader(buffer, at, header);
                yield bid(bid.auction(), bid.dateTimeNs(), bid.bidder(), bid.price(), bid.extra());
            }
            case AuctionPriceDecoder.TEMPLATE_ID -> {
                final AuctionPriceDecoder price = new AuctionPriceDecoder().wrapAndApplyHeader(buffer, at, header);
                yield auctionPrice(price.auction(), price.price());
            }
            case LocalItemDecoder.TEMPLATE_ID -> {
                final LocalItemDecoder item = new LocalItemDecoder().wrapAndApplyHeader(buffer, at, header);
                yield localItem(item.auction(), item.state(), item.name(), item.city());
            }
            case CategoryAverageDecoder.TEMPLATE_ID -> {
                final CategoryAverageDecoder average =
                    new CategoryAverageDecoder().wrapAndApplyHeader(buffer, at, header);
                yield categoryAverage(average.category(), average.average());
            }
            case HotItemDecoder.TEMPLATE_ID -> {
                final HotItemDecoder item = new HotItemDecoder().wrapAndApplyHeader(buffer, at, header);
                yield hotItem(item.auction(), item.bids(), item.windowEndNs());
            }
            case SellerAverageDecoder.TEMPLATE_ID -> {
                final SellerAverageDecoder average = new SellerAverageDecoder().wrapAndApplyHeader(buffer, at, header);
                yield sellerAverage(average.seller(), average.average());
            }
            case NewSellerDecoder.TEMPLATE_ID -> {
                final NewSellerDecoder seller = new NewSellerDecoder().wrapAndApplyHeader(buffer, at, header);
                yield newSeller(seller.person(), seller.windowStartNs(), seller.name());
            }
            case BidderCountDecoder.TEMPLATE_ID -> {
                final BidderCountDecoder count = new BidderCountDecoder().wrapAndApplyHeader(buffer, at, header);
                yield bidderCount(count.bidder(), count.bids(), count.startNs(), count.endNs());
            }
            case EnrichedBidDecoder.TEMPLATE_ID -> {
                final EnrichedBidDecoder bid = new EnrichedBidDecoder().wrapAndApplyHeader(buffer, at, header);
                yield enrichedBid(bid.auction(), bid.dateTimeNs(), bid.bidder(), bid.price(), bid.value());
            }
            default -> throw new IllegalStateException("no result has template " + event.templateId());
        };
    }
}
