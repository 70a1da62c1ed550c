/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.campaigns;

import dev.peregrine.apps.campaigns.codec.AdEventEncoder;
import dev.peregrine.apps.campaigns.codec.AdType;
import dev.peregrine.apps.campaigns.codec.EventType;
import dev.peregrine.apps.campaigns.codec.MessageHeaderEncoder;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import org.agrona.MutableDirectBuffer;

/**
 * Makes ad events: ad, page, user, kind of ad and of event are chosen evenly, event time goes on evenly. An event is a
 * function of seed and number only. Allocates nothing per event. Used by one thread.
 */
public final class CampaignGenerator {
    /** Length of an event, bytes. */
    public static final int LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + AdEventEncoder.BLOCK_LENGTH;

    private static final long BASE_NS = 1_436_918_400_000_000_000L;
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final int DRAWS = 8;
    private static final int USERS = 100;
    private static final int PAGES = 100;
    private static final AdType[] AD_TYPES =
        {AdType.BANNER, AdType.MODAL, AdType.SPONSORED_SEARCH, AdType.MAIL, AdType.MOBILE};
    private static final EventType[] EVENT_TYPES = {EventType.VIEW, EventType.CLICK, EventType.PURCHASE};

    private final Campaigns campaigns;
    private final long seed;
    private final int eventsPerSecond;
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final AdEventEncoder encoder = new AdEventEncoder();

    /** Events for the ads of campaigns, so many per second of event time. */
    public CampaignGenerator(final Campaigns campaigns, final long seed, final int eventsPerSecond) {
        this.campaigns = campaigns;
        this.seed = seed;
        this.eventsPerSecond = eventsPerSecond;
    }

    private int draw(final long event, final int which, final int bound) {
        return (int) ((Mix.of(seed, event * DRAWS + which) >>> 32) * bound >>> 32);
    }

    /** Event time of an event, nanoseconds since 1970. */
    public long timeNs(final long event) {
        return BASE_NS + event * NS_PER_SECOND / eventsPerSecond;
    }

    /** Writes an event, counted from 0, behind an SBE header; it has {@link #LENGTH} bytes. */
    public void event(final long event, final MutableDirectBuffer buffer, final int offset) {
        final int ad = draw(event, 0, campaigns.ads());
        final long user = draw(event, 1, USERS);
        final long page = draw(event, 2, PAGES);
        encoder.wrapAndApplyHeader(buffer, offset, header)
            .eventTimeNs(timeNs(event))
            .adType(AD_TYPES[draw(event, 3, AD_TYPES.length)])
            .eventType(EVENT_TYPES[draw(event, 4, EVENT_TYPES.length)])
            .ipAddress(Mix.of(seed, event * DRAWS + 5) >>> 32);
        encoder.ad().high(campaigns.high(ad)).low(campaigns.low(ad));
        encoder.user().high(Mix.of(user, 0)).low(Mix.of(user, 1));
        encoder.page().high(Mix.of(page, 2)).low(Mix.of(page, 3));
    }

    /** Publishes an event at its event time, spread evenly over the stream's partitions. */
    public void publish(final long event, final Publisher publisher) {
        final int at = publisher.claim(KeyHash.of(event), LENGTH);
        event(event, publisher.buffer(), at);
        publisher.commit(AdEventEncoder.SCHEMA_ID, AdEventEncoder.TEMPLATE_ID, timeNs(event),
            publisher.lastSequence() + 1);
    }
}
