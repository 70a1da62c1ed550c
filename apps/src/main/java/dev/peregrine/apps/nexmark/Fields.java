/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.AuctionDecoder;
import dev.peregrine.apps.nexmark.codec.BidDecoder;
import dev.peregrine.apps.nexmark.codec.HeartbeatDecoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderDecoder;
import dev.peregrine.apps.nexmark.codec.PersonDecoder;
import dev.peregrine.topology.EventView;
import java.nio.ByteOrder;

/**
 * Where the fields of fixed length lie in an event's payload, behind its SBE header: a stage that wants one number of an
 * event reads it without wrapping a decoder. Later versions of the schema may only add to these.
 */
final class Fields {
    static final int HEADER = MessageHeaderDecoder.ENCODED_LENGTH;

    static final int HEARTBEAT_TIME = HEADER + HeartbeatDecoder.dateTimeNsEncodingOffset();

    static final int PERSON_ID = HEADER + PersonDecoder.idEncodingOffset();
    static final int PERSON_TIME = HEADER + PersonDecoder.dateTimeNsEncodingOffset();

    static final int AUCTION_ID = HEADER + AuctionDecoder.idEncodingOffset();
    static final int AUCTION_TIME = HEADER + AuctionDecoder.dateTimeNsEncodingOffset();
    static final int AUCTION_EXPIRES = HEADER + AuctionDecoder.expiresNsEncodingOffset();
    static final int AUCTION_SELLER = HEADER + AuctionDecoder.sellerEncodingOffset();
    static final int AUCTION_CATEGORY = HEADER + AuctionDecoder.categoryEncodingOffset();

    static final int BID_AUCTION = HEADER + BidDecoder.auctionEncodingOffset();
    static final int BID_TIME = HEADER + BidDecoder.dateTimeNsEncodingOffset();
    static final int BID_BIDDER = HEADER + BidDecoder.bidderEncodingOffset();
    static final int BID_PRICE = HEADER + BidDecoder.priceEncodingOffset();

    private Fields() {
    }

    /** A number of an event. */
    static long get(final EventView event, final int field) {
        return event.buffer().getLong(event.offset() + field, ByteOrder.LITTLE_ENDIAN);
    }
}
