/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.campaigns;

import dev.peregrine.apps.campaigns.codec.CampaignCountEncoder;
import dev.peregrine.apps.campaigns.codec.CampaignViewDecoder;
import dev.peregrine.apps.campaigns.codec.MessageHeaderDecoder;
import dev.peregrine.apps.campaigns.codec.MessageHeaderEncoder;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedValueState;
import java.nio.ByteOrder;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Counts views per campaign and window. The counts that have changed are handed on at each epoch's end, so that a result
 * does not wait for its window; at the window's end once more, as final. Later views of the window are counted as late.
 * Keyed by the campaign.
 */
final class WindowStage implements Stage {
    static final long WINDOW_NS = 10_000_000_000L;
    private static final int TIME = MessageHeaderDecoder.ENCODED_LENGTH + CampaignViewDecoder.eventTimeNsEncodingOffset();
    private static final int CAMPAIGN = MessageHeaderDecoder.ENCODED_LENGTH + CampaignViewDecoder.campaignEncodingOffset();

    /** Key: the window's start, then the campaign. */
    private static final int KEY_CAMPAIGN = Long.BYTES;
    private static final int KEY_LENGTH = KEY_CAMPAIGN + Long.BYTES;

    private final UnsafeBuffer key = new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(KEY_LENGTH));
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final CampaignCountEncoder result = new CampaignCountEncoder();
    private final LongArrayList ended = new LongArrayList();
    private final KeyedValueState.EntryVisitor emitChanged = this::emitChanged;
    private final KeyedValueState.EntryVisitor emitEnded = this::emitEnded;
    private KeyedValueState counts;
    private AtomicCounter late;
    private long openWindow = Long.MIN_VALUE;
    private Emitter emitter;

    @Override
    public void open(final StageContext context) {
        counts = context.valueState("counts", KEY_LENGTH, Long.BYTES);
        late = context.counter("late");
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final long timeNs = event.buffer().getLong(event.offset() + TIME, ByteOrder.LITTLE_ENDIAN);
        final long window = timeNs - timeNs % WINDOW_NS;
        if (window < openWindow) {
            late.incrementOrdered();
            return;
        }
        final long campaign = event.buffer().getLong(event.offset() + CAMPAIGN, ByteOrder.LITTLE_ENDIAN);
        final int at = counts.getOrCreate(putKey(window, campaign), 0, KEY_LENGTH);
        final MutableDirectBuffer buffer = counts.buffer();
        buffer.putLong(at, buffer.getLong(at) + 1);
    }

    private UnsafeBuffer putKey(final long window, final long campaign) {
        key.putLong(0, window);
        key.putLong(KEY_CAMPAIGN, campaign);
        return key;
    }

    @Override
    public void onEpoch(final long epoch, final Emitter out) {
        emitter = out;
        counts.forEachChanged(emitChanged);
    }

    @Override
    public void onWatermark(final long watermarkNs, final Emitter out) {
        final long window = watermarkNs - watermarkNs % WINDOW_NS;
        if (window <= openWindow) {
            return;
        }
        openWindow = window;
        emitter = out;
        ended.clear();
        counts.forEach(emitEnded);
        for (int i = 0; i < ended.size(); i += 2) {
            counts.remove(putKey(ended.getLong(i), ended.getLong(i + 1)), 0, KEY_LENGTH);
        }
    }

    private void emitChanged(final MutableDirectBuffer buffer, final int keyAt, final int keyLength, final int value) {
        emit(buffer.getLong(keyAt), buffer.getLong(keyAt + KEY_CAMPAIGN), buffer.getLong(value), 0);
    }

    private void emitEnded(final MutableDirectBuffer buffer, final int keyAt, final int keyLength, final int value) {
        final long window = buffer.getLong(keyAt);
        if (window < openWindow) {
            final long campaign = buffer.getLong(keyAt + KEY_CAMPAIGN);
            ended.addLong(window);
            ended.addLong(campaign);
            emit(window, campaign, buffer.getLong(value), 1);
        }
    }

    private void emit(final long window, final long campaign, final long views, final int isFinal) {
        final int at = emitter.claim(MessageHeaderEncoder.ENCODED_LENGTH + CampaignCountEncoder.BLOCK_LENGTH);
        result.wrapAndApplyHeader(emitter.buffer(), at, header)
            .campaign(campaign)
            .windowStartNs(window)
            .views(views)
            .isFinal((short) isFinal);
        emitter.commit(KeyHash.of(campaign), window, CampaignCountEncoder.SCHEMA_ID, CampaignCountEncoder.TEMPLATE_ID);
    }
}
