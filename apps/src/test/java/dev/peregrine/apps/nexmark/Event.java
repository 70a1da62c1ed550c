/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.AuctionDecoder;
import dev.peregrine.apps.nexmark.codec.BidDecoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderDecoder;
import dev.peregrine.apps.nexmark.codec.PersonDecoder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Events as plain objects. */
interface Event {
    /** Event time, nanoseconds since 1970. */
    long timeNs();

    /** The size that the benchmark's averages are about: without the encoding's own bytes. */
    int size();

    /** An account. */
    record Person(long id, long timeNs, String state, String name, String email, String card, String city, String extra)
        implements Event {
        @Override
        public int size() {
            return Long.BYTES + state.length() + name.length() + email.length() + card.length() + city.length()
                + extra.length();
        }
    }

    /** An auction. */
    record Auction(long id, long timeNs, long expiresNs, long seller, long category, long initialBid, long reserve,
        String itemName, String description, String extra) implements Event {
        @Override
        public int size() {
            return 6 * Long.BYTES + itemName.length() + description.length() + extra.length();
        }
    }

    /** A bid. */
    record Bid(long auction, long timeNs, long bidder, long price, String extra) implements Event {
        @Override
        public int size() {
            return 4 * Long.BYTES + extra.length();
        }
    }

    /** The event at a place. */
    static Event at(final NexmarkGenerator generator, final long place) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[NexmarkGenerator.MAX_LENGTH]);
        final int length = generator.event(place, buffer, 0);
        final MessageHeaderDecoder header = new MessageHeaderDecoder();
        final Event event = switch (generator.templateId()) {
            case PersonDecoder.TEMPLATE_ID -> {
                final PersonDecoder decoder = new PersonDecoder().wrapAndApplyHeader(buffer, 0, header);
                yield new Person(decoder.id(), decoder.dateTimeNs(), decoder.state(), decoder.name(),
                    decoder.emailAddress(), decoder.creditCard(), decoder.city(), decoder.extra());
            }
            case AuctionDecoder.TEMPLATE_ID -> {
                final AuctionDecoder decoder = new AuctionDecoder().wrapAndApplyHeader(buffer, 0, header);
                yield new Auction(decoder.id(), decoder.dateTimeNs(), decoder.expiresNs(), decoder.seller(),
                    decoder.category(), decoder.initialBid(), decoder.reserve(), decoder.itemName(),
                    decoder.description(), decoder.extra());
            }
            case BidDecoder.TEMPLATE_ID -> {
                final BidDecoder decoder = new BidDecoder().wrapAndApplyHeader(buffer, 0, header);
                yield new Bid(decoder.auction(), decoder.dateTimeNs(), decoder.bidder(), decoder.price(),
                    decoder.extra());
            }
            default -> throw new IllegalStateException("template " + generator.templateId());
        };
        if (event.timeNs() != generator.timeNs() || length < event.size()) {
            throw new IllegalStateException(length + " bytes at " + generator.timeNs() + ": " + event);
        }
        return event;
    }

    /** The first events of a configuration. */
    static List<Event> first(final NexmarkConfig config, final int count) {
        final NexmarkGenerator generator = new NexmarkGenerator(config);
        final List<Event> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            events.add(at(generator, i));
        }
        return events;
    }
}
