/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.AuctionEncoder;
import dev.peregrine.apps.nexmark.codec.BidEncoder;
import dev.peregrine.apps.nexmark.codec.HeartbeatEncoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderEncoder;
import dev.peregrine.apps.nexmark.codec.PersonEncoder;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import java.nio.charset.StandardCharsets;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes the events of an on-line auction. The event at a place is a function of configuration and place only, so any
 * part of the stream can be made by itself, and again. Allocates nothing per event. Used by one thread.
 *
 * <p>Of 50 events one is a person, three are auctions and 46 are bids. Hot sellers and auctions are the first of each
 * hundred, hot bidders the second; the others are chosen among the latest, and among ten that do not exist yet.
 */
public final class NexmarkGenerator {
    /** No event is longer, bytes. */
    public static final int MAX_LENGTH = 1_024;
    /** Smallest person id. */
    public static final long FIRST_PERSON = 1_000;
    /** Smallest auction id. */
    public static final long FIRST_AUCTION = 1_000;
    /** Smallest category. */
    public static final long FIRST_CATEGORY = 10;
    /** Number of categories. */
    public static final int CATEGORIES = 5;

    static final long NS_PER_MS = 1_000_000;
    static final int HOT_EVERY = 100;
    static final int LEAD = 10;
    static final int PERSON_LENGTH = 200;
    static final int AUCTION_LENGTH = 500;
    static final int BID_LENGTH = 100;

    private static final byte[][] STATES = ascii("AZ", "CA", "ID", "OR", "WA", "WY");
    private static final byte[][] CITIES = ascii("Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland",
        "Bend", "Redmond", "Seattle", "Kent", "Cheyenne");
    private static final byte[][] FIRST_NAMES = ascii("Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate",
        "Julie", "Sarah", "Deiter", "Walter");
    private static final byte[][] LAST_NAMES = ascii("Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton",
        "Smith", "Jones", "Noris");
    private static final byte[] COM = ".com".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_ITEM_NAME = 20;
    private static final int MAX_DESCRIPTION = 100;
    private static final int CARD_GROUPS = 4;

    private final NexmarkConfig config;
    private final EventRandom random = new EventRandom();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final PersonEncoder person = new PersonEncoder();
    private final AuctionEncoder auction = new AuctionEncoder();
    private final BidEncoder bid = new BidEncoder();
    private final UnsafeBuffer text = new UnsafeBuffer(new byte[MAX_LENGTH]);
    private final ExpandableArrayBuffer scratch = new ExpandableArrayBuffer(MAX_LENGTH);
    private int templateId;
    private long timeNs;

    /** A generator of the events of a configuration. */
    public NexmarkGenerator(final NexmarkConfig config) {
        this.config = config;
    }

