/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.nexmark;

import dev.peregrine.apps.nexmark.NexmarkConfig;
import dev.peregrine.apps.nexmark.NexmarkGenerator;
import dev.peregrine.apps.nexmark.codec.AuctionDecoder;
import dev.peregrine.apps.nexmark.codec.BidDecoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderDecoder;
import dev.peregrine.apps.nexmark.codec.PersonDecoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The encoded events in memory, from which a peer's sources make their objects: what a peer would have to do with a log
 * too. Peers make their sources from serialized copies, so there is one per JVM. Once made, safe for use by many
 * threads.
 */
public final class EncodedEvents {
    private static final long NS_PER_MS = 1_000_000;
    private static final int CHUNK = 1 << 16;
    private static volatile EncodedEvents current;

    private final List<UnsafeBuffer> chunks = new ArrayList<>();
    private final int[] offsets;

    private EncodedEvents(final NexmarkConfig config, final int events) {
        offsets = new int[events];
        final NexmarkGenerator generator = new NexmarkGenerator(config);
        final UnsafeBuffer scratch = new UnsafeBuffer(ByteBuffer.allocateDirect(CHUNK * NexmarkGenerator.MAX_LENGTH));
        for (int first = 0; first < events; first += CHUNK) {
            int length = 0;
            for (int i = first; i < Math.min(first + CHUNK, events); i++) {
                offsets[i] = length;
                length += generator.event(i, scratch, length);
            }
            final UnsafeBuffer chunk = new UnsafeBuffer(ByteBuffer.allocateDirect(length));
            chunk.putBytes(0, scratch, 0, length);
            chunks.add(chunk);
        }
        BufferUtil.free(scratch.byteBuffer());
    }

    /** Makes the events of this JVM. */
    static void make(final NexmarkConfig config, final int events) {
        current = new EncodedEvents(config, events);
    }

    /** Lets them go. */
    static void forget() {
        current = null;
    }

    /** An event of this JVM's as an object. */
    static FlinkEvent at(final long number) {
        return current.decode((int) number);
    }

    private FlinkEvent decode(final int number) {
        final UnsafeBuffer buffer = chunks.get(number / CHUNK);
        final int at = offsets[number];
        final MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(buffer, at);
        final FlinkEvent event = new FlinkEvent();
        event.kind = header.templateId();
        switch (event.kind) {
            case BidDecoder.TEMPLATE_ID -> {
                final BidDecoder bid = new BidDecoder().wrapAndApplyHeader(buffer, at, header);
                event.id = bid.auction();
                event.timeMillis = bid.dateTimeNs() / NS_PER_MS;
                event.person = bid.bidder();
                event.price = bid.price();
                event.text = bid.extra();
            }
            case AuctionDecoder.TEMPLATE_ID -> {
                final AuctionDecoder auction = new AuctionDecoder().wrapAndApplyHeader(buffer, at, header);
                event.id = auction.id();
                event.timeMillis = auction.dateTimeNs() / NS_PER_MS;
                event.expiresMillis = auction.expiresNs() / NS_PER_MS;
                event.person = auction.seller();
                event.category = auction.category();
            }
            case PersonDecoder.TEMPLATE_ID -> {
                final PersonDecoder person = new PersonDecoder().wrapAndApplyHeader(buffer, at, header);
                event.id = person.id();
                event.person = event.id;
                event.timeMillis = person.dateTimeNs() / NS_PER_MS;
                event.state = person.state();
                event.text = person.name();
                person.skipEmailAddress();
                person.skipCreditCard();
                event.city = person.city();
            }
            default -> throw new IllegalStateException("template " + event.kind);
        }
        return event;
    }
}
