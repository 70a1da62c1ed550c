/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.core.error.ConfigurationException;

/**
 * What events a generator makes. {@link #published()} has the values of the published benchmark.
 *
 * @param seed the same seed gives the same events.
 * @param baseTimeMs event time of the first event, milliseconds since 1970.
 * @param eventsPerSecond events per second of event time, of all three kinds together.
 * @param outOfOrderGroup events of one group come in pseudo-random order; 1 for all in order. Not a multiple of 953.
 * @param hotAuctionRatio one in so many bids is for any auction, the others are for a hot one.
 * @param hotBidderRatio one in so many bids is by any person, the others are by a hot one.
 * @param hotSellerRatio one in so many auctions is by any person, the others are by a hot one.
 * @param inFlightAuctions how many auctions run at any time, on average.
 * @param activePersons how many of the latest persons still bid and sell.
 */
public record NexmarkConfig(
    long seed, long baseTimeMs, int eventsPerSecond, int outOfOrderGroup, int hotAuctionRatio, int hotBidderRatio,
    int hotSellerRatio, int inFlightAuctions, int activePersons) {
    /** Events of a round: first its persons, then its auctions, then its bids. */
    public static final int ROUND = 50;
    /** Persons of a round. */
    public static final int PERSONS = 1;
    /** Auctions of a round. */
    public static final int AUCTIONS = 3;
    /** Bids of a round. */
    public static final int BIDS = 46;

    private static final int SHUFFLE = 953;

    /** Checks the values. */
    public NexmarkConfig {
        if (eventsPerSecond < 1 || outOfOrderGroup < 1 || outOfOrderGroup > 1 && outOfOrderGroup % SHUFFLE == 0
            || hotAuctionRatio < 1 || hotBidderRatio < 1 || hotSellerRatio < 1 || inFlightAuctions < 1
            || activePersons < 1) {
            throw new ConfigurationException("rate, ratios and numbers of a Nexmark generator must be at least 1, and its"
                + " out-of-order group no multiple of " + SHUFFLE);
        }
    }

    /** The published values: 10,000 events per second from 2015-07-15 on, all in order. */
    public static NexmarkConfig published() {
        return new NexmarkConfig(42, 1_436_918_400_000L, 10_000, 1, 2, 4, 4, 100, 1_000);
    }

    /** The same with another seed. */
    public NexmarkConfig withSeed(final long value) {
        return new NexmarkConfig(value, baseTimeMs, eventsPerSecond, outOfOrderGroup, hotAuctionRatio, hotBidderRatio,
            hotSellerRatio, inFlightAuctions, activePersons);
    }

    /** The same at another rate. */
    public NexmarkConfig withEventsPerSecond(final int value) {
        return new NexmarkConfig(seed, baseTimeMs, value, outOfOrderGroup, hotAuctionRatio, hotBidderRatio,
            hotSellerRatio, inFlightAuctions, activePersons);
    }

    /** The same with the events of each group of so many out of order. */
    public NexmarkConfig withOutOfOrderGroup(final int value) {
        return new NexmarkConfig(seed, baseTimeMs, eventsPerSecond, value, hotAuctionRatio, hotBidderRatio,
            hotSellerRatio, inFlightAuctions, activePersons);
    }

    /** By how much an event's time can lie before that of an earlier event, nanoseconds. */
    public long maxDelayNs() {
        return outOfOrderGroup == 1 ? 0
            : (outOfOrderGroup * 1_000L / eventsPerSecond + 1) * NexmarkGenerator.NS_PER_MS;
    }

    /** Number of the event that comes at a place, counted from 0: places within a group are permuted. */
    long eventAt(final long place) {
        final long group = place / outOfOrderGroup;
        return group * outOfOrderGroup + place * SHUFFLE % outOfOrderGroup;
    }

    /** Time of an event, milliseconds since 1970. */
    long timeMs(final long event) {
        return baseTimeMs + event * 1_000 / eventsPerSecond;
    }
}
