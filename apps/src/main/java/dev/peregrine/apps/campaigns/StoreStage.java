/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.campaigns;

import dev.peregrine.apps.campaigns.codec.CampaignCountDecoder;
import dev.peregrine.apps.campaigns.codec.MessageHeaderDecoder;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.TableOutput;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/** Writes counts into a table: row {@code 17@1436918400} is campaign 17 in the window from that second since 1970 on. */
final class StoreStage implements Stage {
    private static final byte[] VIEWS = "views".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_KEY = 48;
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final String tableName;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final CampaignCountDecoder count = new CampaignCountDecoder();
    private final UnsafeBuffer key = new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(MAX_KEY));
    private TableOutput table;

    StoreStage(final String tableName) {
        this.tableName = tableName;
    }

    @Override
    public void open(final StageContext context) {
        table = context.table(tableName);
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        count.wrapAndApplyHeader(event.buffer(), event.offset(), header);
        int length = key.putLongAscii(0, count.campaign());
        key.putByte(length++, (byte) '@');
        length += key.putLongAscii(length, count.windowStartNs() / NS_PER_SECOND);
        table.mutation().begin(key, 0, length).putLong(VIEWS, count.views());
        table.stage();
    }
}
