/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import dev.peregrine.apps.ads.codec.AdEventDecoder;
import dev.peregrine.apps.ads.codec.Audience;
import dev.peregrine.apps.ads.codec.MessageHeaderDecoder;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/** Decodes ad events, names the ad, and tells how far event time has come. A frame that is no ad event is counted. */
final class ParseStage implements Stage {
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final AdEventDecoder decoder = new AdEventDecoder();
    private AtomicCounter foreign;
    private long maxEventTimeNs = Long.MIN_VALUE;

    @Override
    public void open(final StageContext context) {
        foreign = context.counter("foreign");
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        if (event.templateId() != AdEventDecoder.TEMPLATE_ID || event.schemaId() != AdEventDecoder.SCHEMA_ID
            || event.length() < EncodedRows.LENGTH) {
            foreign.incrementOrdered();
            return;
        }
        decoder.wrapAndApplyHeader(event.buffer(), event.offset(), header);
        final long eventTimeNs = decoder.eventTimeNs();
        final long itemId = decoder.itemId();
        final long ad = AdKey.of(itemId, decoder.audience() == Audience.WOMEN);
        final long click = decoder.click();

        final int at = out.claim(AdRecordDescriptor.PARSED_LENGTH);
        final MutableDirectBuffer buffer = out.buffer();
        buffer.putLong(at + AdRecordDescriptor.PARSED_TIME_OFFSET, eventTimeNs);
        buffer.putLong(at + AdRecordDescriptor.PARSED_AD_OFFSET, ad);
        buffer.putLong(at + AdRecordDescriptor.PARSED_CLICK_OFFSET, click);
        out.commit(KeyHash.of(ad), event.timestampNs(), AdEventDecoder.SCHEMA_ID, AdEventDecoder.TEMPLATE_ID);
        maxEventTimeNs = Math.max(maxEventTimeNs, eventTimeNs);
    }

    @Override
    public void onEpoch(final long epoch, final Emitter out) {
        out.watermark(maxEventTimeNs);
    }
}
