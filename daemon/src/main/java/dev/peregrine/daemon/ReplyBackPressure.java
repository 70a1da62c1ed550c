/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Stops reading from a client that does not read its replies, so that what waits for it stays within the channel's
 * high-water mark and one more reply. Stands behind a {@link io.netty.handler.flow.FlowControlHandler}, which holds the
 * requests that were decoded already.
 */
public final class ReplyBackPressure extends ChannelInboundHandlerAdapter {
    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext context) throws Exception {
        if (context.channel().isWritable()) {
            // Later, because it hands on held requests, and their replies may bring us here again.
            context.executor().execute(() -> context.channel().config().setAutoRead(context.channel().isWritable()));
        } else {
            context.channel().config().setAutoRead(false);
            context.flush();
        }
        super.channelWritabilityChanged(context);
    }
}
