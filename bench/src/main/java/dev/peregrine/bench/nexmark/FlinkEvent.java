/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.nexmark;

import dev.peregrine.apps.nexmark.codec.AuctionDecoder;
import dev.peregrine.apps.nexmark.codec.BidDecoder;
import dev.peregrine.apps.nexmark.codec.PersonDecoder;

/** An event as Flink's operators see it: the fields that the queries use, of all three kinds. */
public final class FlinkEvent {
    /** SBE template: which kind. */
    public int kind;
    /** Of the person or auction; of the auction that a bid is for. */
    public long id;
    /** Event time, milliseconds. */
    public long timeMillis;
    /** The person itself, the seller or the bidder. */
    public long person;
    /** End of an auction, milliseconds. */
    public long expiresMillis;
    /** Of an auction. */
    public long category;
    /** Of a bid. */
    public long price;
    /** Name of a person, filling of a bid. */
    public String text = "";
    /** Of a person. */
    public String state = "";
    /** Of a person. */
    public String city = "";

    /** An empty event. */
    public FlinkEvent() {
        // Flink fills the fields
    }

    boolean isBid() {
        return kind == BidDecoder.TEMPLATE_ID;
    }

    boolean isAuction() {
        return kind == AuctionDecoder.TEMPLATE_ID;
    }

    boolean isPerson() {
        return kind == PersonDecoder.TEMPLATE_ID;
    }

    void set(final FlinkEvent from) {
        kind = from.kind;
        id = from.id;
        timeMillis = from.timeMillis;
        person = from.person;
        expiresMillis = from.expiresMillis;
        category = from.category;
        price = from.price;
        text = from.text;
        state = from.state;
        city = from.city;
    }
}
