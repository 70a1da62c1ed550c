/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.campaigns;

import dev.peregrine.apps.campaigns.codec.AdEventDecoder;
import dev.peregrine.apps.campaigns.codec.CampaignViewEncoder;
import dev.peregrine.apps.campaigns.codec.EventType;
import dev.peregrine.apps.campaigns.codec.MessageHeaderDecoder;
import dev.peregrine.apps.campaigns.codec.MessageHeaderEncoder;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Keeps views, takes ad and time of them, and joins the ad's campaign. Tells how far event time has come. What is no ad
 * event is counted, and so are ads of no campaign.
 */
final class JoinStage implements Stage {
    private static final int WATERMARK_EVERY = 256;

    private final Campaigns campaigns;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final AdEventDecoder event = new AdEventDecoder();
    private final MessageHeaderEncoder resultHeader = new MessageHeaderEncoder();
    private final CampaignViewEncoder result = new CampaignViewEncoder();
    private AtomicCounter foreign;
    private AtomicCounter unknown;
    private long latestNs = Long.MIN_VALUE;
    private int sinceWatermark;

    JoinStage(final Campaigns campaigns) {
        this.campaigns = campaigns;
    }

    @Override
    public void open(final StageContext context) {
        foreign = context.counter("foreign");
        unknown = context.counter("unknown");
    }

    @Override
    public void onEvent(final EventView view, final Emitter out) {
        if (view.schemaId() != AdEventDecoder.SCHEMA_ID || view.templateId() != AdEventDecoder.TEMPLATE_ID) {
            foreign.incrementOrdered();
            return;
        }
        event.wrapAndApplyHeader(view.buffer(), view.offset(), header);
        final long timeNs = event.eventTimeNs();
        latestNs = Math.max(latestNs, timeNs);
        if (event.eventType() == EventType.VIEW) {
            final int campaign = campaigns.campaignOf(event.ad().high(), event.ad().low());
            if (campaign == Campaigns.NONE) {
                unknown.incrementOrdered();
            } else {
                emit(campaign, timeNs, view.timestampNs(), out);
            }
        }
        sinceWatermark++;
        if (sinceWatermark >= WATERMARK_EVERY) {
            watermark(out);
        }
    }

    private void emit(final long campaign, final long timeNs, final long timestampNs, final Emitter out) {
        final int at = out.claim(MessageHeaderEncoder.ENCODED_LENGTH + CampaignViewEncoder.BLOCK_LENGTH);
        result.wrapAndApplyHeader(out.buffer(), at, resultHeader).eventTimeNs(timeNs).campaign(campaign);
        out.commit(KeyHash.of(campaign), timestampNs, CampaignViewEncoder.SCHEMA_ID, CampaignViewEncoder.TEMPLATE_ID);
    }

    private void watermark(final Emitter out) {
        sinceWatermark = 0;
        out.watermark(latestNs);
    }

    @Override
    public void onEpoch(final long epoch, final Emitter out) {
        if (sinceWatermark > 0) {
            watermark(out);
        }
    }
}
