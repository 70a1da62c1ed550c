/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;

/** Closes connections above a limit at once. */
@Sharable
public final class ConnectionLimit extends ChannelInboundHandlerAdapter {
    private final int limit;
    private final AtomicInteger open = new AtomicInteger();

    /** A limit for one listener. */
    public ConnectionLimit(final int limit) {
        this.limit = limit;
    }

    @Override
    public void channelActive(final ChannelHandlerContext context) throws Exception {
        if (open.incrementAndGet() > limit) {
            context.close();
        } else {
            super.channelActive(context);
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) throws Exception {
        open.decrementAndGet();
        super.channelInactive(context);
    }
}
