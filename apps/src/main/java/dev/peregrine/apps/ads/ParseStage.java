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
import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/** Decodes ad events, names the ad, and tells how far event time has come. A frame that is no ad event is counted. */
final class ParseStage implements Stage {
    private static final byte[] MEN = "men/".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] WOMEN = "women/".getBytes(StandardCharsets.US_ASCII);

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
        final int itemId = (int) decoder.itemId();
        final byte[] audience = decoder.audience() == Audience.WOMEN ? WOMEN : MEN;

        final int at = out.claim(AdRecordDescriptor.PARSED_NAME_OFFSET + AdRecordDescriptor.MAX_NAME_LENGTH);
        final MutableDirectBuffer buffer = out.buffer();
        buffer.putLong(at + AdRecordDescriptor.PARSED_TIME_OFFSET, eventTimeNs);
        buffer.putInt(at + AdRecordDescriptor.PARSED_CLICK_OFFSET, decoder.click());
        final int nameAt = at + AdRecordDescriptor.PARSED_NAME_OFFSET;
        buffer.putBytes(nameAt, audience);
        final int digits = buffer.putNaturalLongAscii(nameAt + audience.length, Integer.toUnsignedLong(itemId));
        final int nameLength = audience.length + digits;
        buffer.putInt(at + AdRecordDescriptor.PARSED_NAME_LENGTH_OFFSET, nameLength);
        out.commit(KeyHash.of(buffer, nameAt, nameLength), event.timestampNs(), AdEventDecoder.SCHEMA_ID,
            AdEventDecoder.TEMPLATE_ID);
        maxEventTimeNs = Math.max(maxEventTimeNs, eventTimeNs);
    }

    @Override
    public void onEpoch(final long epoch, final Emitter out) {
        out.watermark(maxEventTimeNs);
    }
}