    private static byte[][] ascii(final String... words) {
        final byte[][] bytes = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            bytes[i] = words[i].getBytes(StandardCharsets.US_ASCII);
        }
        return bytes;
    }

    /** Writes the event at a place, counted from 0, behind an SBE header; returns its length in bytes. */
    public int event(final long place, final MutableDirectBuffer buffer, final int offset) {
        final long event = config.eventAt(place);
        random.begin(config.seed(), event);
        final long timeMs = config.timeMs(event);
        timeNs = timeMs * NS_PER_MS;
        final int inRound = (int) (event % NexmarkConfig.ROUND);
        if (inRound < NexmarkConfig.PERSONS) {
            return putPerson(event, buffer, offset);
        }
        return inRound < NexmarkConfig.PERSONS + NexmarkConfig.AUCTIONS ? putAuction(event, timeMs, buffer, offset)
            : putBid(event, buffer, offset);
    }

    /** SBE template of the last event. */
    public int templateId() {
        return templateId;
    }

    /** Event time of the last event, nanoseconds since 1970. */
    public long timeNs() {
        return timeNs;
    }

    /** Publishes the event at a place, spread evenly over the stream's partitions, at its event time. */
    public void publish(final long place, final Publisher publisher) {
        final int length = event(place, scratch, 0);
        publisher.publish(KeyHash.of(place), BidEncoder.SCHEMA_ID, templateId, timeNs, scratch, 0, length);
    }

    /** Publishes that the events before a place were all and an hour has passed, which closes every window. */
    public void publishEnd(final long place, final Publisher publisher) {
        timeNs = (config.timeMs(place) + 3_600_000) * NS_PER_MS;
        final HeartbeatEncoder heartbeat = new HeartbeatEncoder().wrapAndApplyHeader(scratch, 0, header);
        heartbeat.dateTimeNs(timeNs);
        for (int i = 0; i < publisher.stream().partitions(); i++) {
            publisher.publish(hashOfPartition(i, publisher.stream().partitions()), BidEncoder.SCHEMA_ID,
                HeartbeatEncoder.TEMPLATE_ID, timeNs, scratch, 0,
                MessageHeaderEncoder.ENCODED_LENGTH + HeartbeatEncoder.BLOCK_LENGTH);
        }
    }

    private static long hashOfPartition(final int partition, final int partitions) {
        long key = 0;
        while (KeyHash.bucket(KeyHash.of(key), partitions) != partition) {
            key++;
        }
        return KeyHash.of(key);
    }

    /** Persons that exist at an event, itself included. */
    private static long personsAt(final long event) {
        return event / NexmarkConfig.ROUND * NexmarkConfig.PERSONS
            + Math.min(event % NexmarkConfig.ROUND + 1, NexmarkConfig.PERSONS);
    }

    /** Auctions that exist at an event, itself included. */
    private static long auctionsAt(final long event) {
        return event / NexmarkConfig.ROUND * NexmarkConfig.AUCTIONS
            + Math.max(0, Math.min(event % NexmarkConfig.ROUND + 1 - NexmarkConfig.PERSONS, NexmarkConfig.AUCTIONS));
    }

    private static long hot(final long latest) {
        return latest / HOT_EVERY * HOT_EVERY;
    }

    private long anyPerson(final long event) {
        final long persons = personsAt(event);
        final int active = (int) Math.min(persons, config.activePersons());
        return persons - active + random.below(active + LEAD);
    }

    private long anyAuction(final long event) {
        final long latest = auctionsAt(event) - 1;
        final long oldest = Math.max(latest - config.inFlightAuctions(), 0);
        return oldest + random.below((int) (latest - oldest + 1) + LEAD);
    }

    private int putPerson(final long event, final MutableDirectBuffer buffer, final int offset) {
        templateId = PersonEncoder.TEMPLATE_ID;
        person.wrapAndApplyHeader(buffer, offset, header).id(FIRST_PERSON + personsAt(event) - 1).dateTimeNs(timeNs);
        final byte[] state = STATES[random.below(STATES.length)];
        person.state(0, state[0]).state(1, state[1]);
        int length = putWord(0, FIRST_NAMES);
        text.putByte(length++, (byte) ' ');
        length += putWord(length, LAST_NAMES);
        int size = Long.BYTES + state.length + length;
        person.putName(text, 0, length);
        length = random.putText(text, 0, 7);
        text.putByte(length++, (byte) '@');
        length += random.putText(text, length, 5);
        text.putBytes(length, COM);
        length += COM.length;
        size += length;
        person.putEmailAddress(text, 0, length);
        length = putCreditCard();
        size += length;
        person.putCreditCard(text, 0, length);
        length = putWord(0, CITIES);
        size += length;
        person.putCity(text, 0, length);
        person.putExtra(text, 0, putFilling(size, PERSON_LENGTH));
        return MessageHeaderEncoder.ENCODED_LENGTH + person.encodedLength();
    }

    private int putWord(final int offset, final byte[][] words) {
        final byte[] word = words[random.below(words.length)];
        text.putBytes(offset, word);
        return word.length;
    }

    /** Four groups of four digits. */
    private int putCreditCard() {
        int at = 0;
        for (int group = 0; group < CARD_GROUPS; group++) {
            if (group > 0) {
                text.putByte(at++, (byte) ' ');
            }
            text.putNaturalPaddedIntAscii(at, 4, random.below(10_000));
            at += 4;
        }
        return at;
    }

    private int putFilling(final int lengthSoFar, final int averageLength) {
        final int length = random.fillingLength(lengthSoFar, averageLength);
        random.putLetters(text, 0, length);
        return length;
    }

    private int putAuction(final long event, final long timeMs, final MutableDirectBuffer buffer, final int offset) {
        templateId = AuctionEncoder.TEMPLATE_ID;
        final long seller = random.below(config.hotSellerRatio()) > 0 ? hot(personsAt(event) - 1) : anyPerson(event);
        final long category = FIRST_CATEGORY + random.below(CATEGORIES);
        final long initialBid = random.price();
        // an auction runs, on average, until so many others have begun
        final long horizonMs = config.timeMs(
            event + (long) config.inFlightAuctions() * NexmarkConfig.ROUND / NexmarkConfig.AUCTIONS) - timeMs;
        final long expiresMs = timeMs + 1 + random.below((int) Math.max(2 * horizonMs, 1));
        auction.wrapAndApplyHeader(buffer, offset, header)
            .id(FIRST_AUCTION + auctionsAt(event) - 1)
            .dateTimeNs(timeNs)
            .expiresNs(expiresMs * NS_PER_MS)
            .seller(FIRST_PERSON + seller)
            .category(category)
            .initialBid(initialBid)
            .reserve(initialBid + random.price());
        int length = random.putText(text, 0, MAX_ITEM_NAME);
        int size = 6 * Long.BYTES + length;
        auction.putItemName(text, 0, length);
        length = random.putText(text, 0, MAX_DESCRIPTION);
        size += length;
        auction.putDescription(text, 0, length);
        auction.putExtra(text, 0, putFilling(size, AUCTION_LENGTH));
        return MessageHeaderEncoder.ENCODED_LENGTH + auction.encodedLength();
    }

    private int putBid(final long event, final MutableDirectBuffer buffer, final int offset) {
        templateId = BidEncoder.TEMPLATE_ID;
        final long item = random.below(config.hotAuctionRatio()) > 0 ? hot(auctionsAt(event) - 1) : anyAuction(event);
        final long bidder = random.below(config.hotBidderRatio()) > 0 ? hot(personsAt(event) - 1) + 1 : anyPerson(event);
        bid.wrapAndApplyHeader(buffer, offset, header)
            .auction(FIRST_AUCTION + item)
            .dateTimeNs(timeNs)
            .bidder(FIRST_PERSON + bidder)
            .price(random.price())
            .putExtra(text, 0, putFilling(4 * Long.BYTES, BID_LENGTH));
        return MessageHeaderEncoder.ENCODED_LENGTH + bid.encodedLength();
    }
}
